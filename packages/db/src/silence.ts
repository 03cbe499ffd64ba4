/**
 * A connection whose server vanished without a word (a dropped route, a proxy that died) owes an answer for ever, and
 * whoever waits for it keeps a job, a lease or a request. PostgreSQL bounds how long a statement runs; this bounds how
 * long we wait for it to say so.
 *
 *   quiet ─ a statement is sent ─▶ owed ─ answered ─▶ quiet
 *                                   └ no byte for `timeoutMs` ─▶ ended: its statements fail, the pool opens another
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

type Send = (...args: unknown[]) => unknown

/** For a connection that is made already. */
export function endWhenSilent(client: pg.ClientBase, timeoutMs: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  let owed = 0
  const send = client.query.bind(client) as Send
  const counted: Send = (...args) => {
    const sent = send(...args)
    if (!(sent instanceof Promise)) return sent
    owed++
    return sent.finally(() => owed--)
  }
  Reflect.set(client, 'query', counted)
  // Told once each time that nothing went either way for so long; what is sent begins the count anew.
  stream.setTimeout(timeoutMs)
  stream.on('timeout', () => {
    if (owed === 0) return
    const error = new Error(`PostgreSQL did not answer within ${timeoutMs} ms`)
    stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }))
  })
}
