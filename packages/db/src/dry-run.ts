import type { Database, Tx } from './database.ts'

class TakenBack<T> extends Error {
  readonly answer: T
  constructor(answer: T) {
    super('a dry run was taken back')
    this.answer = answer
  }
}

/**
 * Carries out a change in a transaction of its own; with `dryRun` the very same, and then takes all of it back. So a dry run
 * says what the change would say, and fails as it would fail.
 */
export async function transact<T>(
  db: Database,
  { dryRun }: { dryRun: boolean },
  change: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await db.transaction().execute(async (tx) => {
      const answer = await change(tx)
      if (dryRun) throw new TakenBack(answer)
      return answer
    })
  } catch (error) {
    if (error instanceof TakenBack) return error.answer as T
    throw error
  }
}
