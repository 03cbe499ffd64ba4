/** For tests: the address of users' apps, where each is asked to drain. It answers, and does nothing. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from '@jest/globals'

export type AppAddress = {
  status: number
  readonly template: string
  /** Keeps those who ask waiting for their answer, until it is let `go`. */
  hold(): { isAsked: Promise<unknown>; go: () => void }
}

export function useAppAddress(): AppAddress {
  let held: Promise<null> | null = null
  const server = createServer((_request, response) => {
    const answer = () => response.writeHead(address.status).end()
    if (held) void held.then(answer)
    else answer()
  })
  const address: AppAddress = {
    status: 202,
    get template() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/{app}/shutdown`
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<null>()
      held = promise
      const go = () => {
        held = null
        resolve(null)
      }
      return { isAsked: once(server, 'request'), go }
    },
  }
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  return address
}
