// The peer of the webhook benchmark: what one would write without Hangar, on the same Express and BullMQ. No
// signature, no schema, no deduplication, no log, no error handling.
import { Queue } from 'bullmq'
import express from 'express'
import { Redis } from 'ioredis'

const redis = new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null })
const queue = new Queue('bare', { connection: redis })

type Delivery = { record: { user_id: string } }

const app = express()
app.use(express.json())
app.get('/readyz', (_request, response) => {
  response.json({ status: 'ok' })
})
app.post('/webhooks/supabase', async (request, response) => {
  const { record } = request.body as Delivery
  await queue.add('reconcile', { userId: record.user_id })
  response.status(202).json({ status: 'woken' })
})
app.listen(Number(process.env['PORT']), '127.0.0.1')
