/**
 * A stack whose users' apps are Go processes, and beside it the shared backend, one more: the product's two sides,
 * with a gate between the apps and Hangar.
 */
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDatabase, type Database } from '@hangar/db'
import { freePort, startManagedProcess, temporaryFolder, type ManagedProcess } from '@hangar/testkit/local'
import { rm } from 'node:fs/promises'
import { localImage } from '../../lib/go.ts'
import { inherited, urlOf } from '../settings.ts'
import { startStack, type Stack, type StackOptions } from '../stack.ts'
import { FlyStandIn } from './fly-stand-in.ts'
import { Gate } from './gate.ts'

/** One cycle as a screener logs it. */
export type Cycle = { trader_ids: string[]; started_at: string; finished_at: string }

/** A trader as the shared backend's source lists it. */
export type SourceTrader = {
  id: string
  user_id?: string
  built_in: boolean
  name: string
  definition: object
}

export type Screeners = {
  readonly stack: Stack
  readonly db: Database
  readonly fly: FlyStandIn
  readonly gate: Gate
  readonly shared: ManagedProcess
  /** What the shared backend's source lists, enabled or not: which of them run is what the tests look at. */
  readonly source: SourceTrader[]
  /** Which users' apps misbehave from their next start on, and how. */
  readonly misbehaveFile: string
  stop(): Promise<void>
}

const PLACEMENT_EVERY_MS = 200
const CYCLE_MS = 100

export async function startScreeners(
  program: string,
  settings: StackOptions['settings'] = {},
): Promise<Screeners> {
  const undo: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (let next = undo.pop(); next; next = undo.pop()) await next()
  }
  try {
    const folder = await temporaryFolder('screeners')
    undo.push(() => rm(folder, { recursive: true, force: true }))
    const misbehaveFile = join(folder, 'misbehave.json')
    const gate = await Gate.build()
    undo.push(() => gate.remove())
    const image = localImage(program, `-cycle=${CYCLE_MS}ms`, `-misbehave=${misbehaveFile}`)
    const stack = await startStack({
      report: () => {},
      environment: {},
      handover: 'confirmed',
      settings: {
        ...settings,
        worker: { FLY_SCREENER_IMAGE: image, HANGAR_PUBLIC_URL: gate.url, ...settings.worker },
      },
    })
    undo.push(() => stack.stop())
    gate.leadTo(stack.addresses.ports.api)
    const db = createDatabase({
      connectionString: stack.addresses.databaseUrl,
      applicationName: 'hangar-test',
    })
    undo.push(() => db.destroy())
    const { source, url, close } = await serveSource()
    undo.push(close)
    const shared = await startShared(program, stack, url)
    undo.push(() => shared.stop())
    return { stack, db, fly: new FlyStandIn(stack), gate, shared, source, misbehaveFile, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the product reads from its database, over HTTP. */
async function serveSource() {
  const source: SourceTrader[] = []
  const port = await freePort()
  const server = createServer((_request, response) => response.end(JSON.stringify(source)))
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { source, url: `http://127.0.0.1:${port}/`, close }
}

async function startShared(program: string, stack: Stack, sourceUrl: string): Promise<ManagedProcess> {
  return startManagedProcess({
    name: 'shared-backend',
    command: program,
    args: [`-cycle=${CYCLE_MS}ms`, `-placement-every=${PLACEMENT_EVERY_MS}ms`, `-traders=${sourceUrl}`],
    env: {
      ...inherited(),
      HANGAR_URL: urlOf(stack.addresses, 'api'),
      HANGAR_SHARED_TOKEN: stack.secrets.sharedToken,
      PORT: String(await freePort()),
    },
    stopMs: 40_000,
  })
}

/** The cycles that a process logged, oldest first. */
export function cyclesIn(lines: readonly string[]): Cycle[] {
  return lines.flatMap((line) => {
    const isCycle = line.startsWith('{') && line.includes('"event":"cycle finished"')
    return isCycle ? [JSON.parse(line) as Cycle] : []
  })
}

export const cyclesOf = (shared: ManagedProcess): Cycle[] =>
  cyclesIn(readFileSync(shared.logFile, 'utf8').split('\n'))

/** The longest time from the beginning of one cycle that ran a trader to the beginning of the next. */
export function longestPauseMs(traderId: string, cycles: readonly Cycle[]): number {
  const ran = cycles.filter(({ trader_ids }) => trader_ids.includes(traderId))
  const beganMs = ran.map(({ started_at }) => Date.parse(started_at))
  return beganMs.reduce((longest, atMs, i) => Math.max(longest, atMs - (beganMs[i - 1] ?? atMs)), 0)
}

/** Pairs of cycles, one of each place, that ran a trader at the same time: there must be none. */
export function overlaps(
  traderId: string,
  here: readonly Cycle[],
  there: readonly Cycle[],
): [Cycle, Cycle][] {
  const runs = (cycles: readonly Cycle[]) => cycles.filter(({ trader_ids }) => trader_ids.includes(traderId))
  return runs(here).flatMap((one) =>
    runs(there)
      .filter((other) => one.started_at < other.finished_at && other.started_at < one.finished_at)
      .map((other): [Cycle, Cycle] => [one, other]),
  )
}
