/** What a worker says of itself and of Fly.io, as the doctor's question is answered. */
import { randomUUID } from 'node:crypto'
import type { Finding } from '@hangar/core'
import { findInspection, insertInspection } from '@hangar/db'
import { createFlyClient } from '@hangar/fly-client'
import { afterEach, expect, test } from '@jest/globals'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { useEngine } from '../testing/engine.ts'
import { answerRequest } from './job.ts'

const engine = useEngine()
afterEach(() => engine.sim.sim.faults.clear())

async function examine(deps: ReconcileDeps = engine.deps): Promise<Record<string, Finding['severity']>> {
  const { db } = engine.database
  const id = randomUUID()
  await insertInspection(db, { id, userId: null, question: { doctor: true }, requestedBy: 'test' })
  expect(await answerRequest(deps, id, new AbortController().signal)).toEqual({ kind: 'done' })
  const { findings, settings } = (await findInspection(db, id))?.result as {
    findings: Finding[]
    settings: Record<string, string>
  }
  expect(settings).toMatchObject({ FLY_APP_PREFIX: expect.stringMatching(/^[0-9a-f]{16}$/) })
  return Object.fromEntries(findings.map(({ code, severity }) => [code, severity]))
}

test('all is well, but an image that may change; nothing on Fly is changed', async () => {
  const { calls } = engine.sim.sim
  const { lastSeq } = calls
  expect(await examine()).toMatchObject({
    database_answers: 'ok',
    host_rows_visible: 'ok',
    worker_answers: 'ok',
    clock_right: 'ok',
    image_not_pinned: 'warning',
    fly_token_works: 'ok',
    fly_has_room: 'ok',
  })
  const changes = calls
    .list({ after: lastSeq })
    .filter(({ operation }) => /create|delete|stop/.test(operation))
  expect(changes).toEqual([])
})

test('a token that Fly refuses, or that Fly.io gives no answer about', async () => {
  const refused = createFlyClient({
    baseUrl: engine.sim.url,
    token: 'FlyV1 not-a-token',
    orgSlug: 'vyx',
    rateLimits: false,
    breaker: false,
  })
  try {
    expect(await examine({ ...engine.deps, fly: refused })).toMatchObject({ fly_token_refused: 'critical' })
  } finally {
    await refused.close()
  }
  engine.sim.sim.faults.add({ kind: 'internal', match: { operation: 'orgs.machines' } })
  expect(await examine()).toMatchObject({ fly_unreachable: 'critical' })
})

test('a token of another organisation than the settings name', async () => {
  const deps = engine.other('worker-b', { orgSlug: 'nobody' })
  expect(await examine(deps)).toMatchObject({ fly_token_other_org: 'critical' })
})

test('a Fly.io that does not answer at all: the worker does, within what the API waits', async () => {
  engine.sim.sim.faults.add({ kind: 'hang', match: { operation: 'orgs.machines' } })
  expect(await examine()).toMatchObject({ worker_answers: 'ok', fly_unreachable: 'critical' })
})
