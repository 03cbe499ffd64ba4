/**
 * A gate in front of the API: the way on which users' apps reach Hangar, which a test can close. States: open ⇄
 * closed → gone. Closing it breaks every connection, and closed it breaks each new one at once.
 */
import { createServer, connect, type Server, type Socket } from 'node:net'
import { freePort } from '@hangar/testkit/local'

export class Gate {
  readonly url: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #target: number | null = null
  #open = true

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`
    this.#server = createServer((incoming) => this.#pass(incoming))
  }

  static async build(): Promise<Gate> {
    const port = await freePort()
    const gate = new Gate(port)
    await new Promise<void>((resolve, reject) => {
      gate.#server.once('error', reject)
      gate.#server.listen(port, '127.0.0.1', resolve)
    })
    return gate
  }

  /** Before this nobody gets through. */
  leadTo(port: number): void {
    this.#target = port
  }

  open(): void {
    this.#open = true
  }

  close(): void {
    this.#open = false
    for (const socket of this.#sockets) socket.destroy()
  }

  async remove(): Promise<void> {
    this.close()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #pass(incoming: Socket): void {
    if (!this.#open || this.#target === null) {
      incoming.destroy()
      return
    }
    const onward = connect(this.#target, '127.0.0.1')
    for (const [from, to] of [
      [incoming, onward],
      [onward, incoming],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  }
}
