import {
  findPlacement,
  lockApp,
  readTraderSet,
  recordBootstrap,
  takeTraders,
  type AppRow,
  type Placement,
  type ProcessName,
  type TraderSet,
  type Tx,
} from '@hangar/db'
import { z } from 'zod'
import type { ApiDeps } from '../../../deps.ts'
import { assertCurrent, defineShimRoute, isDraining } from '../app-caller.ts'
import { processFields, processOf } from '../fields.ts'
import { supabaseAccess } from '../supabase-access.ts'
import { bootstrapAnswer } from './schema.ts'
import { etagOf, mayTrade, ordersFor, type Orders } from '../standing.ts'

/** None at all once it is draining, so that a restart in the middle of a drain does not begin to trade again. */
export const bootstrap = defineShimRoute({
  method: 'get',
  path: '/shim/v1/bootstrap',
  summary: 'What this app is to run',
  description:
    "Its user's enabled custom traders, once they are placed here, and none once it is draining. The first one sets the traders in motion to it.",
  reads: { header: z.object({ 'if-none-match': z.string().optional() }), query: z.object(processFields) },
  answers: {
    200: { body: bootstrapAnswer, headers: { etag: 'Stands for everything that the app acts on.' } },
    304: {
      description: 'What the app was told under this `If-None-Match` still holds.',
      headers: { etag: 'The same.' },
    },
  },
  handle: async ({ header, query }, { deps, app, machineId }) => {
    const asker = { app, machineId, ...processOf(query) }
    const told = await deps.db.transaction().execute((tx) => tell(tx, asker, deps))
    const headers = { etag: told.etag }
    if (matches(header['if-none-match'], told.etag)) return { status: 304, headers }
    const { orders, traders } = told
    const supabase = await supabaseAccess(deps, app.userId)
    const body = { user_id: app.userId, app_name: told.app.flyAppName, ...orders, traders, supabase }
    return { status: 200, headers, body }
  },
})

type Asker = { app: AppRow; machineId: string; process?: ProcessName }
type Told = { app: AppRow; orders: Orders; traders: TraderSet['traders']; etag: string }

/** The row is locked meanwhile: what begins to end this app does so before, and then it hears of it, or after. */
async function tell(tx: Tx, asker: Asker, deps: ApiDeps): Promise<Told> {
  const { machineId, process } = asker
  const app = (await lockApp(tx, asker.app.id)) ?? asker.app
  assertCurrent(app, machineId)
  const place = await placeOf(tx, app, deps)
  const orders = ordersFor(
    app,
    { runsOn: place?.runsOn ?? null, placedAppId: place?.userFlyAppId ?? null },
    deps,
  )
  const { traders, version } = await readTraderSet(tx, app.userId)
  const etag = etagOf(orders, version, deps)
  await recordBootstrap(tx, app.id, machineId, { etag, ...(process && { process }) })
  return { app, orders, traders: mayTrade(orders) ? traders : [], etag }
}

function placeOf(tx: Tx, app: AppRow, deps: ApiDeps): Promise<Placement | null> {
  return isDraining(app) ? findPlacement(tx, app.userId) : takeTraders(tx, app, deps.placement.handover)
}

/** RFC 9110: `*`, or a list of tags, of which `W/` in front says nothing here. */
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
