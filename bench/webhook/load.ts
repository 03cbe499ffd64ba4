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
  const { result, seconds } = await new Promise<{ result: autocannon.Result; seconds: number }>(
    (resolve, reject) => {
      // From the first answer, so that preparing the requests does not count.
      let startedAt = 0
      const run = autocannon(options, (error: Error | null, result) => {
        if (error) reject(error)
        else resolve({ result, seconds: (performance.now() - startedAt) / 1000 })
      })
      run.once('response', () => (startedAt = performance.now()))
    },
  )
  const accepted = result['2xx']
  if (accepted !== share * connections) {
    throw new Error(`${accepted} of ${share * connections} deliveries were accepted by ${url}`)
  }
  return { perSecond: accepted / seconds, p50Ms: result.latency.p50, p99Ms: result.latency.p99 }
}
