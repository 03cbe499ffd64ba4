/** How often somebody may ask: with Redis, for all processes together; without it, each for itself. */
import { HangarError } from '@hangar/core'
import { closeRedis, createRedis } from '@hangar/jobs'
import { freePort, startRedis, useTestRedis, waitFor } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Caller } from './caller.ts'
import { createRateLimits, type LimitSettings, type RateLimits } from './rate-limits.ts'

const corner = useTestRedis()
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const SETTINGS: LimitSettings = {
  personPerMinute: 3,
  keyPerMinute: 5,
  refusedPerMinute: 5,
  signInFailures: 2,
}
const limited = { code: 'rate_limited', details: { retry_after_seconds: expect.any(Number) } }
let people = 0
const person = (): Caller => ({
  kind: 'person',
  actor: `user:${people++}`,
  role: 'viewer',
  email: null,
  sessionId: null,
})

function connect(url: string) {
  const redis = createRedis({ url, role: 'producer', name: 'test' })
  cleanups.push(() => closeRedis(redis))
  return redis
}

async function limits(settings: Partial<LimitSettings> = {}): Promise<RateLimits> {
  const redis = connect(corner.url)
  await waitFor(() => redis.status === 'ready', { what: 'Redis' })
  return createRateLimits({ redis, prefix: corner.prefix }, { ...SETTINGS, ...settings })
}

/** How many of so many calls at once got through. */
async function passed(times: number, call: () => Promise<unknown>): Promise<number> {
  const ends = await Promise.allSettled(Array.from({ length: times }, call))
  for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject(limited)
  return ends.filter((end) => end.status === 'fulfilled').length
}

describe('requests', () => {
  test('of each person so many in a minute, whichever process answers', async () => {
    const [here, there] = [await limits(), await limits()]
    const [one, other] = [person(), person()]
    expect(await passed(10, () => here.countRequest(one))).toBe(3)
    expect(await passed(10, () => there.countRequest(one))).toBe(0)
    expect(await passed(2, () => there.countRequest(other))).toBe(2)
  })

  test('of a key more, and without a limit where the setting says so', async () => {
    const key: Caller = { ...person(), kind: 'key', actor: 'service_role' }
    expect(await passed(10, async () => (await limits()).countRequest(key))).toBe(5)
    const free = await limits({ keyPerMinute: 0, personPerMinute: 0 })
    expect(await passed(50, () => free.countRequest(key))).toBe(50)
  })
})

describe('signing in', () => {
  const wrong = () => Promise.reject(new HangarError('sign_in_failed'))
  const right = () => Promise.resolve('in')
  const fail = (to: RateLimits, address: string, account: string) =>
    to.countSignIn({ address, account }, wrong).then(
      () => 'in',
      (error: unknown) => (error as HangarError).code,
    )

  test('after two failures the right password is not tried any more, from there', async () => {
    const to = await limits()
    const ada = { address: '203.0.113.1', account: 'ada@example.test' }
    for (let n = 0; n < 2; n++) expect(await fail(to, ada.address, 'ADA@example.test')).toBe('sign_in_failed')
    await expect(to.countSignIn(ada, right)).rejects.toMatchObject(limited)
    expect(await to.countSignIn({ ...ada, address: '203.0.113.2' }, right)).toBe('in')
    expect(await to.countSignIn({ ...ada, account: 'bob@example.test' }, right)).toBe('in')
  })

  test('many tries at once do not get past the count', async () => {
    const to = await limits()
    let tried = 0
    const attempt = () => {
      tried += 1
      return wrong()
    }
    const who = { address: '203.0.113.3', account: 'ada@example.test' }
    await Promise.allSettled(Array.from({ length: 30 }, () => to.countSignIn(who, attempt)))
    expect(tried).toBe(2)
  })

  test('one address may not go through all accounts', async () => {
    const to = await limits()
    const codes: string[] = []
    for (let n = 0; n < 12; n++) codes.push(await fail(to, '203.0.113.4', `user-${n}@example.test`))
    expect(codes.filter((code) => code === 'sign_in_failed')).toHaveLength(10)
    expect(codes.at(-1)).toBe('rate_limited')
  })

  test("the right password ends the count, and what is nobody's failure is not counted", async () => {
    const to = await limits()
    const who = { address: '203.0.113.5', account: 'ada@example.test' }
    for (let n = 0; n < 5; n++) {
      expect(await fail(to, who.address, who.account)).toBe('sign_in_failed')
      expect(await to.countSignIn(who, right)).toBe('in')
      const away = to.countSignIn(who, () => Promise.reject(new HangarError('sign_in_unavailable')))
      await expect(away).rejects.toMatchObject({ code: 'sign_in_unavailable' })
    }
  })
})

describe('without Redis', () => {
  test('never there: each process counts for itself, at once', async () => {
    const redis = connect(`redis://127.0.0.1:${await freePort()}`)
    const [here, there] = [1, 2].map(() => createRateLimits({ redis, prefix: 'x' }, SETTINGS)) as [
      RateLimits,
      RateLimits,
    ]
    const one = person()
    expect(await passed(10, () => here.countRequest(one))).toBe(3)
    expect(await passed(10, () => there.countRequest(one))).toBe(3)
    const who = { address: '203.0.113.6', account: 'ada@example.test' }
    expect(await here.countSignIn(who, () => Promise.resolve('in'))).toBe('in')
  })

  test('frozen: nobody waits for longer than a moment', async () => {
    const server = await startRedis({})
    cleanups.push(() => server.stop())
    const redis = connect(server.url)
    await waitFor(() => redis.status === 'ready', { what: 'Redis' })
    const to = createRateLimits({ redis, prefix: 'x' }, SETTINGS)
    process.kill(server.pid, 'SIGSTOP')
    try {
      const startedAt = performance.now()
      expect(await passed(10, () => to.countRequest(person()))).toBe(10)
      expect(performance.now() - startedAt).toBeLessThan(1_500)
    } finally {
      process.kill(server.pid, 'SIGCONT')
    }
  })
})
