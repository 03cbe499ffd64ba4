/**
 * What goes out to a mailbox or a chat cannot be called back. Two nets: what this process knows to be secret is removed
 * by value, what looks like a secret by its shape.
 */
import { redactText } from '@hangar/runtime'

export type Redact = <T>(value: T) => T

/** A shorter one would blank out ordinary words. */
const SHORTEST_SECRET = 6
/** In a webhook's path, what is so long is what lets one post there. */
const LEAST_LIKE_A_TOKEN = 10
const MASK = '[redacted]'

/** Values and addresses; of an address, its password and what follows the host are secret. */
export function createRedact(secrets: readonly (string | undefined)[]): Redact {
  const values = [...new Set(secrets.flatMap((secret) => (secret === undefined ? [] : partsOf(secret))))]
    .filter((value) => value.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
  const clean = (text: string): string => {
    let masked = text
    for (const value of values) masked = masked.replaceAll(value, MASK)
    return redactText(masked)
  }
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value)
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk as Redact
}

function partsOf(secret: string): string[] {
  if (!/^[a-z]+:\/\//i.test(secret) || !URL.canParse(secret)) return [secret]
  const { password, pathname, search, protocol } = new URL(secret)
  const isWebhook = protocol.startsWith('http')
  const parts = [secret, password, decode(password)]
  if (!isWebhook) return parts
  const words = pathname.split('/').filter((word) => word.length >= LEAST_LIKE_A_TOKEN)
  return [...parts, pathname, search.slice(1), ...words]
}

/** A malformed escape is the password as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
