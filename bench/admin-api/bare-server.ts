// The floor of the admin API's benchmark: what Express and pg take for rows of the same kind, with nothing to find out
// first. The list is the first fifty live rows by their key; the overview is one count. No caller, no filter, no order.
import express from 'express'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })

const app = express()
app.get('/readyz', (_request, response) => {
  response.json({ status: 'ok' })
})
app.get('/v1/apps', async (_request, response) => {
  const { rows } = await pool.query<object>({
    name: 'list',
    text: 'select * from user_fly_apps where deleted_at is null order by id limit $1',
    values: [50],
  })
  response.json({ items: rows })
})
app.get('/v1/overview', async (_request, response) => {
  const { rows } = await pool.query<object>('select count(*) from user_fly_apps where deleted_at is null')
  response.json(rows[0])
})
app.listen(Number(process.env['PORT']), '127.0.0.1')
