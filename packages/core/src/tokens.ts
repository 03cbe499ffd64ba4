/**
 * Tokens of one app, derived and never stored. From one master key, HKDF gives a key per purpose; the token is a
 * MAC over the row's id. A row is one generation of one user's app, so a token opens nothing else and ends with
 * its row. During a rotation two master keys are accepted; new tokens use the current one.
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { HangarError } from './errors.ts'

const MIN_KEY_BYTES = 32

type Purpose = 'shim-token' | 'shutdown-token' | 'credential-mark'

type Key = { id: string; derive: (purpose: Purpose) => Buffer }

export type KeyRing = { current: Key; accepted: readonly Key[] }

/** Master keys are base64 of at least 32 random bytes. Throws `config_invalid` without echoing the key. */
export function createKeyRing(keys: { current: string; previous?: string | undefined }): KeyRing {
  const current = toKey(keys.current)
  return { current, accepted: keys.previous ? [current, toKey(keys.previous)] : [current] }
}

function toKey(base64: string): Key {
  const secret = Buffer.from(base64, 'base64')
  if (secret.length < MIN_KEY_BYTES)
    throw new HangarError('config_invalid', { operator: `a master key needs ${MIN_KEY_BYTES} bytes, base64` })
  const derived = new Map<Purpose, Buffer>()
  const derive = (purpose: Purpose) => {
    let key = derived.get(purpose)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', secret, 'hangar', purpose, 32))
      derived.set(purpose, key)
    }
    return key
  }
  // The id only tells keys apart; eight hex digits of a hash reveal nothing of the key.
  return { id: createHash('sha256').update(secret).digest('hex').slice(0, 8), derive }
}

function mac(key: Key, purpose: Purpose, text: string): Buffer {
  return createHmac('sha256', key.derive(purpose)).update(text).digest()
}

const TOKEN_PATTERN = /^hgr_([0-9a-f]{8})_([0-9a-f-]{36})_([0-9a-f]{64})$/

/** The bearer token an app presents to the shim: `hgr_<keyId>_<rowId>_<mac in lower-case hex>`. */
export function shimToken(ring: KeyRing, rowId: string): string {
  return `hgr_${ring.current.id}_${rowId}_${mac(ring.current, 'shim-token', rowId).toString('hex')}`
}

/** The row that `token` belongs to and the master key it was made with, or null. Compares in constant time. */
export function verifyShimToken(ring: KeyRing, token: string): { rowId: string; keyId: string } | null {
  const match = TOKEN_PATTERN.exec(token)
  const [, keyId, rowId, given] = match ?? []
  if (keyId === undefined || rowId === undefined || given === undefined) return null
  const key = ring.accepted.find((candidate) => candidate.id === keyId)
  if (!key) return null
  return timingSafeEqual(mac(key, 'shim-token', rowId), Buffer.from(given, 'hex')) ? { rowId, keyId } : null
}

/**
 * The secret with which Hangar asks an app to drain (`X-Shutdown-Token`). A machine keeps the secrets it started with:
 * `keyId` is the master key that its own token was made with, if that is known and still accepted.
 */
export function shutdownToken(ring: KeyRing, rowId: string, keyId?: string | null): string {
  const key = ring.accepted.find((candidate) => candidate.id === keyId) ?? ring.current
  return mac(key, 'shutdown-token', rowId).toString('hex')
}

/** Whether a master key is being replaced: tokens of two keys are accepted. */
export function isRotating(ring: KeyRing): boolean {
  return ring.accepted.length > 1
}

/**
 * Marks by which credentials are known again, one for each accepted master key, the current one's first. They can be
 * stored: without the master key nobody can try guesses against them.
 */
export function credentialMarks(ring: KeyRing, credentials: readonly (string | undefined)[]): string[] {
  return ring.accepted.map((key) => mac(key, 'credential-mark', JSON.stringify(credentials)).toString('hex'))
}
