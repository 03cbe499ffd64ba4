/**
 * Small checked readers for what Fly answers. Our own, because they are on the path of every call: a
 * machine takes 2 µs this way and took 16 µs with a schema library, half as much as sending the request.
 *
 * A Decoder gives the value in its type or throws a DecodeError that says where and what. `null` is
 * absent: Go writes its empty lists and maps so.
 */
export type Decoder<T> = (value: unknown) => T

/** Names the place and the expected type, never the value: that may be a secret. */
export class DecodeError extends Error {
  private readonly path: string[] = []
  private readonly expected: string

  constructor(expected: string) {
    super()
    this.expected = expected
  }

  override get message(): string {
    return this.path.length === 0 ? `not ${this.expected}` : `${this.path.join('.')} is not ${this.expected}`
  }

  /** The error as seen from one level up. */
  within(key: string | number): this {
    this.path.unshift(String(key))
    return this
  }
}

export type Field = <T>(key: string, decode: Decoder<T>) => T

/** An object, read field by field. */
export function object<T>(read: (field: Field) => T): Decoder<T> {
  return (value) => {
    if (!isObject(value)) throw new DecodeError('an object')
    return read((key, decode) => {
      try {
        return decode(value[key])
      } catch (error) {
        throw error instanceof DecodeError ? error.within(key) : error
      }
    })
  }
}

export function optional<T>(decode: Decoder<T>): Decoder<T | undefined> {
  return (value) => (value === null || value === undefined ? undefined : decode(value))
}

/** A list; absent is empty. */
export function listOf<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value) => {
    if (value === null || value === undefined) return []
    if (!Array.isArray(value)) throw new DecodeError('a list')
    return value.map((item, index) => {
      try {
        return decode(item)
      } catch (error) {
        throw error instanceof DecodeError ? error.within(index) : error
      }
    })
  }
}

/** A map of strings; absent is empty. */
export const textMap: Decoder<Record<string, string>> = (value) => {
  if (value === null || value === undefined) return {}
  if (!isObject(value)) throw new DecodeError('a map')
  for (const key of Object.keys(value)) {
    if (typeof value[key] !== 'string') throw new DecodeError('a string').within(key)
  }
  return value as Record<string, string>
}

export const string: Decoder<string> = (value) => {
  if (typeof value !== 'string') throw new DecodeError('a string')
  return value
}

/** Of something that a later call names in its path. */
export const id: Decoder<string> = (value) => {
  if (typeof value !== 'string' || value === '') throw new DecodeError('a name or id')
  return value
}

const finite: Decoder<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError('a number')
  return value
}

const boolean: Decoder<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new DecodeError('true or false')
  return value
}

export const text = optional(string)
export const count = optional(finite)
/** Absent is false. */
export const flag: Decoder<boolean> = (value) => optional(boolean)(value) ?? false

/** An answer that carries nothing we rely on: any body will do, and none. */
export const nothing: Decoder<undefined> = () => undefined

const NEED_NO_BODY = new Set<Decoder<unknown>>([nothing])

/** Declares that an answer may also be empty, or a bare word. Of anything else that would be a lost list or machine. */
export function needsNoBody<T>(decode: Decoder<T>): Decoder<T> {
  NEED_NO_BODY.add(decode)
  return decode
}

export function mayLackBody(decode: Decoder<unknown>): boolean {
  return NEED_NO_BODY.has(decode)
}

export const anything: Decoder<unknown> = (value) => value

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
