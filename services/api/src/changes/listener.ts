/**
 * One who listens, from their request to its end.
 *
 *   catching up ── what was missed is told ──▶ listening ──▶ over
 *
 * Both at once would tell some changes twice or none of them: what comes while catching up waits, and of that, what was
 * told already is left out. Over is: they have gone, may not listen any more, or read too slowly.
 */
import { type Change, type ChangeSlice, isVisibleIn, type Snapshot } from '@hangar/db'
import type { LiveText } from '../http/stream.ts'

const HEARTBEAT_MS = 15_000
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
  /** Null while catching up. */
  #told: Snapshot | null = null
  #early: ChangeSlice[] = []
  #queue = ''
  #isOver = false
  #wake: () => void = () => undefined

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  /** Aborts when the connection is to be cut at once. */
  get cutOff(): AbortSignal {
    return this.#cut.signal
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** They have gone, or have to. */
  gone(): void {
    this.#isOver = true
    this.#wake()
  }

  take(slice: ChangeSlice): void {
    if (this.#isOver) return
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
    if (this.#queue.length > (this.#options.mostQueued ?? MOST_QUEUED)) {
      this.#isOver = true
      this.#cut.abort(new Error('read too slowly'))
    }
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      yield await this.#catchUp()
      while (!this.isOver) {
        if (this.#queue !== '') {
          const text = this.#queue
          this.#queue = ''
          yield text
        } else if (await this.#isSilent()) {
          if (!(await this.#isStillAllowed())) return
          yield STILL_HERE
        }
      }
    } finally {
      this.#isOver = true
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

  /** True after a heartbeat's time without anything to tell. */
  async #isSilent(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => resolve(true), this.#options.heartbeatMs ?? HEARTBEAT_MS)
    this.#wake = () => resolve(false)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#wake = () => undefined
    }
  }

  /** Where that cannot be found out, nothing else can be read either: the next heartbeat asks again. */
  #isStillAllowed(): Promise<boolean> {
    return this.#options.isStillAllowed().catch(() => true)
  }
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
