import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { systemClock } from '@hangar/core'

/** A body that trickles in for longer is cut off: nothing sent here takes a second. */
const REQUEST_TIMEOUT_MS = 30_000
/** Longer than a load balancer keeps its side open, or it would now and then write into a closing connection. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000

export type HttpServer = {
  readonly port: number
  /**
   * Answers for another `noticeMs`, each time with the wish that the connection be closed; then takes no new requests and
   * waits for those under way. Whatever is left when `signal` aborts is cut off.
   */
  close(signal: AbortSignal, noticeMs?: number): Promise<void>
}

export async function startServer(
  listener: RequestListener,
  address: { port: number; host: string | undefined },
): Promise<HttpServer> {
  let closing = false
  // Opened ahead by a browser or a balancer, and nothing asked yet: to Node they count as busy.
  const silent = new Set<Socket>()
  const options = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }
  const server = createServer(options, (request, response) => {
    // Node closes the connections that are idle when it stops listening; one that falls idle later would be kept
    // until its keep-alive ends.
    response.on('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections())
    })
    // A balancer that keeps connections would send its next request into one that is about to close.
    if (closing) response.setHeader('Connection', 'close')
    silent.delete(request.socket)
    listener(request, response)
  })
  server.on('connection', (socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async (signal, noticeMs = 0) => {
      closing = true
      if (noticeMs > 0) await systemClock.sleep(noticeMs, signal).catch(() => undefined)
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of silent) socket.destroy()
        if (signal.aborted) server.closeAllConnections()
        else signal.addEventListener('abort', () => server.closeAllConnections(), { once: true })
      })
    },
  }
}
