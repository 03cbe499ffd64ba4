/** A dependency that must answer for the process to be of use; throws or rejects when it does not. */
export type Checks = Readonly<Record<string, () => Promise<void>>>

export type Readiness = { ready: boolean; checks: Record<string, 'ok' | 'failed'> }

/** A dependency that hangs is as bad as one that fails, and a prober does not wait long. */
const CHECK_TIMEOUT_MS = 2_000

/** Asks all at once. The answer names what failed, not why: it may be read by anyone who reaches the port. */
export async function checkReadiness(
  checks: Checks,
  onFailure: (name: string, error: unknown) => void = () => {},
): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await withTimeout(check)
        return [name, 'ok'] as const
      } catch (error) {
        onFailure(name, error)
        return [name, 'failed'] as const
      }
    }),
  )
  return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) }
}

async function withTimeout(check: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS)
  })
  try {
    await Promise.race([check(), timeout])
  } finally {
    clearTimeout(timer)
  }
}
