/**
 * Fly's stores are eventually consistent: an app just created may answer 404 or 401 for up to a
 * minute (fly-go WaitForApp), a machine just created 404 for seconds (flyctl PR #4618). For anybody
 * else's object those answers are the truth. So the client remembers what it created itself:
 *
 *   unknown ──(our create succeeded)──▶ fresh ──(any answer but those, our delete, or time)──▶ unknown
 */
import type { Clock } from './clock.ts'
import type { FlyError } from './errors.ts'
import type { PathParams } from './operations.ts'

/** How long after its creation Fly may not show an app (fly-go, WaitForApp); in milliseconds. */
export const APP_VISIBLE_WITHIN_MS = 60_000
const MACHINE_VISIBLE_WITHIN_MS = 15_000

const MOST_REMEMBERED = 10_000

export class FreshObjects {
  private readonly until = new Map<string, number>()
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Our own create of this app succeeded. */
  createdApp(app: string): void {
    this.remember(app, APP_VISIBLE_WITHIN_MS)
  }

  createdMachine(app: string, machineId: string): void {
    this.remember(`${app}/${machineId}`, MACHINE_VISIBLE_WITHIN_MS)
  }

  /** Deleted by us: "not there" is the truth from now on. */
  forget(app: string, machineId?: string): void {
    this.until.delete(machineId === undefined ? app : `${app}/${machineId}`)
  }

  /** An answer about the object itself: everyone can see it, and it is fresh no longer. */
  sawAnswer({ app_name: app, machine_id: machineId }: PathParams): void {
    if (this.until.size === 0 || app === undefined) return
    this.until.delete(app)
    if (machineId !== undefined) this.until.delete(`${app}/${machineId}`)
  }

  /** Whether this failure may only mean that the object cannot be seen yet. */
  mayNotBeVisible({ app_name: app, machine_id: machineId }: PathParams, error: FlyError): boolean {
    if (this.until.size === 0 || app === undefined) return false
    if (error.code !== 'not_found' && error.status !== 401) return false
    if (this.isFresh(app)) return true
    return error.code === 'not_found' && machineId !== undefined && this.isFresh(`${app}/${machineId}`)
  }

  private isFresh(key: string): boolean {
    const until = this.until.get(key)
    if (until === undefined) return false
    if (until > this.clock.now().getTime()) return true
    this.until.delete(key)
    return false
  }

  private remember(key: string, forMs: number): void {
    // The oldest go first: a Map keeps the order of insertion.
    const [oldest] = this.until.keys()
    if (this.until.size >= MOST_REMEMBERED && oldest !== undefined) this.until.delete(oldest)
    this.until.set(key, this.clock.now().getTime() + forMs)
  }
}
