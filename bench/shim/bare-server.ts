// The peer of the shim's benchmark: what one would write without Hangar, on the same Express and pg. No token, no look
// at who may write what, no result per item, no log, no error handling.
import express from 'express'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })

type Beat = { app_id: string; user_id: string; running_trader_ids: string[]; memory_mb: number }
type Signal = { client_id: string; trader_id: string; symbol: string; payload: object; created_at: string }

const app = express()
app.use(express.json({ limit: '1mb' }))
app.get('/readyz', (_request, response) => {
  response.json({ status: 'ok' })
})
app.post('/shim/v1/heartbeat', async (request, response) => {
  const beat = request.body as Beat
  await pool.query(
    `insert into hangar.app_heartbeats (user_fly_app_id, user_id, last_heartbeat_at, running_trader_ids, memory_mb)
     values ($1, $2, now(), $3, $4)
     on conflict (user_fly_app_id) do update set last_heartbeat_at = now(), running_trader_ids = $3, memory_mb = $4`,
    [beat.app_id, beat.user_id, beat.running_trader_ids, beat.memory_mb],
  )
  response.json({ directives: [] })
})
app.post('/shim/v1/signals', async (request, response) => {
  const { items, user_id } = request.body as { items: Signal[]; user_id: string }
  await pool.query(
    `insert into trader_signals (trader_id, user_id, symbol, payload, created_at, client_id)
     select trader_id, $1, symbol, payload, created_at, client_id from jsonb_to_recordset($2::jsonb) as item
       (client_id text, trader_id uuid, symbol text, payload jsonb, created_at timestamptz)
     on conflict (client_id) do nothing`,
    [user_id, JSON.stringify(items)],
  )
  response.json({ ok: true })
})
app.listen(Number(process.env['PORT']), '127.0.0.1')
