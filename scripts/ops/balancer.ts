/**
 * A load balancer as small as one can be, for tests: keeps connections to each target, sends requests in turn to those
 * whose /readyz said 200 when it was last asked, and repeats nothing. What it cannot deliver is a 502, and counted.
 */
import { Agent, createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const LOOK_MS = 100
const LOOK_TIMEOUT_MS = 1_000

export type Balancer = {
  readonly url: string
  /** Requests that reached no target, or got no answer from it. */
  readonly failures: readonly string[]
  balance(ports: readonly number[]): void
  /** Whether this target gets requests now. */
  takes(port: number): boolean
  stop(): Promise<void>
}

export async function startBalancer(): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true })
  const ready = new Set<number>()
  const failures: string[] = []
  const stopping = new AbortController()
  const looks: Promise<void>[] = []
  let targets: readonly number[] = []
  let turn = 0

  const look = async (port: number) => {
    while (!stopping.signal.aborted) {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`, {
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]),
      }).catch(() => null)
      await response?.body?.cancel().catch(() => undefined)
      if (response?.ok) ready.add(port)
      else ready.delete(port)
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const usable = targets.filter((port) => ready.has(port))
    const port = usable[turn++ % usable.length]
    const fail = (why: string) => {
      failures.push(`${incoming.method ?? ''} ${incoming.url ?? ''}: ${why}`)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(502).end()
    }
    if (port === undefined) {
      fail('nobody is ready')
      return
    }
    const { method, url: path, headers } = incoming
    const sent = ask({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    sent.on('error', (error) => fail(error.message))
    incoming.pipe(sent)
  }
  const server = createServer(pass)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures,
    balance: (ports) => {
      targets = ports
      looks.push(...ports.map(look))
    },
    takes: (port) => ready.has(port),
    stop: async () => {
      stopping.abort()
      await Promise.all(looks)
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
      agent.destroy()
    },
  }
}
