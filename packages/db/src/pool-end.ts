/**
 * The end of a pool waits until each connection was made, given back and has said goodbye, and one whose server is gone
 * without a word does none of it. Whoever stops has no time for that: after `timeoutMs` what is left is cut, and its
 * statements fail.
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

type Client = { connection: { stream: Socket } }
/** What a pool keeps of its clients, those that connect among them: it tells of them nowhere else. */
type Kept = { _clients: Client[] }

/** `pool.end()` resolves soon after `timeoutMs` at the latest. */
export function boundEnd(pool: pg.Pool, timeoutMs: number): void {
  const end = pool.end.bind(pool)
  // Until it has said goodbye: the pool forgets a connection that is given back to it at its end, and waits for it.
  const made = new Set<unknown>()
  pool.on('connect', (client) => made.add(client))
  pool.on('remove', (client) => made.delete(client))
  const bounded = async (): Promise<void> => {
    const timer = setTimeout(() => {
      for (const { connection } of [...(pool as unknown as Kept)._clients, ...(made as Set<Client>)])
        connection.stream.destroy(new Error('the pool has ended'))
    }, timeoutMs)
    try {
      await end()
    } finally {
      clearTimeout(timer)
    }
  }
  Reflect.set(pool, 'end', bounded)
}
