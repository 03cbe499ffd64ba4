import type { ChannelName, Digest } from '@hangar/db'

export type OutgoingMessage = {
  /** The same for each attempt: whoever gets it twice can see that it is one. */
  id: string
  createdAt: Date
  digest: Digest
}

/** `refused`: for whom the other side did not take it, without an address. Everybody else has it. */
export type Sent = { refused?: string }

export type Channel = {
  readonly name: ChannelName
  /** Rejects unless the other side has taken it for somebody, and always within its own bound. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<Sent>
}

/** The other side asks to be left alone for so long. */
export class ChannelBusyError extends Error {
  override readonly name = 'ChannelBusyError'
  readonly retryInMs: number

  constructor(message: string, retryInMs: number) {
    super(message)
    this.retryInMs = retryInMs
  }
}
