/** For tests: the address of users' apps, where each is asked to drain. It answers, and does nothing. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from '@jest/globals'

export function useAppAddress(): { status: number; readonly template: string } {
  const state = { status: 202 }
  const server = createServer((_request, response) => response.writeHead(state.status).end())
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  return Object.defineProperty(state, 'template', {
    get: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/{app}/shutdown`,
  }) as { status: number; readonly template: string }
}
