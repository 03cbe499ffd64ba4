import { randomBytes } from 'node:crypto'
import { createKeyRing, shutdownToken } from '@hangar/core'
import { countOnOldKeys, recordHeartbeat } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { sweepDifferences } from './differences.ts'

const engine = useEngine()
const signal = new AbortController().signal

test('an app at rest gets its secrets anew while the key is replaced, once, and is not restarted for it', async () => {
  const { deps } = engine
  const [before, after] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64')) as [
    string,
    string,
  ]
  const old = { ...deps, keyRing: createKeyRing({ current: before }) }
  const rotating = { ...deps, keyRing: createKeyRing({ current: after, previous: before }) }
  const { userId } = await createUser(deps.db, { tier: 'pro' })
  await engine.drive(userId, { deps: old })
  const app = await engine.live(userId)
  expect(app.secretsKeyId).toBe(old.keyRing.current.id)
  const written = async () =>
    (await engine.eventTypes(userId)).filter((type) => type.endsWith('_secrets_set')).length
  expect(await written()).toBe(1)

  // A key that is not replaced wakes nobody.
  await sweepDifferences({ ...deps, keyRing: createKeyRing({ current: after }) }, signal)
  await engine.drive(userId, { deps: { ...deps, keyRing: createKeyRing({ current: after }) } })
  expect(await written()).toBe(1)

  const turn = async () => {
    await sweepDifferences(rotating, signal)
    await engine.drive(userId, { deps: rotating })
    return written()
  }
  expect(await turn()).toBe(2)
  expect(await turn()).toBe(2)
  const now = await engine.live(userId)
  expect(now).toMatchObject({
    secretsKeyId: rotating.keyRing.current.id,
    flyInstanceId: app.flyInstanceId,
    launchedAt: app.launchedAt,
  })
})

test('a machine that still runs with the old secrets is counted, and asked to drain with the token that it knows', async () => {
  const { deps } = engine
  const [before, after] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64')) as [
    string,
    string,
  ]
  const ring = createKeyRing({ current: after, previous: before })
  const { userId } = await createUser(deps.db, { tier: 'pro' })
  await engine.drive(userId)
  const { id, flyMachineId } = await engine.live(userId)
  const oldRing = createKeyRing({ current: before })
  const count = async () => (await countOnOldKeys(deps.db, ring.current.id)).tokens
  const others = await count()
  const beat = (tokenKeyId: string) =>
    recordHeartbeat(deps.db, id, { machineId: flyMachineId ?? '', runningTraderIds: [], tokenKeyId })
  await beat(oldRing.current.id)
  expect(await count()).toBe(others)
  expect(shutdownToken(ring, id, oldRing.current.id)).toBe(shutdownToken(oldRing, id))
  expect(shutdownToken(ring, id, 'unknown0')).toBe(shutdownToken(ring, id))
  await beat(ring.current.id)
  expect(await count()).toBe(others - 1)
})
