import { randomBytes } from 'node:crypto'
import { createKeyRing, shutdownToken } from '@hangar/core'
import { countOnOldKeys, listAlerts, listOldSecrets, recordHeartbeat } from '@hangar/db'
import { createUser, runSql } from '@hangar/testkit'
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
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
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

test('who cannot be rewritten now holds up nobody, and an unknown entitlement keeps nobody from it', async () => {
  const { deps } = engine
  const [before, after] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64')) as [
    string,
    string,
  ]
  const rotating = { ...deps, keyRing: createKeyRing({ current: after, previous: before }) }
  const [held, unknown] = [
    await createUser(engine.database.db, { tier: 'pro' }),
    await createUser(engine.database.db, { tier: 'pro' }),
  ]
  for (const { userId } of [held, unknown])
    await engine.drive(userId, { deps: { ...deps, keyRing: createKeyRing({ current: before }) } })
  await runSql(
    engine.database.url,
    `update user_subscriptions set status = 'nobody knows' where user_id = '${unknown.userId}'`,
  )
  await engine.drive(unknown.userId)
  const next = () => listOldSecrets(deps.db, rotating.keyRing.current.id, 1)
  const [first] = await next()
  // It was looked at, and nothing came of it: the other one is next.
  await engine.drive(first!, { deps: { ...deps, keyRing: createKeyRing({ current: before }) } })
  expect(await next()).not.toEqual([first])
  await sweepDifferences(rotating, signal)
  await engine.drive(unknown.userId, { deps: rotating })
  expect(await engine.live(unknown.userId)).toMatchObject({ secretsKeyId: rotating.keyRing.current.id })
})

test('a key that was taken out while an app knows it is told of, until that app is heard of with another', async () => {
  const { deps } = engine
  const ring = createKeyRing({ current: randomBytes(32).toString('base64') })
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  const taken = { ...deps, keyRing: ring }
  await runSql(
    engine.database.url,
    `update user_fly_apps set status = 'deleted', deleted_at = now() where deleted_at is null`,
  )
  await engine.drive(userId)
  const open = async () =>
    (await listAlerts(deps.db, { limit: 50, openOnly: true })).filter(({ kind }) => kind === 'old_key_in_use')
  await sweepDifferences(deps, signal)
  expect(await open()).toEqual([])
  await sweepDifferences(taken, signal)
  expect(await open()).toMatchObject([{ severity: 'critical', subject: '', details: { apps: 1 } }])
  await sweepDifferences(deps, signal)
  expect(await open()).toEqual([])
})

test('a machine that still runs with the old secrets is counted, and asked to drain with the token that it knows', async () => {
  const { deps } = engine
  const [before, after] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64')) as [
    string,
    string,
  ]
  const ring = createKeyRing({ current: after, previous: before })
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
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
