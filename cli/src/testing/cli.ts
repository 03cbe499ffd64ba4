/** For tests: the program beside a real API over HTTP, on the file's own database, with what it wrote to each stream. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { Clock } from '@hangar/core'
import { afterAll, beforeAll } from '@jest/globals'
import { SERVICE_KEY, type TestApi, useApi } from '../../../services/api/src/testing/harness.ts'
import type { Env } from '../config.ts'
import { run } from '../program.ts'

export type Ended = { code: number; stdout: string; stderr: string }

export type RunOptions = {
  env?: Env
  /** Both streams are a terminal of so many columns. */
  columns?: number
  input?: string
  signal?: AbortSignal
  clock?: Clock
  /** What is on both so far, with each piece. */
  onWrite?: (written: { stdout: string; stderr: string }) => void
}

export type TestCli = {
  readonly api: TestApi
  /** As for the program: where the API is, and the service key. */
  readonly env: Env
  hangar: (args: readonly string[], options?: RunOptions) => Promise<Ended>
  /** The result, of a command that ends well. */
  json: <T = unknown>(...args: string[]) => Promise<T>
}

export function useCli(): TestCli {
  const api = useApi()
  let server: Server
  let env: Env = {}
  beforeAll(async () => {
    server = createServer(api.app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    env = {
      HANGAR_API_URL: `http://127.0.0.1:${port}`,
      HANGAR_TOKEN: SERVICE_KEY,
      DATABASE_URL: api.databaseUrl,
    }
  })
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const hangar: TestCli['hangar'] = (args, options = {}) =>
    runCli(args, { ...options, env: { ...env, ...options.env } })
  return {
    api,
    get env() {
      return env
    },
    hangar,
    async json<T>(...args: string[]) {
      const ended = await hangar([...args, '--json'])
      if (ended.code !== 0)
        throw new Error(`hangar ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`)
      return JSON.parse(ended.stdout) as T
    },
  }
}

/** One command line, in this process. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const terminal = options.columns === undefined ? {} : { isTTY: true, columns: options.columns }
  const stream = (name: keyof typeof written) => ({
    ...terminal,
    write: (text: string) => {
      written[name] += text
      options.onWrite?.(written)
    },
  })
  const stdin = Object.assign(Readable.from(options.input === undefined ? [] : [options.input]), {
    isTTY: options.columns !== undefined,
  })
  const code = await run(args, {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin,
    signal: options.signal ?? new AbortController().signal,
    env: options.env ?? {},
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  return { code, ...written }
}
