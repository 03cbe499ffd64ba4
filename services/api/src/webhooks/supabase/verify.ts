/**
 * Is this delivery really from the project's database? Two ways to prove it, either is enough:
 *
 *   signature      Standard Webhooks 1.0: HMAC-SHA256 over `<id>.<timestamp>.<raw body>`, from our own trigger.
 *   shared secret  header X-Hangar-Webhook-Secret, from a hook made in Supabase's dashboard, which cannot sign.
 *
 * Of both there may be several, and any may match, so that one is replaced without losing a delivery.
 *
 * The raw bytes are what was signed: a body parsed and written again would not verify.
 */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { HangarError, type Clock } from '@hangar/core'
import { sameSecret } from '../../auth/constant-time.ts'

/** How far the sender's clock, or a delivery that waited, may be off, into the past or the future. */
const REPLAY_WINDOW_SECONDS = 5 * 60
/** Standard Webhooks asks for 24 to 64 random bytes. */
const MIN_KEY_BYTES = 24

/** Key objects, not bytes: making one costs four times the signature itself. */
export type WebhookSecrets = { signingKeys: readonly KeyObject[]; sharedSecrets: readonly string[] }

export type DeliveryHeaders = Readonly<Record<string, string | string[] | undefined>>

/**
 * Keys from the text of HANGAR_WEBHOOK_SECRET: `whsec_<base64>`, or as Supabase writes it `v1,whsec_<base64>`;
 * several are separated by `|`. Null when one of them is not such a key.
 */
export function parseSigningKeys(text: string): KeyObject[] | null {
  const keys = text.split('|').map((one) => {
    const base64 = /^(?:v1,)?whsec_([A-Za-z0-9+/]+={0,2})$/.exec(one.trim())?.[1]
    return base64 === undefined ? Buffer.alloc(0) : Buffer.from(base64, 'base64')
  })
  return keys.every((key) => key.length >= MIN_KEY_BYTES) ? keys.map((key) => createSecretKey(key)) : null
}

/** Throws `bad_signature` or `stale_timestamp`; returns when the delivery is genuine. */
export function verifyDelivery(
  headers: DeliveryHeaders,
  rawBody: Buffer,
  secrets: WebhookSecrets,
  clock: Clock,
): void {
  if (hasSharedSecret(headers, secrets.sharedSecrets)) return
  const id = single(headers['webhook-id'])
  const timestamp = single(headers['webhook-timestamp'])
  const given = single(headers['webhook-signature'])
  if (id === undefined || given === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp))
    throw new HangarError('bad_signature', {
      operator: 'the delivery carries no signature and no shared secret',
    })
  const candidates = v1Signatures(given)
  const signed = secrets.signingKeys.some((key) => {
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest()
    return candidates.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
  if (!signed) throw new HangarError('bad_signature', { operator: `no key of ours signed ${id}` })
  // After the signature, so that only a genuine sender learns that its clock is off.
  const ageSeconds = Math.floor(clock.now().getTime() / 1000) - Number(timestamp)
  if (Math.abs(ageSeconds) > REPLAY_WINDOW_SECONDS)
    throw new HangarError('stale_timestamp', { operator: `${id} is ${ageSeconds} s old` })
}

function hasSharedSecret(headers: DeliveryHeaders, accepted: readonly string[]): boolean {
  const given = single(headers['x-hangar-webhook-secret'])
  return given !== undefined && accepted.some((secret) => sameSecret(given, secret))
}

/** The list is separated by spaces; Supabase Auth separates with ", ". Versions other than v1 are passed over. */
function v1Signatures(header: string): Buffer[] {
  return header.split(' ').flatMap((entry) => {
    const [version, signature] = entry.split(',')
    return version === 'v1' && signature !== undefined ? [Buffer.from(signature, 'base64')] : []
  })
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
