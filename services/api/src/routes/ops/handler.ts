/** What orchestrators and Prometheus ask. Open to all: nothing here tells about a user or a secret. */
import { findInstallationId } from '@hangar/db'
import { assertRedisReady, type Queues } from '@hangar/jobs'
import { checkReadiness } from '@hangar/runtime'
import { z } from 'zod'
import { defineOpenRoute } from '../../http/route.ts'

// Alive: the event loop answers. Nothing else, or a database failure would restart every replica.
export const healthz = defineOpenRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Alive: the event loop answers',
  answers: { 200: z.strictObject({ status: z.literal('ok') }) },
  handle: () => Promise.resolve({ status: 200, body: { status: 'ok' } } as const),
})

const check = z.enum(['ok', 'failed'])
const readiness = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'not ready']),
    checks: z.strictObject({ database: check, redis: check }),
  })
  .meta({ id: 'Readiness' })

export const readyz = defineOpenRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether it can do its work now',
  description: 'Without Redis it is `degraded`, and still gets its traffic: everything is done, only slower.',
  answers: {
    200: { description: 'It can.', body: readiness },
    503: { description: 'The database does not answer, or it is about to end.', body: readiness },
  },
  handle: async (_input, { deps }) => {
    const { checks } = await checkReadiness(
      {
        database: () => findInstallationId(deps.db).then(() => undefined),
        redis: () => redisIsReady(deps.queues),
      },
      (name, error) => deps.logger.warn({ err: error, check: name }, 'not ready'),
    )
    const { database = 'failed', redis = 'failed' } = checks
    const ready = database === 'ok' && !deps.stopping.aborted
    const how = ready ? (redis === 'ok' ? 'ok' : 'degraded') : 'not ready'
    const body: z.output<typeof readiness> = { status: how, checks: { database, redis } }
    return { status: ready ? 200 : 503, body }
  },
})

export const metrics = defineOpenRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Prometheus metrics of this process',
  answers: { 200: { body: z.string(), type: 'text/plain' } },
  handle: async (_input, { deps }) => {
    const { registry } = deps.metrics
    const headers = { 'content-type': registry.contentType }
    return { status: 200, headers, body: await registry.metrics() }
  },
})

function redisIsReady(queues: Queues): Promise<void> {
  return new Promise((resolve) => {
    assertRedisReady(queues.redis)
    resolve()
  })
}
