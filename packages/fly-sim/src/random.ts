/** Seeded randomness: the same seed and the same calls give the same ids, delays and faults. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** The inner state, for a dump; set it to go on from there. */
  get state(): number {
    return this.#state
  }
  set state(value: number) {
    this.#state = value >>> 0
  }

  /** A number in [0, 1). Mulberry32: small, fast, good enough for delays and ids. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  text(length: number, alphabet: string): string {
    let text = ''
    for (let i = 0; i < length; i++) text += alphabet.charAt(Math.floor(this.next() * alphabet.length))
    return text
  }

  /** Machine ids look like 7811701f564258. */
  hex(length: number): string {
    return this.text(length, '0123456789abcdef')
  }

  /** A ULID: 10 characters of time, 16 of chance; machine versions, events and request ids are such. */
  ulid(nowMs: number): string {
    let time = ''
    for (let rest = Math.floor(nowMs), i = 0; i < 10; i++, rest = Math.floor(rest / 32)) {
      time = CROCKFORD.charAt(rest % 32) + time
    }
    return time + this.text(16, CROCKFORD)
  }
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
