import autocannon from 'autocannon'

import { makeDeliveries } from './deliveries.ts'

export type Load = {
  url: string
  connections: number
  deliveries: number
  /** Deliveries a second over all connections. Not given: as many as get through. */
  rate?: number
}

export type Measured = { perSecond: number; p50Ms: number; p99Ms: number }

/** Sends each delivery once and insists that every one is accepted. */
export async function measure({ url, connections, deliveries, rate }: Load): Promise<Measured> {
  const share = Math.ceil(deliveries / connections)
  const all = makeDeliveries(share * connections)
  const options: autocannon.Options = {
    url,
    connections,
    amount: all.length,
    timeout: 30,
    ...(rate === undefined ? {} : { overallRate: rate }),
    // Each connection has deliveries of its own, made up beforehand: no user is ever sent twice.
    setupClient: (client) => client.setRequests(all.splice(0, share)),
  }
  // From the first answer to the last: preparing the requests does not count, nor does autocannon's own end, which
  // comes with the next whole second.
  let firstAt = 0
  let lastAt = 0
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(options, (error: Error | null, done) => {
      if (error) reject(error)
      else resolve(done)
    })
    run.on('response', () => {
      lastAt = performance.now()
      firstAt ||= lastAt
    })
  })
  const seconds = (lastAt - firstAt) / 1000
  const accepted = result['2xx']
  if (accepted !== share * connections) {
    throw new Error(`${accepted} of ${share * connections} deliveries were accepted by ${url}`)
  }
  return { perSecond: accepted / seconds, p50Ms: result.latency.p50, p99Ms: result.latency.p99 }
}
