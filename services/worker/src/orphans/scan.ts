/**
 * Finds the apps of the organisation that no live row explains. The list of apps is what is looked through, because an
 * app without machines is in no list of machines; the list of machines only says whose they are and what they cost.
 * Two or more installations may share organisation and prefix: what is not proven to be ours is counted and left alone.
 */
import { type ExpectedApp, judgeOrphan, listedMachineMonthUsd, type OrphanVerdict } from '@hangar/core'
import { findNameHolders, type FoundOrphan, type NameHolder, readSettings } from '@hangar/db'
import { type FlyApp, FlyError, type OrgMachine } from '@hangar/fly-client'
import type { ReconcileDeps } from '../reconcile/deps.ts'

/** Names asked about in one query. */
const PAGE = 1_000

export type Scan = {
  /** False: Fly answered in part. Then nothing is concluded from what is not shown. */
  complete: boolean
  /** Every app that Fly showed. */
  shown: ReadonlySet<string>
  found: FoundOrphan[]
  /** Apps with our prefix that no row explains and nothing proves to be ours. */
  foreign: ReadonlySet<string>
}

type Unexplained = { app: FlyApp; holder: NameHolder | null }

export async function scanOrganisation(deps: ReconcileDeps, signal: AbortSignal): Promise<Scan> {
  const { fly, settings } = deps
  const { apps, totalApps } = await fly.apps.list({ signal })
  const whole = apps.length >= totalApps
  if (!whole)
    deps.logger.warn({ shown: apps.length, totalApps }, "Fly's list of apps is shorter than it says")
  const named = apps.filter((app) => app.name.startsWith(settings.appPrefix))
  const unexplained = await withoutLiveRow(deps, named, signal)
  const listing = await listMachines(deps, new Set(unexplained.map(({ app }) => app.name)), signal)
  const found: FoundOrphan[] = []
  const foreign = new Set<string>()
  for (const one of unexplained) {
    const orphan = toOrphan(deps, one, listing.byApp.get(one.app.name) ?? [])
    if (orphan) found.push(orphan)
    else foreign.add(one.app.name)
  }
  return {
    complete: listing.complete && whole,
    shown: new Set(apps.map((app) => app.name)),
    found,
    foreign,
  }
}

async function withoutLiveRow(
  deps: ReconcileDeps,
  apps: FlyApp[],
  signal: AbortSignal,
): Promise<Unexplained[]> {
  const { lagMs } = (await readSettings(deps.db)).orphans
  const unexplained: Unexplained[] = []
  for (let from = 0; from < apps.length; from += PAGE) {
    signal.throwIfAborted()
    const page = apps.slice(from, from + PAGE)
    const names = page.map((app) => app.name)
    const holders = await findNameHolders(deps.db, names, { lagMs })
    const byName = new Map(holders.map((holder) => [holder.flyAppName, holder]))
    for (const app of page) {
      const holder = byName.get(app.name) ?? null
      if (!holder?.explains) unexplained.push({ app, holder })
    }
  }
  return unexplained
}

/** Page by page, and only those of the named apps are kept. Without names nobody has to be asked. */
async function listMachines(deps: ReconcileDeps, names: ReadonlySet<string>, signal: AbortSignal) {
  const byApp = new Map<string, OrgMachine[]>()
  if (names.size === 0) return { byApp, complete: true }
  const seen = new Set<string>()
  try {
    let complete = true
    for await (const page of deps.fly.orgs.machines({}, { signal })) {
      complete &&= page.errorRegions.length === 0
      for (const machine of page.machines) {
        if (!names.has(machine.appName) || seen.has(machine.id)) continue
        seen.add(machine.id)
        byApp.set(machine.appName, [...(byApp.get(machine.appName) ?? []), machine])
      }
    }
    return { byApp, complete }
  } catch (error) {
    if (!(error instanceof FlyError)) throw error
    deps.logger.warn({ err: error }, 'the machines of the organisation could not be listed')
    return { byApp, complete: false }
  }
}

function toOrphan(
  deps: ReconcileDeps,
  { app, holder }: Unexplained,
  listed: OrgMachine[],
): FoundOrphan | null {
  const { installationId } = deps.settings
  const network = app.network ?? null
  const verdict = judgeOrphan(
    { network, machines: listed },
    holder && expectedOf(holder, installationId),
    installationId,
  )
  if (verdict.kind === 'foreign') return null
  const machines = listed.map(({ id, state, region, guest }) => ({
    id,
    state,
    region,
    guest: guestOf(guest),
  }))
  const usd = machines.reduce((sum, one) => sum + listedMachineMonthUsd(deps.settings.priceModel, one), 0)
  return {
    appName: app.name,
    kind: verdict.kind,
    ...whose(verdict, holder),
    userFlyAppId: holder?.id ?? null,
    network,
    machines,
    monthlyCostUsd: usd.toFixed(2),
  }
}

function whose(verdict: OrphanVerdict, holder: NameHolder | null) {
  const known = verdict.kind === 'unknown_name' ? verdict.ownership : holder
  return { userId: known?.userId ?? null, generation: known?.generation ?? null }
}

/** How the generation of a row looks on Fly. */
export function expectedOf(
  row: Pick<NameHolder, 'userId' | 'generation' | 'network'>,
  installationId: string,
): ExpectedApp {
  const { userId, generation, network } = row
  return { ownership: { installationId, userId, generation }, network }
}

function guestOf(guest: OrgMachine['guest']): FoundOrphan['machines'][number]['guest'] {
  const { cpuKind, cpus, memoryMb } = guest ?? {}
  if (cpuKind === undefined || cpus === undefined || memoryMb === undefined) return null
  return { cpuKind: cpuKind === 'performance' ? 'performance' : 'shared', cpus, memoryMb }
}
