/** One call to the API, for checkers: who did what, was it applied, what did the caller learn. */
export type CallEntry = {
  seq: number
  atMs: number
  endedAtMs: number | null
  /** Since when the call can change nothing any more: after `endedAtMs` if the caller left before it was applied. */
  settledAtMs: number | null
  requestId: string
  method: string
  path: string
  operation: string
  /** Also of apps.create, which names it in the body. */
  app: string | null
  machine: string | null
  /** Header X-Hangar-Attempt: fence and attempt of the worker that called. */
  attempt: string | null
  /** The token's id, never its value. */
  token: string | null
  /** null: the caller got no status (reset, hung, gone). */
  status: number | null
  /** Whether the world was changed, or might have been: a mutation that its handler accepted. */
  applied: boolean
  fault: string | null
  outcome: 'open' | 'answered' | 'reset' | 'hung' | 'caller_gone'
}

/** Keeps the last `capacity` calls. */
export class CallLog {
  readonly #capacity: number
  #entries: CallEntry[] = []
  #nextSeq = 1

  constructor(capacity = 50_000) {
    this.#capacity = capacity
  }

  begin(
    entry: Omit<CallEntry, 'seq' | 'endedAtMs' | 'settledAtMs' | 'status' | 'applied' | 'fault' | 'outcome'>,
  ): CallEntry {
    const full: CallEntry = {
      ...entry,
      seq: this.#nextSeq++,
      endedAtMs: null,
      settledAtMs: null,
      status: null,
      applied: false,
      fault: null,
      outcome: 'open',
    }
    this.#entries.push(full)
    // In steps, because cutting the head off an array costs its length.
    if (this.#entries.length > this.#capacity * 1.25) this.#entries = this.#entries.slice(-this.#capacity)
    return full
  }

  /** Oldest first. `after`: only calls with a greater seq. */
  list(
    filter: { after?: number; app?: string; operation?: string; method?: string; limit?: number } = {},
  ): CallEntry[] {
    const found = this.#entries.filter(
      (entry) =>
        entry.seq > (filter.after ?? 0) &&
        (filter.app === undefined || entry.app === filter.app) &&
        (filter.operation === undefined || entry.operation === filter.operation) &&
        (filter.method === undefined || entry.method === filter.method),
    )
    return filter.limit === undefined ? found : found.slice(0, filter.limit)
  }

  get lastSeq(): number {
    return this.#nextSeq - 1
  }

  clear(): void {
    this.#entries = []
  }
}
