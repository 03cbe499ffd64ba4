import { z } from 'zod'
import { time } from '../../http/answer-fields.ts'
import type { ApiDeps } from '../../deps.ts'

export const supabaseAnswer = z.strictObject({ url: z.string(), token: z.string(), expires_at: time }).meta({
  id: 'SupabaseAccess',
  description: 'Opens what row-level security lets this user see, for an hour.',
})

export type SupabaseAccess = z.output<typeof supabaseAnswer>

/** A token for this user alone, as the app is given it; null where Hangar can sign none. Never logged, never stored. */
export async function supabaseAccess(
  { userTokens }: Pick<ApiDeps, 'userTokens'>,
  userId: string,
): Promise<SupabaseAccess | null> {
  if (!userTokens) return null
  const { token, expiresAt } = await userTokens.mint(userId)
  return { url: userTokens.url, token, expires_at: expiresAt }
}
