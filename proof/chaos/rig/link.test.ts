import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { waitFor } from '@hangar/testkit/local'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Link } from './link.ts'

/** What the store got, in the order in which it got it; it answers each piece with the same in capitals. */
let got: string[]
let store: Server
let link: Link
let sockets: Socket[]

beforeEach(async () => {
  got = []
  sockets = []
  store = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      got.push(chunk.toString())
      socket.write(chunk.toString().toUpperCase())
    })
  })
  await new Promise<void>((resolve) => void store.listen(0, '127.0.0.1', resolve))
  link = await Link.open('test', [(store.address() as AddressInfo).port])
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await link.close()
  await new Promise((resolve) => store.close(resolve))
})

async function client(port = link.port): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connect({ port, host: '127.0.0.1' })
  sockets.push(socket)
  let heard = ''
  socket.on('data', (chunk) => (heard += chunk.toString()))
  await once(socket, 'connect')
  return { socket, heard: () => heard }
}

const until = (what: string, holds: () => boolean) => waitFor(holds, { what, timeoutMs: 5_000 })

test('an open link passes both ways, and an end on one side is an end on the other', async () => {
  const { socket, heard } = await client()
  socket.write('a')
  await until('the answer', () => heard() === 'A')
  socket.end('b')
  await until('the last words', () => got.join('') === 'ab')
  await until('the end', () => socket.destroyed)
})

test('a held link passes nothing; what was sent arrives when it is open again, though its sender has gone', async () => {
  const { socket, heard } = await client()
  link.set({ kind: 'held' })
  socket.write('late')
  await once(socket.end(), 'finish')
  const other = await client()
  other.socket.write('new')
  await new Promise((resolve) => setImmediate(resolve))
  expect(got).toEqual([])
  link.heal()
  await until('both', () => got.includes('late') && got.includes('new'))
  await until('the answer', () => other.heard() === 'NEW')
  expect(heard()).toMatch(/^(LATE)?$/)
})

test('a cut link resets who is there and who comes, until it is healed', async () => {
  const { socket } = await client()
  const errors: string[] = []
  socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''))
  link.set({ kind: 'cut' })
  await until('the reset', () => socket.destroyed)
  expect(errors).toEqual(['ECONNRESET'])
  const refused = connect({ port: link.port, host: '127.0.0.1' })
  sockets.push(refused)
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
  link.heal()
  const { socket: again, heard } = await client()
  again.write('x')
  await until('the answer', () => heard() === 'X')
})

test('a slow link keeps the order, also when it becomes fast', async () => {
  const { socket } = await client()
  link.set({ kind: 'slow', delayMs: 150 })
  socket.write('1')
  await until('the link to have it', () => socket.bytesWritten === 1)
  const sentAtMs = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 20))
  link.heal()
  socket.write('2')
  await until('both', () => got.join('') === '12')
  expect(performance.now() - sentAtMs).toBeGreaterThan(100)
})

test('with several targets one that refuses is passed over', async () => {
  const closed = createServer()
  await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => closed.close(resolve))
  const balanced = await Link.open('balanced', [port, (store.address() as AddressInfo).port])
  for (const word of ['a', 'b']) {
    const { socket, heard } = await client(balanced.port)
    socket.write(word)
    await until('the answer', () => heard() === word.toUpperCase())
  }
  await balanced.close()
})
