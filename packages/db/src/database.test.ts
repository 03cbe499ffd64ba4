import { connect, createServer, type Socket } from 'node:net'
import { useTestDatabase, waitFor } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createDatabase } from './database.ts'

const t = useTestDatabase()

/** As a restart of PostgreSQL does it, between two statements of one transaction. */
async function endSession(pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid})`.execute(t.db)
}

/** Without a listener on the connection, its error ends the test as it would end the process. */
test('a connection that breaks in the middle of a transaction fails that transaction, and not the process', async () => {
  const failed = await t.db
    .transaction()
    .execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await endSession(rows[0]!.pid)
      // The end of the session is read while no statement is under way.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      await sql`select 1`.execute(tx)
    })
    .catch((error: unknown) => error)
  // Not by its class: Node's own errors are of another realm than Jest's.
  expect(String(failed)).toMatch(/^\w*error\b/i)
  expect((await sql<{ one: number }>`select 1 as one`.execute(t.db)).rows).toEqual([{ one: 1 }])
})

test('who stands still inside a transaction is ended, and keeps its locks from nobody', async () => {
  const frozen = createDatabase({
    connectionString: t.url,
    applicationName: 'frozen',
    idleTransactionMs: 200,
  })
  const lockBrakes = sql`select from hangar.brakes for update`
  const thaw = Promise.withResolvers<undefined>()
  const locked = Promise.withResolvers<undefined>()
  const overtaken = frozen
    .transaction()
    .execute(async (tx) => {
      await lockBrakes.execute(tx)
      locked.resolve(undefined)
      await thaw.promise
      await sql`update hangar.brakes set reason = 'long ago'`.execute(tx)
    })
    .catch((error: unknown) => error)
  await locked.promise
  // Waits for the lock, and would be cancelled at the limit of a statement.
  await lockBrakes.execute(t.db)
  thaw.resolve(undefined)
  expect(String(await overtaken)).toMatch(/^\w*error\b/i)
  await frozen.destroy()
})

test('every connection limits its statements and how long a transaction may stand still', async () => {
  const { rows } = await sql`
    select current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`.execute(t.db)
  expect(rows).toEqual([{ statement: '30s', idle: '5s' }])
})

test('a connection that breaks while it is set up leaves its place in the pool to the next one', async () => {
  const target = new URL(t.url)
  let broken = 0
  const breaker = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.on('data', (chunk) => {
      if (broken > 0 || !chunk.includes('statement_timeout')) return void far.write(chunk)
      broken += 1
      near.destroy()
      far.destroy()
    })
    near.on('close', () => far.destroy())
    far.pipe(near)
  })
  await new Promise<void>((resolve) => breaker.listen(0, '127.0.0.1', resolve))
  const through = new URL(t.url)
  through.hostname = '127.0.0.1'
  through.port = String((breaker.address() as { port: number }).port)
  const db = createDatabase({ connectionString: through.href, applicationName: 'breaker', maxConnections: 1 })
  const one = () => sql<{ one: number }>`select 1 as one`.execute(db)
  try {
    await expect(one()).rejects.toThrow()
    expect((await one()).rows).toEqual([{ one: 1 }])
    expect(broken).toBe(1)
  } finally {
    await db.destroy()
    await new Promise((resolve) => breaker.close(resolve))
  }
})

/** A proxy that lets nothing through any more, as a route that was dropped: nobody is told. */
async function startBlackHole(target: URL) {
  const sockets: Socket[] = []
  let swallows = false
  const server = createServer((near) => {
    if (swallows) return void sockets.push(near)
    const far = connect(Number(target.port), target.hostname)
    sockets.push(near, far)
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const swallow = ({ newOnes = false } = {}) => {
    swallows = newOnes
    for (const socket of sockets) socket.unpipe().pause()
  }
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    port: (server.address() as { port: number }).port,
    swallow,
    stop,
    isReached: () => sockets.length > 0,
  }
}

test('an answer that never comes is an error in bounded time, and the next statement has another connection', async () => {
  const target = new URL(t.url)
  const hole = await startBlackHole(target)
  const through = new URL(t.url)
  through.hostname = '127.0.0.1'
  through.port = String(hole.port)
  const db = createDatabase({
    connectionString: through.href,
    applicationName: 'black hole',
    maxConnections: 1,
    statementTimeoutMs: 200,
    answerSlackMs: 100,
  })
  const one = () => sql<{ one: number }>`select ${1}::int as one`.execute(db)
  try {
    expect((await one()).rows).toEqual([{ one: 1 }])
    hole.swallow()
    await expect(one()).rejects.toThrow(/did not answer within 300 ms|terminated/)
    expect((await one()).rows).toEqual([{ one: 1 }])
  } finally {
    await db.destroy()
    await hole.stop()
  }
})

test.each([
  ['while a statement waits for its answer', true, true],
  ['while nothing is asked', true, false],
  ['before it took a connection', false, true],
])('a database that went silent %s does not keep a process from stopping', async (_when, answered, asks) => {
  const hole = await startBlackHole(new URL(t.url))
  const through = new URL(t.url)
  through.hostname = '127.0.0.1'
  through.port = String(hole.port)
  const db = createDatabase({ connectionString: through.href, applicationName: 'silent', endTimeoutMs: 200 })
  const one = () => sql<{ one: number }>`select ${1}::int as one`.execute(db)
  try {
    if (answered) await one()
    hole.swallow({ newOnes: true })
    const waiting = asks ? one().catch((error: unknown) => error) : undefined
    // It has been sent, or begins to connect.
    await new Promise((resolve) => setImmediate(resolve))
    await waitFor(() => hole.isReached(), { what: 'the connection' })
    const startedAt = performance.now()
    await db.destroy()
    // Far from the time that a connection may take to be made.
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    if (asks) expect(String(await waiting)).toMatch(/^\w*error\b/i)
  } finally {
    await hole.stop()
  }
})

test('a connection that is given back once the end has begun, and whose goodbye is lost, keeps nobody either', async () => {
  const hole = await startBlackHole(new URL(t.url))
  const through = new URL(t.url)
  through.hostname = '127.0.0.1'
  through.port = String(hole.port)
  const db = createDatabase({ connectionString: through.href, applicationName: 'silent', endTimeoutMs: 200 })
  const taken = Promise.withResolvers<undefined>()
  const mayGo = Promise.withResolvers<undefined>()
  try {
    const held = db.connection().execute(async (connection) => {
      await sql`select 1`.execute(connection)
      taken.resolve(undefined)
      await mayGo.promise
    })
    await taken.promise
    const ended = db.destroy()
    hole.swallow({ newOnes: true })
    mayGo.resolve(undefined)
    await held
    await ended
  } finally {
    await hole.stop()
  }
})
