/** For tests: one who follows `/v1/stream` over a real connection. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { waitFor } from '@hangar/testkit'

export type Told = { event: string; id?: string; data: Record<string, unknown> }

export async function serve(app: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

export class Follower {
  readonly told: Told[] = []
  /** Lines of comment. */
  heartbeats = 0
  status = 0
  isOver = false
  readonly #leaving = new AbortController()
  readonly #reading: Promise<void>

  constructor(url: string, headers: Record<string, string>, after?: string) {
    const all = { ...headers, ...(after === undefined ? {} : { 'last-event-id': after }) }
    this.#reading = this.#read(`${url}/v1/stream`, all)
  }

  async #read(url: string, headers: Record<string, string>): Promise<void> {
    try {
      const response = await fetch(url, { headers, signal: this.#leaving.signal })
      this.status = response.status
      let rest = ''
      for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const parts = (rest + piece).split('\n\n')
        rest = parts.pop() ?? ''
        for (const part of parts) this.#take(part)
      }
    } catch (error) {
      if (!this.#leaving.signal.aborted && !(error instanceof TypeError)) throw error
    } finally {
      this.isOver = true
    }
  }

  #take(part: string): void {
    if (part.startsWith(':')) {
      this.heartbeats += 1
      return
    }
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1]
    const [event = '', id, data = 'null'] = ['event', 'id', 'data'].map(field)
    this.told.push({ event, ...(id === undefined ? {} : { id }), data: JSON.parse(data) as Told['data'] })
  }

  /** Of the last that had one. */
  get lastId(): string | undefined {
    return this.told.findLast(({ id }) => id !== undefined)?.id
  }

  of(event: string): Told['data'][] {
    return this.told.filter((one) => one.event === event).map(({ data }) => data)
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    await waitFor(condition, { what }).catch((error: unknown) => {
      throw new Error(`${String(error)}; told: ${JSON.stringify(this.told)}`)
    })
  }

  async leave(): Promise<void> {
    this.#leaving.abort()
    await this.#reading
  }
}
