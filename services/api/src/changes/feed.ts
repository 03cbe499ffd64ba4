/**
 * Tells everybody who listens what has changed. One look at the database each second, however many listen; none while
 * nobody does.
 *
 *   idle ── somebody listens ──▶ looking ── the last one has left ──▶ idle
 *                                  │  ▲ a second later
 *                                  └──┘ a look that fails is made again: the cursor stays where it was
 *   stopping: everybody is sent away, and whoever comes is sent away at once.
 */
import { type Clock, HangarError } from '@hangar/core'
import { type Database, readChanges } from '@hangar/db'
import type { Logger } from '@hangar/runtime'
import { Listener, type ListenerOptions } from './listener.ts'

const LOOK_EVERY_MS = 1_000

export type ChangeFeed = {
  /**
   * Everything from now on, or from where `after` (a `Last-Event-ID`) was, as server-sent events. Throws `rate_limited`
   * where `who` listens too often already.
   */
  listen(options: ListenOptions): Listener
  /** How many listen now. */
  readonly size: number
}

export type ListenOptions = Pick<ListenerOptions, 'after' | 'isStillAllowed'> & { who: string }

/** Of one caller in one process: a page has one, so these are many pages or a client that forgets to hang up. */
const MOST_OF_ONE = 20
const TRY_AGAIN_SECONDS = 30

export type FeedParts = {
  db: Database
  clock: Clock
  logger: Logger
  /** Closes it. */
  stopping: AbortSignal
  lookEveryMs?: number
  /** What listeners are made with, where tests cannot wait for it. */
  listeners?: Partial<Pick<ListenerOptions, 'heartbeatMs' | 'mostQueued' | 'mostChanges'>>
}

export function createChangeFeed(parts: FeedParts): ChangeFeed {
  return new Feed(parts)
}

class Feed implements ChangeFeed {
  readonly #parts: FeedParts
  /** And who each is. */
  readonly #listeners = new Map<Listener, string>()
  /** Of the last look; there is one as long as it looks. */
  #cursor: string | undefined
  /** Settled once there is a cursor to go on from. */
  #begun: Promise<void> | undefined

  constructor(parts: FeedParts) {
    this.#parts = parts
    parts.stopping.addEventListener('abort', () => this.#sendAway(), { once: true })
  }

  get size(): number {
    return this.#listeners.size
  }

  listen({ who, ...options }: ListenOptions): Listener {
    const { db, listeners, stopping } = this.#parts
    if (this.#countOf(who) >= MOST_OF_ONE)
      throw new HangarError('rate_limited', {
        operator: `${who} has ${MOST_OF_ONE} streams of changes open`,
        details: { retry_after_seconds: TRY_AGAIN_SECONDS },
      })
    const listener: Listener = new Listener({
      ...listeners,
      ...options,
      begin: () => this.#begin(),
      catchUp: (after, most) => readChanges(db, after, most),
      leave: () => void this.#listeners.delete(listener),
    })
    if (stopping.aborted) listener.gone()
    else this.#listeners.set(listener, who)
    return listener
  }

  #countOf(who: string): number {
    return [...this.#listeners.values()].filter((one) => one === who).length
  }

  /** To be over before anybody catches up by themselves: what they then miss comes with the next look. */
  async #begin(): Promise<void> {
    this.#begun ??= this.#start()
    try {
      await this.#begun
    } catch (error) {
      this.#begun = undefined
      throw error
    }
  }

  async #start(): Promise<void> {
    const { cursor } = await readChanges(this.#parts.db, undefined)
    this.#cursor = cursor
    void this.#goOn()
  }

  async #goOn(): Promise<void> {
    const { logger, stopping } = this.#parts
    while (this.#isWanted()) {
      try {
        await this.#look()
      } catch (err) {
        if (!stopping.aborted) logger.warn({ err }, 'the changes were not read; the next look finds them')
      }
    }
    this.#cursor = undefined
    this.#begun = undefined
  }

  #isWanted(): boolean {
    return this.#listeners.size > 0 && !this.#parts.stopping.aborted
  }

  async #look(): Promise<void> {
    const { db, clock, stopping, lookEveryMs = LOOK_EVERY_MS } = this.#parts
    await clock.sleep(lookEveryMs, stopping)
    const slice = await readChanges(db, this.#cursor)
    this.#cursor = slice.cursor
    for (const listener of this.#listeners.keys()) listener.take(slice)
  }

  #sendAway(): void {
    for (const listener of [...this.#listeners.keys()]) listener.gone()
  }
}
