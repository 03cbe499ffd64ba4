/** A whole Hangar for the drill, on a PostgreSQL that keeps its log and can be lost. */
import { createDatabase } from '@hangar/db'
import { ARCHIVE_SETTINGS, startPostgres } from '@hangar/testkit/local'
import { startStack } from '../stack/stack.ts'
import { runDrill, type DrillResult } from './drill.ts'

/** Only a wait gets shorter by it: what is due every five minutes comes every two seconds. */
const SCHEDULER = {
  ORPHANS_INTERVAL_MS: '2000',
  DIFFERENCES_INTERVAL_MS: '2000',
}

export async function drillOnce(options: {
  say: (line: string) => void
  signal?: AbortSignal
}): Promise<DrillResult> {
  const { say, signal } = options
  const postgres = await startPostgres({ durable: true, settings: ARCHIVE_SETTINGS })
  try {
    const stack = await startStack({
      report: () => {},
      environment: { DATABASE_URL: postgres.url },
      // A restore loses what was to be sent; the relay does the waking.
      courier: false,
      settings: { scheduler: SCHEDULER },
      ...(signal && { signal }),
    })
    const connectionString = stack.addresses.databaseUrl
    const db = createDatabase({ connectionString, applicationName: 'hangar-drill' })
    try {
      return await runDrill({ stack, db, postgres, say, signal })
    } finally {
      await db.destroy()
      await stack.stop()
    }
  } finally {
    await postgres.stop()
  }
}
