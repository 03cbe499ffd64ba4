/**
 * The end of a pool waits until each connection was given back and has said goodbye, and one whose server is gone without
 * a word does neither. Whoever stops has no time for that: after `timeoutMs` what is left is cut, and its statements fail.
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

/** `pool.end()` resolves soon after `timeoutMs` at the latest. For a pool that has no connection yet. */
export function boundEnd(pool: pg.Pool, timeoutMs: number): void {
  const open = new Set<Socket>()
  pool.on('connect', (client) => {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    open.add(stream)
    stream.once('close', () => open.delete(stream))
  })
  const end = pool.end.bind(pool)
  const bounded = async (): Promise<void> => {
    const timer = setTimeout(() => {
      for (const stream of open) stream.destroy(new Error('the pool has ended'))
    }, timeoutMs)
    try {
      await end()
    } finally {
      clearTimeout(timer)
    }
  }
  Reflect.set(pool, 'end', bounded)
}
