/** How this worker stands, for the doctor: its clock, its image, and whether Fly lets it do its work. Reads only. */
import { compareClocks, finding, systemClock, type Finding } from '@hangar/core'
import { readConnectionState } from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import type { ReconcileDeps } from '../reconcile/deps.ts'

export async function examineWorker(
  deps: ReconcileDeps,
  signal: AbortSignal,
): Promise<{ findings: Finding[] }> {
  const { db, owner, settings } = deps
  const { now } = await readConnectionState(db)
  return {
    findings: [
      finding('worker_answers', `${owner} answers.`),
      compareClocks(owner, systemClock.now(), 'the database', now),
      settings.image.includes('@sha256:')
        ? finding('image_pinned', 'Every app runs the same image, by its digest.')
        : finding('image_not_pinned', `FLY_SCREENER_IMAGE is ${settings.image}, which may change.`),
      ...(await examineFly(deps, signal)),
    ],
  }
}

async function examineFly(deps: ReconcileDeps, signal: AbortSignal): Promise<Finding[]> {
  try {
    const scope = await examineToken(deps, signal)
    return scope.severity === 'ok' ? [scope, ...(await examineRoom(deps, signal))] : [scope]
  } catch (error) {
    signal.throwIfAborted()
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
