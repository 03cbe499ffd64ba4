import { randomUUID } from 'node:crypto'

import autocannon from 'autocannon'

import type { FleetApp } from './fleet.ts'

export type Measured = { perSecond: number; p99Ms: number }

type Call = { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string }

const HEARTBEAT_CONNECTIONS = 20
const BATCH = 500

/** Each app in turn; what only the bare peer needs is sent to both. */
export function sendHeartbeats(
  url: string,
  fleet: readonly FleetApp[],
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Measured> {
  const calls = Array.from({ length: perSecond * seconds }, (_, n) => heartbeat(pick(fleet, n)))
  return send(url, calls, { connections: HEARTBEAT_CONNECTIONS, rate: perSecond })
}

/** Each app asks what to run, as it does at its start: what it is told then is what its heartbeats are held against. */
export async function sendBootstraps(url: string, fleet: readonly FleetApp[]): Promise<void> {
  const calls = fleet.map(({ headers }): Call => ({ method: 'GET', path: '/shim/v1/bootstrap', headers }))
  await send(url, calls, { connections: HEARTBEAT_CONNECTIONS })
}

/** As many as get through; `perSecond` is of signals. An app sends one batch at a time, so `apps` is how many send at once. */
export async function sendBatches(
  url: string,
  fleet: readonly FleetApp[],
  { batches, apps }: { batches: number; apps: number },
): Promise<Measured> {
  const calls = Array.from({ length: batches }, (_, n) => batch(pick(fleet, n % apps)))
  const { perSecond, p99Ms } = await send(url, calls, { connections: apps })
  return { perSecond: perSecond * BATCH, p99Ms }
}

function pick(fleet: readonly FleetApp[], n: number): FleetApp {
  const app = fleet[n % fleet.length]
  if (!app) throw new Error('there is no app')
  return app
}

function heartbeat({ appId, userId, traderId, headers }: FleetApp): Call {
  const body = JSON.stringify({
    app_id: appId,
    user_id: userId,
    running_trader_ids: [traderId],
    last_cycle_at: '2026-01-01T00:00:00Z',
    buffered_signals: 0,
    memory_mb: 120,
    version: '1.4.2',
  })
  return { method: 'POST', path: '/shim/v1/heartbeat', headers, body }
}

function batch({ userId, traderId, headers }: FleetApp): Call {
  const items = Array.from({ length: BATCH }, (_, n) => ({
    client_id: randomUUID(),
    trader_id: traderId,
    symbol: 'BTCUSDT',
    payload: { price: 50_000 + n, rsi: 28.4, reason: 'oversold on the hour' },
    created_at: '2026-01-01T00:00:00Z',
  }))
  return {
    method: 'POST',
    path: '/shim/v1/signals',
    headers,
    body: JSON.stringify({ user_id: userId, items }),
  }
}

/** Sends each call once and insists that every one is answered with 200. */
async function send(
  url: string,
  calls: Call[],
  load: { connections: number; rate?: number },
): Promise<Measured> {
  const share = Math.ceil(calls.length / load.connections)
  const shares = Array.from({ length: load.connections }, (_, n) => calls.slice(n * share, (n + 1) * share))
  const used = shares.filter((some) => some.length > 0)
  const amount = calls.length
  let firstAt = 0
  let lastAt = 0
  const startedAt = performance.now()
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url,
        connections: used.length,
        amount,
        timeout: 30,
        ...(load.rate !== undefined && { overallRate: load.rate }),
        setupClient: (client) => client.setRequests(used.pop() ?? []),
      },
      (error: Error | null, done) => {
        if (error) reject(error)
        else resolve(done)
      },
    )
    run.on('response', () => {
      lastAt = performance.now()
      firstAt ||= lastAt
    })
  })
  if (result['2xx'] !== amount) throw new Error(`${result['2xx']} of ${amount} calls were accepted by ${url}`)
  // Few and long ones count from the start: the first answer is one of them.
  const seconds = (lastAt - (load.rate === undefined ? startedAt : firstAt)) / 1000
  return { perSecond: amount / seconds, p99Ms: result.latency.p99 }
}
