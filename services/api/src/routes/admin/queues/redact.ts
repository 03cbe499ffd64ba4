/**
 * Jobs carry ids only, so nothing secret should ever be in one. Their errors and logs are written by libraries,
 * though, and a board is looked at by many: whatever looks like a credential is taken out before it leaves.
 */
import { redactText } from '@hangar/runtime'

const SECRET_KEY = /token|secret|password|authorization|cookie|api[_-]?key|credential/i

/** A copy of `value` without credentials, whatever its shape. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactEntry(key, inner)]))
}

/** A field named like a secret is hidden whole, unless it holds no text: `hasToken: true` and counts stay. */
function redactEntry(key: string, value: unknown): unknown {
  return typeof value === 'string' && SECRET_KEY.test(key) ? '[redacted]' : redact(value)
}
