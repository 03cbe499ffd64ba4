/** An address that leads to another server when somebody says so, as a virtual address or a proxy does in a failover. */
import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export type Switchboard = {
  readonly port: number
  /** From now on it leads there; who is connected is cut off. */
  leadTo(port: number): void
  stop(): Promise<void>
}

export async function startSwitchboard(target: number): Promise<Switchboard> {
  let to = target
  const open = new Set<Socket>()
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  const server = createServer((socket) => {
    const upstream = connect({ port: to, host: '127.0.0.1' })
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => {
      to = port
      cut()
    },
    stop: async () => {
      cut()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
