/** The product's users: each change of their tier is a plain UPDATE, repeated until the database has taken it. */
import { setTimeout as delay } from 'node:timers/promises'
import { DEFAULT_POLICY } from '@hangar/core'
import type { Database } from '@hangar/db'
import {
  createTrader,
  createUser,
  insertExecutions,
  insertSignals,
  removeSubscription,
  setTier,
} from '@hangar/testkit/factories'
import type { DesiredUser, TierChange } from '../../checker/index.ts'
import type { Dice } from '../random.ts'

/** `canceled`: a paid tier whose subscription has ended. `removed`: no subscription row at all. */
type Tier = 'free' | 'pro' | 'elite' | 'canceled' | 'removed'
/** Half of all changes lead to an app. */
const DRAWN: readonly Tier[] = ['pro', 'pro', 'elite', 'elite', 'free', 'free', 'canceled', 'removed']

const TRY_AGAIN_MS = 100
/** On average a user changes their mind once in so long. */
const USER_FLIPS_EVERY_MS = 40_000
const FASTEST_MS = 120
/** Some change it several times in a row, faster than anything can follow. */
const FLURRY = 0.25
const FLURRY_GAP_MS = [0, 900] as const
/** So many are upgraded in the first moments, as on the day of a launch. */
const LAUNCH_SHARE = 0.6

type User = { userId: string; tier: Tier; busy: Promise<void> }

export class Users {
  readonly #db: Database
  readonly #dice: Dice
  readonly #users: User[] = []
  readonly changes: TierChange[] = []
  /** Writes that had to be repeated. */
  repeated = 0

  constructor(db: Database, dice: Dice) {
    this.#db = db
    this.#dice = dice
  }

  async create(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const { userId } = await createUser(this.#db, { tier: 'free', email: `user-${index}@example.test` })
      const { traderId } = await createTrader(this.#db, userId)
      await insertSignals(this.#db, userId, traderId, 5)
      await insertExecutions(this.#db, userId, traderId, 2)
      this.#users.push({ userId, tier: 'free', busy: Promise.resolve() })
    }
  }

  /** Flips tiers until the signal, and resolves when the last change is written. */
  async flip(signal: AbortSignal): Promise<void> {
    for (const user of this.#users)
      if (this.#dice.chance(LAUNCH_SHARE)) this.#change(user, this.#another(user.tier))
    const everyMs = Math.max(USER_FLIPS_EVERY_MS / this.#users.length, FASTEST_MS)
    while (!signal.aborted) {
      await delay(everyMs * 2 * this.#dice.next(), undefined, { signal }).catch(() => {})
      this.#changeMind(this.#dice.pick(this.#users))
    }
    await Promise.all(this.#users.map((user) => user.busy))
  }

  desired(): DesiredUser[] {
    return this.#users.map(({ userId, tier }) => ({ userId, guest: guestOf(tier) }))
  }

  #changeMind(user: User): void {
    const times = this.#dice.chance(FLURRY) ? this.#dice.between(2, 5) : 1
    for (let time = 0; time < times; time++)
      this.#change(user, this.#another(user.tier), time === 0 ? 0 : this.#dice.between(...FLURRY_GAP_MS))
  }

  #another(than: Tier): Tier {
    return this.#dice.pick(DRAWN.filter((tier) => tier !== than))
  }

  /** One user's changes are written one after the other; the last one counts. */
  #change(user: User, tier: Tier, afterMs = 0): void {
    user.tier = tier
    user.busy = user.busy.then(async () => {
      await delay(afterMs)
      await this.#write(user.userId, tier)
    })
  }

  #subscribe(userId: string, tier: Tier): Promise<void> {
    if (tier === 'removed') return removeSubscription(this.#db, userId)
    if (tier === 'canceled') return setTier(this.#db, userId, 'pro', 'canceled')
    return setTier(this.#db, userId, tier, 'active')
  }

  async #write(userId: string, tier: Tier): Promise<void> {
    const notBefore = new Date()
    for (;;) {
      try {
        await this.#subscribe(userId, tier)
        this.changes.push({ userId, entitled: guestOf(tier) !== null, notBefore, committedBy: new Date() })
        return
      } catch {
        // It may have been committed all the same: then writing it again changes nothing.
        this.repeated += 1
        await delay(TRY_AGAIN_MS)
      }
    }
  }
}

const guestOf = (tier: Tier): DesiredUser['guest'] => DEFAULT_POLICY.guests[tier] ?? null
