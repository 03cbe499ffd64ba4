import { ApiError } from './answer.ts'

/**
 * Reads a JSON object field by field and refuses wrong types with the words of Go's encoding/json, which is what Fly's
 * API is written in (docs issue #2187 shows such a message). null counts as absent, as it does in Go.
 */
export class Decoder {
  readonly #value: Record<string, unknown>
  readonly #type: string

  constructor(value: unknown, type: string) {
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      throw new ApiError(400, `json: cannot unmarshal ${goKind(value)} into Go value of type ${type}`)
    }
    this.#value = (value ?? {}) as Record<string, unknown>
    this.#type = type
  }

  get raw(): Record<string, unknown> {
    return this.#value
  }

  /** The object without its nulls. */
  get present(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.#value).filter(([, value]) => value !== null))
  }

  string(field: string): string | undefined {
    return this.#field(field, 'string', (value) => typeof value === 'string')
  }

  integer(field: string): number | undefined {
    return this.#field(field, 'int', (value): value is number => Number.isInteger(value))
  }

  boolean(field: string): boolean | undefined {
    return this.#field(field, 'bool', (value) => typeof value === 'boolean')
  }

  strings(field: string): string[] | undefined {
    return this.#field(field, '[]string', isStrings)
  }

  stringMap(field: string): Record<string, string> | undefined {
    return this.#field(field, 'map[string]string', isStringMap)
  }

  object(field: string): Decoder | undefined {
    const value = this.#field(field, 'object', isObject)
    return value && new Decoder(value, `${this.#type}.${field}`)
  }

  objects(field: string): Decoder[] | undefined {
    const values = this.#field(field, 'array', isArray)
    return values?.map((value) => new Decoder(value, `${this.#type}.${field}`))
  }

  /** An object whose values are objects. */
  objectMap(field: string): [string, Decoder][] | undefined {
    const value = this.#field(field, 'map', isObject)
    return (
      value && Object.entries(value).map(([key, one]) => [key, new Decoder(one, `${this.#type}.${field}`)])
    )
  }

  #field<T>(field: string, goType: string, fits: (value: unknown) => value is T): T | undefined {
    const value = this.#value[field]
    if (value === undefined || value === null) return undefined
    if (fits(value)) return value
    throw new ApiError(
      400,
      `json: cannot unmarshal ${goKind(value)} into Go struct field ${this.#type}.${field} of type ${goType}`,
    )
  }
}

const isArray = (value: unknown): value is unknown[] => Array.isArray(value)

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'string')

const isStringMap = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every((v) => typeof v === 'string')

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
    case 'string':
      return typeof value
    default:
      return 'object'
  }
}
