/**
 * Stands in for pg_net, which exists on Supabase only: sends the requests that lie in net.http_request_queue.
 * Like pg_net it tries each request exactly once, in no particular order, and never says so if one got lost:
 * whatever depends on a webhook has to live with that.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** A notification may be missed while the connection is made; looking now and then finds what it left. */
const POLL_MS = 1_000

export type Delivery = { url: string; status: number | 'failed'; ms: number }

export type Courier = {
  /** Resolves when it carries nothing any more: it was stopped, or the database went away. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

type QueuedRequest = {
  method: string
  url: string
  headers: Record<string, string> | null
  body: Buffer | null
  timeout_milliseconds: number
}

export async function startCourier(options: {
  connectionString: string
  onDelivery?: (delivery: Delivery) => void
}): Promise<Courier> {
  const client = new pg.Client({
    connectionString: options.connectionString,
    application_name: 'hangar-courier',
  })
  const stopping = new AbortController()
  let wake = () => {}
  client.on('notification', () => wake())
  // The server going away ends the round in hand with an error; nothing is left to do but stop.
  client.on('error', () => stopping.abort())
  await client.connect()
  await client.query('listen hangar_courier')

  async function carry(): Promise<void> {
    const underWay = new Set<Promise<void>>()
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      const { rows } = await client.query<QueuedRequest>(
        'delete from net.http_request_queue returning method, url, headers, body, timeout_milliseconds',
      )
      for (const row of rows) {
        const sent = send(row, stopping.signal).then((delivery) => options.onDelivery?.(delivery))
        underWay.add(sent)
        void sent.finally(() => underWay.delete(sent))
      }
      await Promise.race([woken, pause(stopping.signal)])
    }
    await Promise.all(underWay)
  }

  const carrying = carry().catch(() => {})
  return {
    ended: carrying,
    stop: async () => {
      stopping.abort()
      await carrying
      await client.end().catch(() => {})
    },
  }
}

async function send(request: QueuedRequest, stopping: AbortSignal): Promise<Delivery> {
  const startedAt = performance.now()
  const ms = () => Math.round(performance.now() - startedAt)
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { 'User-Agent': 'hangar-courier', ...request.headers },
      body: request.body === null ? null : new Uint8Array(request.body),
      signal: AbortSignal.any([stopping, AbortSignal.timeout(request.timeout_milliseconds)]),
    })
    await response.body?.cancel()
    return { url: request.url, status: response.status, ms: ms() }
  } catch {
    return { url: request.url, status: 'failed', ms: ms() }
  }
}

async function pause(stopping: AbortSignal): Promise<void> {
  await delay(POLL_MS, undefined, { signal: stopping }).catch(() => {})
}
