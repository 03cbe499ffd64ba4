/** The two ways to look at the health of a whole fleet. */
import { createDatabase } from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import pg from 'pg'
import { Agent, request } from 'undici'

import { buildReconcileDeps } from '../../services/worker/src/build.ts'
import { sweepHealth } from '../../services/worker/src/sweeps/health.ts'
import { CONCURRENCY, unlimitedFlyClient, workerConfig } from '../lib/worker.ts'

export const SIDES = ['naive', 'hangar'] as const
export type Side = (typeof SIDES)[number]

/** Resolves with how many apps were looked at; throws where one was not well. */
export type Sweep = () => Promise<number>

export const SWEEP_OF: Record<Side, (environment: Record<string, string | undefined>) => Promise<Sweep>> = {
  naive: (environment) => Promise.resolve(naiveSweep(environment)),
  hangar: ourSweep,
}

/** The worker's own, as its sweep queue runs it. */
async function ourSweep(environment: Record<string, string | undefined>): Promise<Sweep> {
  const config = workerConfig(environment)
  const logger = createLogger({ service: 'worker', level: config.LOG_LEVEL })
  const db = createDatabase({ connectionString: config.DATABASE_URL, applicationName: 'bench-sweep' })
  const fly = unlimitedFlyClient(config, { logger })
  const deps = await buildReconcileDeps({ config, db, fly, logger })
  return async () => {
    const { checked, unhealthy, unknown, woken } = await sweepHealth(deps, new AbortController().signal)
    if (unhealthy + unknown + woken > 0) throw new Error(`${unhealthy + unknown + woken} apps are not well`)
    return checked
  }
}

type Row = { id: string; app: string; machine: string }

/** One request and one UPDATE for each app, twenty at once, with a bare client on either side. */
function naiveSweep({ FLY_API_BASE_URL: url, FLY_API_TOKEN: token, DATABASE_URL }: NodeJS.ProcessEnv): Sweep {
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: CONCURRENCY })
  const dispatcher = new Agent({ allowH2: false })
  const headers = { authorization: `Bearer ${token}` }
  const look = async ({ id, app, machine }: Row) => {
    const path = `${url}/v1/apps/${app}/machines/${machine}`
    const answer = await request(path, { dispatcher, headers })
    const { state } = (await answer.body.json()) as { state: string }
    if (state !== 'started') throw new Error(`${app} is ${state}`)
    await pool.query({
      name: 'healthy',
      text: `update user_fly_apps set health_status = 'healthy', last_health_check = now() where id = $1`,
      values: [id],
    })
  }
  return async () => {
    const { rows } = await pool.query<Row>(
      `select id, fly_app_name as app, fly_machine_id as machine from user_fly_apps where status = 'active'`,
    )
    const queue = rows.values()
    const worker = async () => {
      for (const row of queue) await look(row)
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, worker))
    return rows.length
  }
}
