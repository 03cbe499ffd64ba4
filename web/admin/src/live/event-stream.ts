/**
 * The connection over which the API tells of changes. The browser's own EventSource neither says why it failed nor
 * notices a connection that is open and dead, so this is one over `fetch`:
 *
 *   connecting ──▶ open ──▶ waiting ──▶ connecting …
 *        │           │          ▲
 *        │           └──────────┤   the end, an error, or silence longer than SILENCE_MS
 *        └──────────────────────┘   no answer, or any status but 200
 *   closed: by close(), or because the session is over (401, 403); it stays so.
 *
 * After each break it says the last id that it has seen, so that nothing in between is lost; where the server no
 * longer knows what was in between, it sends `reset`.
 */
import { createSseParser, type ServerEvent } from './sse-parser.ts'

export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed'

/** Why the last try came to nothing: no answer; one that says there are too many; any other but 200. */
export type Away = 'unreachable' | 'too-many' | 'failing'

export type EventStreamOptions = {
  url: string
  onEvent: (event: ServerEvent) => void
  /** `away` with `waiting`. */
  onState: (state: StreamState, away?: Away) => void
  /** The session is over. */
  onRefused: () => void
  fetch?: typeof fetch
  /** Of the pause before a new try, doubled with each failure up to RETRY_MAX_MS. */
  retryBaseMs?: number
  silenceMs?: number
  random?: () => number
}

export type EventStream = {
  close: () => void
  /** Tries at once instead of waiting out the pause: the network is back, or somebody looks at the page again. */
  wake: () => void
}

const RETRY_BASE_MS = 500
const RETRY_MAX_MS = 15_000
/** Three heartbeats of the server's. */
const SILENCE_MS = 45_000

export function openEventStream(options: EventStreamOptions): EventStream {
  const { retryBaseMs = RETRY_BASE_MS, silenceMs = SILENCE_MS, random = Math.random } = options
  const closing = new AbortController()
  let lastId: string | undefined
  let failures = 0
  let wake = () => {}
  const isClosed = () => closing.signal.aborted

  const setState = (state: StreamState, away?: Away) => {
    if (!isClosed() || state === 'closed') options.onState(state, away)
  }
  const close = () => {
    if (isClosed()) return
    closing.abort()
    wake()
    setState('closed')
  }
  const onEvent = (event: ServerEvent) => {
    failures = 0
    if (event.id !== undefined) lastId = event.id
    options.onEvent(event)
  }

  const run = async () => {
    while (!isClosed()) {
      setState('connecting')
      const ended = await connect({
        ...options,
        silenceMs,
        lastId,
        closing: closing.signal,
        onEvent,
        setState,
      })
      if (ended === 'refused') {
        close()
        options.onRefused()
        return
      }
      if (isClosed()) return
      setState('waiting', ended)
      const pauseMs = Math.min(RETRY_MAX_MS, retryBaseMs * 2 ** failures) * (0.5 + random() / 2)
      failures += 1
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  void run()
  return { close, wake: () => wake() }
}

type Connection = Pick<EventStreamOptions, 'url' | 'fetch' | 'onEvent'> & {
  silenceMs: number
  lastId: string | undefined
  closing: AbortSignal
  setState: (state: StreamState) => void
}

/** One connection from its beginning to its end, however it ends. */
async function connect(connection: Connection): Promise<'refused' | Away> {
  const silence = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), connection.silenceMs)
  }
  heard()
  try {
    const response = await (connection.fetch ?? fetch)(connection.url, {
      headers: {
        accept: 'text/event-stream',
        ...(connection.lastId === undefined ? {} : { 'last-event-id': connection.lastId }),
      },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.any([connection.closing, silence.signal]),
    })
    if (response.status === 401 || response.status === 403) return 'refused'
    if (response.status === 429) return 'too-many'
    if (response.status !== 200 || response.body === null) return 'failing'
    connection.setState('open')
    const parser = createSseParser()
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      heard()
      for (const event of parser.push(piece)) connection.onEvent(event)
    }
  } catch {
    // Cut off, silent or closed: the state says so, and the next try says more.
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
  return 'unreachable'
}
