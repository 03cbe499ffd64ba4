/** An answer in pieces over a real connection: whole, cut short, or wanted no more. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { waitFor } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import express, { type NextFunction, type Request, type Response } from 'express'
import { sendPieces } from './stream.ts'

const made = { pieces: 0, closed: false }
let server: Server
let url: string

async function* pieces(kind: string): AsyncGenerator<string> {
  made.pieces = 0
  made.closed = false
  try {
    if (kind === 'never') throw new Error('before the first')
    for (let n = 0; kind === 'endless' || n < 3; n++) {
      if (kind === 'broken' && n === 2) throw new Error('in the middle')
      made.pieces += 1
      yield await Promise.resolve(kind === 'endless' ? 'x'.repeat(64 * 1024) : `${n};`)
    }
  } finally {
    made.closed = true
  }
}

beforeAll(async () => {
  const app = express()
  app.get('/:kind', (request, response) => sendPieces(response, pieces(request.params.kind)))
  app.use((_error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(_error)
    else response.status(500).send('a problem')
  })
  app.set('env', 'test')
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
})

test('all of it, in order', async () => {
  expect(await (await fetch(`${url}/whole`)).text()).toBe('0;1;2;')
  expect(made).toEqual({ pieces: 3, closed: true })
})

test('what fails before the first piece is answered like any error', async () => {
  const response = await fetch(`${url}/never`)
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('a problem')
})

test('what fails later cuts the connection: it does not look whole', async () => {
  await expect(fetch(`${url}/broken`).then((response) => response.text())).rejects.toThrow()
  expect(made.closed).toBe(true)
})

test('as much is made as is read, and no more once the reader has gone', async () => {
  const leave = new AbortController()
  const response = await fetch(`${url}/endless`, { signal: leave.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  leave.abort()
  await waitFor(() => made.closed, { what: 'the pieces to be closed' })
  const { pieces: atEnd } = made
  // What the sockets of both sides hold, and by far not what an endless source would have made meanwhile.
  expect(atEnd).toBeLessThan(1_000)
})
