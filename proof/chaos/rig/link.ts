/**
 * A TCP connection between one service and what it depends on, with us in between:
 *
 *   open   bytes pass
 *   slow   bytes pass later, in order
 *   held   nothing passes; whoever waits, waits, and what was sent arrives when the link is open again
 *   cut    connections are reset, and so is each new one
 */
import { createServer, connect, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export type LinkState =
  { kind: 'open' } | { kind: 'slow'; delayMs: number } | { kind: 'held' } | { kind: 'cut' }

const OPEN: LinkState = { kind: 'open' }

export class Link {
  readonly name: string
  readonly #server: Server
  readonly #targets: readonly number[]
  readonly #pairs = new Set<Pair>()
  #state: LinkState = OPEN
  #next = 0

  private constructor(name: string, targets: readonly number[]) {
    this.name = name
    this.#targets = targets
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** Several targets: taken in turn, as a load balancer does, and the next one when one refuses. */
  static async open(name: string, targets: readonly number[]): Promise<Link> {
    const link = new Link(name, targets)
    await new Promise<void>((resolve, reject) => {
      link.#server.once('error', reject)
      link.#server.listen(0, '127.0.0.1', resolve)
    })
    return link
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get state(): LinkState {
    return this.#state
  }

  set(state: LinkState): void {
    this.#state = state
    for (const pair of this.#pairs) pair.apply(state)
  }

  heal(): void {
    this.set(OPEN)
  }

  close(): Promise<void> {
    this.set({ kind: 'cut' })
    return new Promise((resolve) => void this.#server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {})
    if (this.#state.kind === 'cut') {
      socket.resetAndDestroy()
      return
    }
    socket.pause()
    this.#reach(socket, this.#next++, this.#targets.length)
  }

  #reach(socket: Socket, index: number, triesLeft: number): void {
    const upstream = connect({ port: this.#targets[index % this.#targets.length] ?? 0, host: '127.0.0.1' })
    upstream.once('error', () => {
      if (triesLeft > 1 && !socket.destroyed) this.#reach(socket, index + 1, triesLeft - 1)
      else socket.destroy()
    })
    upstream.once('connect', () => {
      upstream.removeAllListeners('error')
      upstream.on('error', () => {})
      if (socket.destroyed) {
        upstream.destroy()
        return
      }
      const pair = new Pair(socket, upstream, () => this.#pairs.delete(pair))
      this.#pairs.add(pair)
      pair.apply(this.#state)
    })
  }
}

/** One connection, both ways. */
class Pair {
  readonly #ways: readonly [Way, Way]
  #open = 2

  constructor(client: Socket, upstream: Socket, onEnd: () => void) {
    const ended = () => {
      this.#open -= 1
      if (this.#open === 0) onEnd()
    }
    this.#ways = [new Way(client, upstream, ended), new Way(upstream, client, ended)]
  }

  apply(state: LinkState): void {
    for (const way of this.#ways) way.apply(state)
  }
}

class Way {
  readonly #from: Socket
  readonly #to: Socket
  #delayMs = 0
  readonly #waiting: { dueMs: number; run: () => void }[] = []

  constructor(from: Socket, to: Socket, onEnd: () => void) {
    this.#from = from
    this.#to = to
    from.setNoDelay(true)
    from.on('data', (chunk: Buffer) => this.#later(() => this.#write(chunk)))
    from.once('end', () => this.#later(() => to.end()))
    from.once('close', () => {
      // What was sent before an orderly end still arrives; a broken connection breaks on the other side too.
      this.#later(() => to.destroySoon())
      onEnd()
    })
  }

  apply(state: LinkState): void {
    this.#delayMs = state.kind === 'slow' ? state.delayMs : 0
    if (state.kind === 'cut') this.#from.resetAndDestroy()
    else if (state.kind === 'held') this.#from.pause()
    else this.#from.resume()
  }

  #write(chunk: Buffer): void {
    if (this.#to.destroyed || this.#to.write(chunk)) return
    this.#from.pause()
    this.#to.once('drain', () => this.#from.resume())
  }

  /** In order, also when the delay becomes shorter meanwhile: each waits for the one before it. */
  #later(run: () => void): void {
    if (this.#delayMs === 0 && this.#waiting.length === 0) {
      run()
      return
    }
    this.#waiting.push({ dueMs: performance.now() + this.#delayMs, run })
    if (this.#waiting.length === 1) this.#sleep()
  }

  #sleep(): void {
    const [next] = this.#waiting
    if (next) setTimeout(() => this.#wake(), Math.max(next.dueMs - performance.now(), 0))
  }

  #wake(): void {
    this.#waiting.shift()?.run()
    this.#sleep()
  }
}
