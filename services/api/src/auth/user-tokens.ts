/**
 * Supabase access tokens for users' apps: for one user, role `authenticated`, one hour, so that row-level security
 * decides what they open. Signed with a key that was imported into the project (ES256), or with its legacy secret.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Clock } from '@hangar/core'
import { SignJWT } from 'jose'
import { z } from 'zod'

const LIFETIME_SECONDS = 3600

export type TokenSigner = { alg: 'ES256'; key: KeyObject; keyId: string } | { alg: 'HS256'; key: Uint8Array }

export type UserTokens = {
  /** The project's address. */
  url: string
  mint(userId: string): Promise<{ token: string; expiresAt: Date }>
}

export function createUserTokens(options: {
  signer: TokenSigner
  url: string
  issuer: string
  clock: Clock
}): UserTokens {
  const { signer, url, issuer, clock } = options
  const header = signer.alg === 'ES256' ? { alg: signer.alg, kid: signer.keyId } : { alg: signer.alg }
  const mint: UserTokens['mint'] = async (userId) => {
    const issuedAt = Math.floor(clock.now().getTime() / 1000)
    const token = await new SignJWT({ role: 'authenticated' })
      .setProtectedHeader({ ...header, typ: 'JWT' })
      .setSubject(userId)
      .setAudience('authenticated')
      .setIssuer(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(signer.key)
    return { token, expiresAt: new Date((issuedAt + LIFETIME_SECONDS) * 1000) }
  }
  return { url, mint }
}

const privateKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string().min(1),
  alg: z.literal('ES256').optional(),
})

/** From a private JWK as JSON text; null where it is none that Supabase would know (ES256, with `kid`). */
export function parseSigningKey(text: string): TokenSigner | null {
  try {
    const { kty, crv, x, y, d, kid } = privateKey.parse(JSON.parse(text))
    const key = createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' })
    return { alg: 'ES256', key, keyId: kid }
  } catch {
    return null
  }
}
