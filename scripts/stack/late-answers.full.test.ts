/** Fly does what it is asked at once, and answers when everything has long gone on: on a whole Hangar, with real apps. */
import { raiseWant, type AppRow } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import { setTier, until, useWholeHangar } from './testing/whole-hangar.ts'

/** A heartbeat that came before the late answer does not count, so Fly's next check (15 s) or the next heartbeat (30 s) decides. */
const LATE_PATIENCE_MS = 60_000
const TEST_TIMEOUT_MS = 180_000

const hangar = useWholeHangar()

describe('Fly does it at once and answers 4 s later, when the app has long started', () => {
  const late = (operation: string, { flyAppName }: AppRow) =>
    hangar.fly.addFault({
      kind: 'delay_after',
      match: { operation, app: flyAppName },
      count: 1,
      params: { ms: 4_000 },
    })

  test(
    'a resize ends with the app trading, not drained and idle',
    async () => {
      const { user, app } = await hangar.upgraded()
      const fault = await late('machines.update', app)
      await setTier(user, 'elite')
      const resized = await hangar.trading(user, { memoryMb: 1_024, patienceMs: LATE_PATIENCE_MS })
      expect(await hangar.fly.hasStruck(fault)).toBe(true)
      expect(resized.id).toBe(app.id)
      await hangar.machineOf(resized)
      await hangar.atRest(user)
      expect(await hangar.fly.health(app.flyAppName)).toMatchObject({ state: 'trading' })
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'a machine made anew for one that was destroyed by hand ends trading, not retired',
    async () => {
      const { user, app } = await hangar.upgraded()
      const first = await hangar.machineOf(app)
      const fault = await late('machines.create', app)
      await hangar.fly.destroyByHand(app.flyAppName, first)
      await until(
        'the machine to be gone',
        async () => (await hangar.fly.machines(app.flyAppName)).length === 0,
      )
      await raiseWant(hangar.db, user.userId, 'health')
      const hasAnother = async () => {
        const now = await user.liveApp()
        return now?.flyMachineId !== first && now?.operation === null && now
      }
      const repaired = await until('another machine', hasAnother, LATE_PATIENCE_MS)
      expect(await hangar.fly.hasStruck(fault)).toBe(true)
      expect(repaired.id).toBe(app.id)
      await hangar.machineOf(await hangar.trading(user, { memoryMb: 512, patienceMs: LATE_PATIENCE_MS }))
      await hangar.atRest(user)
      expect(await hangar.fly.health(app.flyAppName)).toMatchObject({ state: 'trading' })
    },
    TEST_TIMEOUT_MS,
  )
})
