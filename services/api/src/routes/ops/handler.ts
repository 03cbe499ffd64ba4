/** What orchestrators and Prometheus ask. Open to all: nothing here tells about a user or a secret. */
import { findInstallationId } from '@hangar/db'
import { assertRedisReady, type Queues } from '@hangar/jobs'
import { checkReadiness } from '@hangar/runtime'
import { Router } from 'express'
import type { ApiDeps } from '../../deps.ts'

export function opsRoutes(deps: ApiDeps): Router {
  const router = Router()
  // Alive: the event loop answers. Nothing else, or a database failure would restart every replica.
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' })
  })
  router.get('/readyz', async (_request, response) => {
    const { checks } = await checkReadiness(
      {
        database: () => findInstallationId(deps.db).then(() => undefined),
        redis: () => redisIsReady(deps.queues),
      },
      (check, error) => deps.logger.warn({ err: error, check }, 'not ready'),
    )
    // Without Redis webhooks, the admin API and the shim still do their work, only slower: keep the traffic.
    const ready = checks['database'] === 'ok'
    const status = ready ? (checks['redis'] === 'ok' ? 'ok' : 'degraded') : 'not ready'
    response.status(ready ? 200 : 503).json({ status, checks })
  })
  router.get('/metrics', async (_request, response) => {
    const { registry } = deps.metrics
    response.setHeader('content-type', registry.contentType)
    response.send(await registry.metrics())
  })
  return router
}

function redisIsReady(queues: Queues): Promise<void> {
  return new Promise((resolve) => {
    assertRedisReady(queues.redis)
    resolve()
  })
}
