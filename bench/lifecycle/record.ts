import { createDatabase } from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { createUser, setTier } from '@hangar/testkit/factories'
import pg from 'pg'
import { Agent } from 'undici'

import { buildReconcileDeps } from '../../services/worker/src/build.ts'
import { activeApp, namesOf, reconcileToTheEnd } from '../lib/engine.ts'
import { generalise } from '../lib/names.ts'
import { unlimitedFlyClient, workerConfig } from '../lib/worker.ts'
import { isWrite, type Act, type FlyCall, type Trace } from './trace.ts'

/** Lets the engine, alone and without a queue, take one user up and down, and writes down what it does. */
export async function recordTrace(environment: Record<string, string>): Promise<Trace> {
  const config = workerConfig(environment)
  const acts: Act[] = []
  const logger = createLogger({ service: 'bench', level: 'silent' })
  const db = createDatabase({ connectionString: config.DATABASE_URL, applicationName: 'bench-record' })
  const fly = unlimitedFlyClient(config, recordingFly(acts))
  const stopRecordingSql = recordSql(acts)
  try {
    const deps = await buildReconcileDeps({ config, db, fly, logger })
    const { userId } = await createUser(db, { tier: 'pro' })
    acts.length = 0
    await reconcileToTheEnd(deps, userId)
    const provision = acts.splice(0)
    const app = await activeApp(db, userId)
    await setTier(db, userId, 'free')
    acts.length = 0
    await reconcileToTheEnd(deps, userId)
    const trace: Trace = { provision, deprovision: acts.splice(0) }
    return JSON.parse(generalise(JSON.stringify(trace), namesOf(app))) as Trace
  } finally {
    stopRecordingSql()
    await fly.close()
    await db.destroy()
  }
}

function recordingFly(acts: Act[]) {
  const agent = new Agent()
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    const { method, path, body } = options
    acts.push({ kind: 'fly', method, path, body: typeof body === 'string' ? body : null, status: 0 })
    return dispatch(options, handler)
  })
  const onCall = ({ status }: { status: number | undefined }) => {
    const call = acts.findLast((act): act is FlyCall => act.kind === 'fly')
    if (call) call.status = status ?? 0
  }
  return { dispatcher, hooks: { onCall } }
}

/** Listens in on every PostgreSQL client of this process. Returns how to stop. */
function recordSql(acts: Act[]): () => void {
  const { prototype } = pg.Client
  const original = Reflect.get(prototype, 'query') as (...args: unknown[]) => unknown
  const listening = function (this: pg.Client, ...args: unknown[]) {
    const { text, values } = asConfig(args)
    if (isWrite(text)) acts.push({ kind: 'sql', text, values })
    return original.apply(this, args)
  }
  Reflect.set(prototype, 'query', listening)
  return () => void Reflect.set(prototype, 'query', original)
}

/** A query is given as text and values, or as an object that holds both. */
function asConfig([first, second]: unknown[]): { text: string; values: unknown[] } {
  const { text, values } =
    typeof first === 'string' ? { text: first, values: second } : (first as pg.QueryConfig)
  return { text, values: Array.isArray(values) ? values : [] }
}
