/**
 * Which cause an error answer has. Status and Fly's `status` field decide first; text is the
 * fallback, because several services stand behind one address and only text tells some causes apart.
 * Pure, total, and fuzzed: any status with any body gives a code. The quoted texts are Fly's.
 */
import type { FlyErrorCode } from './errors.ts'
import type { OperationName } from './operations.ts'

export interface ErrorAnswer {
  operation: OperationName
  status: number
  text: string
}

export interface Classified {
  code: FlyErrorCode
  machineId?: string
  leaseExpiresAt?: Date
}

interface Clue {
  operation: OperationName
  status: number
  /** Fly's `status` field: `name_taken`, `insufficient_capacity`, … */
  flyStatus: string
  text: string
}

/** First match wins; a more special cause stands above a more general one. */
const RULES: readonly (readonly [FlyErrorCode, (clue: Clue) => boolean])[] = [
  // Whatever a 5xx says, it may have been applied.
  ['unavailable', (c) => c.status >= 500],
  ['machine_name_taken', (c) => /unique machine name violation/i.test(c.text)],
  ['name_taken', (c) => c.flyStatus === 'name_taken' || (isAppCreate(c) && saysTaken(c))],
  ['machine_limit', (c) => /reached its machine limit/i.test(c.text)],
  ['region_quota', (c) => c.status === 403 && /\bquota\b/i.test(c.text)],
  ['host_capacity', (c) => c.flyStatus === 'volume_placement_capacity' || HOST_FULL.test(c.text)],
  ['region_capacity', (c) => c.flyStatus === 'insufficient_capacity' || REGION_FULL.test(c.text)],
  ['replaced', (c) => /getting replaced|currently replaced/i.test(c.text)],
  ['lease_held', (c) => (c.status === 409 || c.status === 412) && LEASED.test(c.text)],
  ['rate_limited', (c) => c.status === 429 || /resource_exhausted|rate limit exceeded/i.test(c.text)],
  ['wait_deadline', (c) => c.status === 408 && c.operation === 'machines.wait'],
  ['timeout', (c) => c.status === 408],
  ['unauthorized', (c) => c.status === 401 || c.status === 403],
  ['not_found', (c) => c.status === 404 || c.status === 410],
  ['not_found', (c) => (c.status === 400 || c.status === 422) && GONE.test(c.text)],
  // Covers every unique constraint, so it is no proof that a name is taken.
  ['conflict', (c) => c.status === 409 || c.status === 412 || /uniqueness constraint violated/i.test(c.text)],
  ['validation', (c) => c.status >= 400],
]

const HOST_FULL =
  /insufficient resources|insufficient memory|could not reserve resource|deploys to this host are temporarily disabled|governor policy blocked/i
const REGION_FULL = /\bno capacity\b|could not find a candidate host/i
const LEASED = /lease (?:is )?(?:currently )?held|currently leased/i
/** What an operation on an app or machine that is gone may say with 400 instead of 404. */
const GONE =
  /^not_found:|could not find (?:app|machine|lease)\b|unknown app|\b(?:app|machine|lease)(?: id)?(?: (?!image|volume|config)["'`]?[\w-]+["'`]?)? (?:was )?(?:not found|does not exist)/i

export function classify(answer: ErrorAnswer): Classified {
  const { words, flyStatus } = readErrorBody(answer.text)
  const clue: Clue = { operation: answer.operation, status: answer.status, flyStatus, text: words }
  // A redirect is no error and no answer either.
  const code = RULES.find(([, fits]) => answer.status >= 400 && fits(clue))?.[0] ?? 'unexpected_answer'
  return {
    code,
    ...(code === 'machine_name_taken' ? namedMachine(words) : {}),
    ...(code === 'lease_held' ? leaseExpiry(words) : {}),
  }
}

function isAppCreate(clue: Clue): boolean {
  return clue.operation === 'apps.create'
}

function saysTaken(clue: Clue): boolean {
  const conflict = clue.status === 409 || clue.status === 422
  return conflict && /already been taken|name is taken|already (?:exists|taken)/i.test(clue.text)
}

function namedMachine(words: string): { machineId?: string } {
  const machineId = /machine ID (\w+)/i.exec(words)?.[1]
  return machineId === undefined ? {} : { machineId }
}

function leaseExpiry(words: string): { leaseExpiresAt?: Date } {
  const stamp = /expires at (\S+)/i.exec(words)?.[1]
  const expiresAt = new Date(stamp ?? Number.NaN)
  return Number.isNaN(expiresAt.getTime()) ? {} : { leaseExpiresAt: expiresAt }
}

/** Fly's words are under `error`, `message` or `msg`, or the whole body is plain text or a page. */
export function readErrorBody(text: string): { words: string; flyStatus: string } {
  const body = parseObject(text)
  const said = [body?.['error'], body?.['message'], body?.['msg']].find(
    (words): words is string => typeof words === 'string' && words !== '',
  )
  const words = said ?? text.replaceAll(/<[^>]{0,500}>/g, ' ')
  const flyStatus = body?.['status']
  return {
    words: words.replaceAll(/\s+/g, ' ').trim(),
    flyStatus: typeof flyStatus === 'string' ? flyStatus : '',
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** `Retry-After` in seconds or as a date. No source shows that Fly sends it; honoured where it is. */
export function parseRetryAfter(header: string | string[] | undefined, now: Date): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim()
  if (value === undefined || value === '') return undefined
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime()
  return Number.isFinite(ms) ? Math.max(0, Math.ceil(ms)) : undefined
}
