import { createServer } from 'node:net'

/**
 * Ports are drawn below the range from which the kernel gives out outgoing ports (32768 and up on Linux), so
 * that a connection of somebody else cannot take the port between our check and the server's bind. Redis in
 * cluster mode also needs a port of at most 55535.
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000

/** A port on 127.0.0.1 that nobody listens on right now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
    if (await isFree(port)) return port
  }
  throw new Error(`No free port found between ${FIRST_PORT} and ${LAST_PORT} in 100 tries.`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
