/**
 * One who listens, from their request to its end.
 *
 *   catching up ── what was missed is told ──▶ listening ──▶ over
 *
 * Both at once would tell some changes twice or none of them: what comes while catching up waits, and of that, what was
 * told already is left out. Over is: they have gone, may not listen any more, or read too slowly. Whether they may is asked
 * at each heartbeat, however much there is to tell.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Change, type ChangeSlice, isVisibleIn, type Snapshot } from '@hangar/db'
import type { LiveText } from '../http/stream.ts'

const HEARTBEAT_MS = 15_000
/** Of a heartbeat: so long the answer may take that they may still listen. Whoever cannot be asked about is sent away. */
const ANSWER_SHARE = 2 / 3
/** Of a heartbeat: when it is asked again after an error. */
const RETRY_SHARE = 1 / 15
/** Characters that wait to be read. Whoever is further behind comes back, and is told what they missed. */
const MOST_QUEUED = 512 * 1024
const STILL_HERE = ': still here\n\n'

export type ListenerOptions = {
  after: string | undefined
  isStillAllowed: () => Promise<boolean>
  /** Resolves once nothing that comes from now on is missed. */
  begin: () => Promise<void>
  catchUp: (after: string | undefined, most?: number) => Promise<ChangeSlice>
  leave: () => void
  heartbeatMs?: number
  mostQueued?: number
  mostChanges?: number
}

export class Listener implements LiveText {
  readonly #options: ListenerOptions
  readonly #cut = new AbortController()
  /** Aborts once it is over. */
  readonly #ended = new AbortController()
  /** Null while catching up. */
  #told: Snapshot | null = null
  #early: ChangeSlice[] = []
  #queue = ''
  #wake: () => void = () => undefined

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  /** Aborts when the connection is to be cut at once. */
  get cutOff(): AbortSignal {
    return this.#cut.signal
  }

  get isOver(): boolean {
    return this.#ended.signal.aborted
  }

  /** They have gone, or have to. */
  gone(): void {
    this.#ended.abort()
    this.#wake()
  }

  take(slice: ChangeSlice): void {
    if (this.isOver) return
    if (this.#told === null) {
      this.#early.push(slice)
      return
    }
    const told = this.#told
    if (isOlder(slice.snapshot, told)) return
    const news = slice.changes.filter(({ writtenIn }) => !isVisibleIn(told, writtenIn))
    this.#told = slice.snapshot
    if (slice.isReset) this.#tell(message('reset', {}, slice.cursor))
    else this.#tell(messages(news, slice.cursor))
  }

  #tell(text: string): void {
    if (text === '') return
    this.#queue += text
    if (this.#queue.length > (this.#options.mostQueued ?? MOST_QUEUED)) this.#sendAway('read too slowly')
    else this.#wake()
  }

  #sendAway(why: string): void {
    this.gone()
    this.#cut.abort(new Error(why))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    void this.#watch()
    try {
      yield await this.#catchUp()
      while (!this.isOver) {
        if (this.#queue === '') await this.#news()
        else {
          const text = this.#queue
          this.#queue = ''
          yield text
        }
      }
    } finally {
      this.#ended.abort()
      this.#options.leave()
    }
  }

  async #catchUp(): Promise<string> {
    const { after, begin, catchUp, mostChanges } = this.#options
    await begin()
    const slice = await catchUp(after, mostChanges)
    this.#told = slice.snapshot
    const resumed = after !== undefined && !slice.isReset
    const hello = message('hello', { resumed }, slice.changes.length === 0 ? slice.cursor : undefined)
    const reset = slice.isReset ? message('reset', {}, slice.cursor) : ''
    const early = this.#early.splice(0)
    for (const one of early) this.take(one)
    return hello + reset + messages(slice.changes, slice.cursor)
  }

  /** Resolves once there is something to tell, or it is over. */
  async #news(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#wake = () => resolve(undefined)
    await promise
    this.#wake = () => undefined
  }

  /** By itself, as whoever reads slowly, or not at all, has to go as well. */
  async #watch(): Promise<void> {
    const { heartbeatMs = HEARTBEAT_MS } = this.#options
    while (await hasPassed(heartbeatMs, this.#ended.signal)) {
      if (this.#queue === '') this.#tell(STILL_HERE)
      // Not waited for: the next heartbeat comes in time, and the answer before it.
      void this.#check(heartbeatMs)
    }
  }

  async #check(heartbeatMs: number): Promise<void> {
    const settled = new AbortController()
    const over = AbortSignal.any([settled.signal, this.#ended.signal])
    const late = hasPassed(heartbeatMs * ANSWER_SHARE, over).then(() => false)
    const isAllowed = await Promise.race([this.#isAllowed(heartbeatMs * RETRY_SHARE, over), late])
    settled.abort()
    if (isAllowed) return
    this.#sendAway('may not listen any more')
  }

  /** Asked again as long as it cannot be found out. */
  async #isAllowed(retryMs: number, over: AbortSignal): Promise<boolean> {
    do {
      const answer = await this.#options.isStillAllowed().catch(() => null)
      if (answer !== null) return answer
    } while (await hasPassed(retryMs, over))
    return false
  }
}

/** False: it was over before. */
function hasPassed(delayMs: number, over: AbortSignal): Promise<boolean> {
  return pause(delayMs, true, { signal: over }).catch(() => false)
}

/** A look that was made before this one caught up has nothing that is news. */
function isOlder(a: Snapshot, b: Snapshot): boolean {
  return a.end < b.end || (a.end === b.end && a.open.size > b.open.size)
}

/** Only the last bears the cursor: whoever breaks off before it is told all of them again. */
function messages(changes: readonly Change[], cursor: string): string {
  const last = changes.length - 1
  return changes.map((change, place) => messageOf(change, place === last ? cursor : undefined)).join('')
}

function messageOf({ kind, data }: Change, cursor: string | undefined): string {
  if (kind === 'bulk')
    return message('bulk', { bulk_id: data['id'], state: data['state'], at: data['at'] }, cursor)
  if (kind === 'alert') return message('alert', data, cursor)
  if (kind === 'app') {
    const { id, ...rest } = data
    return message('app', { event_id: id, ...rest }, cursor)
  }
  return message('audit', data, cursor)
}

function message(event: string, data: object, id: string | undefined): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`
}
