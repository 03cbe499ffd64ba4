/** How this worker stands, for the doctor: its clock, its image, and whether Fly lets it do its work. Reads only. */
import { compareClocks, finding, marksOfSettings, systemClock, type Finding } from '@hangar/core'
import { examineDatabase, readConnectionState } from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import type { ReconcileDeps } from '../reconcile/deps.ts'

export async function examineWorker(
  deps: ReconcileDeps,
  signal: AbortSignal,
): Promise<{ findings: Finding[]; settings: Record<string, string> }> {
  const { db, owner, settings, keyRing } = deps
  const { now } = await readConnectionState(db)
  const { policy, priceModel, publicUrl, defaultRegion, appPrefix, drainGraceMs } = settings
  const agreed = { policy, priceModel, publicUrl, region: defaultRegion, appPrefix, drainGraceMs, keyRing }
  const [seen, ofFly] = await Promise.all([examineDatabase(db), examineFly(deps, signal)])
  return {
    settings: marksOfSettings(agreed),
    findings: [
      finding('worker_answers', `${owner} answers.`),
      compareClocks(owner, systemClock.now(), 'the database', now),
      settings.image.includes('@sha256:')
        ? finding('image_pinned', 'Every app runs the same image, by its digest.')
        : finding('image_not_pinned', `FLY_SCREENER_IMAGE is ${settings.image}, which may change.`),
      ...seen,
      ...ofFly,
    ],
  }
}

/** Less than the API waits for the whole answer: a Fly that is silent must not look like a worker that is. */
const FLY_TIMEOUT_MS = 3_000

async function examineFly(deps: ReconcileDeps, signal: AbortSignal): Promise<Finding[]> {
  const timeout = AbortSignal.timeout(FLY_TIMEOUT_MS)
  const bounded = AbortSignal.any([signal, timeout])
  try {
    const scope = await examineToken(deps, bounded)
    return scope.severity === 'ok' ? [scope, ...(await examineRoom(deps, bounded))] : [scope]
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted)
      return [finding('fly_unreachable', `Fly.io did not answer within ${FLY_TIMEOUT_MS / 1_000} s.`)]
    if (!(error instanceof FlyError)) throw error
    const refused = error.code === 'unauthorized'
    return [finding(refused ? 'fly_token_refused' : 'fly_unreachable', `Fly.io: ${error.message}.`)]
  }
}

/** What the token reaches by its own word, and that it may list what is in the organisation. */
async function examineToken(
  { fly, settings: { orgSlug } }: ReconcileDeps,
  signal: AbortSignal,
): Promise<Finding> {
  const reach = await fly.platform.currentToken({ signal })
  const named = reach.filter((part) => part.orgSlug !== undefined)
  const ours = named.filter((part) => part.orgSlug === orgSlug)
  if (named.length > 0 && ours.length === 0) {
    const others = named.map((part) => part.orgSlug).join(', ')
    return finding('fly_token_other_org', `The token is for ${others}, and FLY_ORG_SLUG is ${orgSlug}.`)
  }
  if (ours.length > 0 && ours.every(({ apps }) => apps.length > 0))
    return finding('fly_token_too_narrow', `The token reaches some apps of ${orgSlug} only.`)
  for await (const page of fly.orgs.machines({ pageSize: 1 }, { signal })) {
    if (page.errorRegions.length === 0) break
    return finding('fly_unreachable', `Fly.io answers without ${page.errorRegions.join(', ')}.`)
  }
  return finding('fly_token_works', `The token reaches the organisation ${orgSlug}.`)
}

/** Where Fly tells no limits, there is nothing to say. */
async function examineRoom(
  { fly, settings: { defaultRegion } }: ReconcileDeps,
  signal: AbortSignal,
): Promise<Finding[]> {
  const places = await fly.platform.placements({ region: defaultRegion, count: 0 }, { signal })
  const here = places.find(({ region }) => region === defaultRegion)
  if (!here) return []
  return [
    here.count > 0
      ? finding('fly_has_room', `Fly.io takes up to ${here.count} machines in ${defaultRegion}.`)
      : finding('fly_full', `Fly.io takes no more machines in ${defaultRegion}.`),
  ]
}
