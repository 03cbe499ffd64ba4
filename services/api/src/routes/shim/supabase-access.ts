import type { ApiDeps } from '../../deps.ts'

export type SupabaseAccess = { url: string; token: string; expires_at: string }

/** A token for this user alone, as the app is given it; null where Hangar can sign none. Never logged, never stored. */
export async function supabaseAccess(
  { userTokens }: Pick<ApiDeps, 'userTokens'>,
  userId: string,
): Promise<SupabaseAccess | null> {
  if (!userTokens) return null
  const { token, expiresAt } = await userTokens.mint(userId)
  return { url: userTokens.url, token, expires_at: expiresAt.toISOString() }
}
