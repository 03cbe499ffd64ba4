/** What happened, turn by turn: always as a hash, so that two runs can be compared, and as text when somebody reads it. */
export class Trace {
  readonly lines: string[] | null
  turns = 0
  #hash = 0x811c9dc5

  constructor(keep: boolean) {
    this.lines = keep ? [] : null
  }

  /** Counts towards the hash. */
  note(elapsedMs: number, actor: string, what: string): void {
    this.turns++
    const text = `${elapsedMs} ${actor} ${what}`
    for (let i = 0; i < text.length; i++)
      this.#hash = Math.imul(this.#hash ^ text.charCodeAt(i), 0x01000193) >>> 0
    this.lines?.push(`${seconds(elapsedMs)}  ${actor.padEnd(12)} ${what}`)
  }

  /** For readers only. */
  remark(elapsedMs: number, actor: string, what: string): void {
    this.lines?.push(`${seconds(elapsedMs)}  ${actor.padEnd(12)}   ${what}`)
  }

  get hash(): string {
    return `${this.turns}-${this.#hash.toString(16).padStart(8, '0')}`
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(3).padStart(9)}s`
