import type { AppRow } from '@hangar/db'
import type { DesiredUser, FlyAtTheEnd, History } from './history.ts'
import { about, type Finding, type Guarantee } from './view.ts'

type Wanted = NonNullable<DesiredUser['guest']>

export const desiredIsThere: Guarantee = {
  name: 'what is desired is there',
  says: 'Once the faults are over each user has what they pay for and nothing else, and no work is left.',
  findings: ({ history }) => differences(history),
}

/** What is not as it should be; empty once a campaign has converged. */
export function differences(
  history: Pick<History, 'apps' | 'works' | 'wants' | 'users' | 'flyAtTheEnd' | 'appPrefix'>,
): Finding[] {
  const live = Map.groupBy(
    history.apps.filter((row) => row.deletedAt === null),
    (row) => row.userId,
  )
  const fly = new Map(history.flyAtTheEnd.apps.map((app) => [app.name, app]))
  const known = new Set(history.users.map(({ userId }) => userId))
  return [
    ...history.users.flatMap((user) => wrongRows(user, live.get(user.userId) ?? [], fly)),
    ...orphans(history),
    ...[...live.keys()]
      .filter((userId) => !known.has(userId))
      .map((userId) => ({ userId, what: 'has an app and was never a user' })),
    ...openWork(history),
  ]
}

type FlyApps = ReadonlyMap<string, FlyAtTheEnd['apps'][number]>

function wrongRows({ userId, guest }: DesiredUser, rows: readonly AppRow[], fly: FlyApps): Finding[] {
  const [row] = rows
  if (guest === null)
    return rows.map((left) => ({
      ...about(left),
      what: `is ${left.status}, and its user is entitled to nothing`,
    }))
  if (!row) return [{ userId, what: 'is entitled to an app and has none' }]
  if (row.status !== 'active' || row.operation !== null || row.teardownStartedAt !== null) {
    const phase = row.operation ?? row.errorCode ?? 'no operation'
    return [{ ...about(row), what: `is ${row.status} (${phase}), and its user is entitled to an active app` }]
  }
  const wrong = [...wrongGuest('its row', row, guest), ...wrongMachine(row, guest, fly)]
  return wrong.map((what) => ({ ...about(row), what }))
}

function wrongMachine(row: AppRow, guest: Wanted, fly: FlyApps): string[] {
  const app = fly.get(row.flyAppName)
  if (!app) return ['is active, and Fly has no such app']
  const machines = app.machines.filter((machine) => machine.state !== 'destroyed')
  const [machine] = machines
  if (!machine || machines.length > 1) return [`has ${machines.length} machines on Fly`]
  if (machine.state !== 'started') return [`its machine ${machine.id} is ${machine.state}`]
  if (machine.id !== row.flyMachineId)
    return [`its machine is ${machine.id}, its row says ${row.flyMachineId ?? 'none'}`]
  const { cpu_kind: cpuKind = '', cpus = 0, memory_mb: memoryMb = 0 } = machine.guest
  return wrongGuest('its machine', { cpuKind, cpus, memoryMb }, guest)
}

function wrongGuest(
  what: string,
  has: { cpuKind: string; cpus: number; memoryMb: number },
  wanted: Wanted,
): string[] {
  const text = (guest: Wanted) => `${guest.cpuKind}:${guest.cpus}:${guest.memoryMb}`
  return text(has) === text(wanted) ? [] : [`${what} has ${text(has)}, and ${text(wanted)} is due`]
}

function orphans({
  apps,
  flyAtTheEnd,
  appPrefix,
}: Pick<History, 'apps' | 'flyAtTheEnd' | 'appPrefix'>): Finding[] {
  const live = new Set(apps.filter((row) => row.deletedAt === null).map((row) => row.flyAppName))
  return flyAtTheEnd.apps
    .filter(({ name }) => name.startsWith(appPrefix) && !live.has(name))
    .map(({ name, machines }) => ({
      app: name,
      what: `is on Fly with ${machines.length} machines, and no live row has it`,
    }))
}

function openWork({ works, wants }: Pick<History, 'works' | 'wants'>): Finding[] {
  const done = new Map(works.map((work) => [work.userId, work.doneVersion]))
  const held = works
    .filter((work) => work.owner !== null)
    .map(({ userId, owner, fence }) => ({
      userId,
      what: `its lease is still held by ${owner ?? ''} under fence ${fence}`,
    }))
  const open = wants
    .filter((want) => want.wantedVersion > (done.get(want.userId) ?? 0))
    .map(({ userId, wantedVersion }) => ({
      userId,
      what: `version ${wantedVersion} is wanted, version ${done.get(userId) ?? 0} is done`,
    }))
  return [...held, ...open]
}
