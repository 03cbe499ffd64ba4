// npm run restore-drill: loses PostgreSQL, restores it to an earlier moment and shows what becomes of users' apps, on this
// machine. Exit code 1: the drill failed. What to do with a real one: docs/operate/backup.md.
import { EXIT_UNAVAILABLE, RedisUnavailableError } from '@hangar/testkit/local'
import { InterruptedError, interruptSignal } from './lib/interrupt.ts'
import { failuresOf } from './restore/judge.ts'
import { drillOnce } from './restore/setting.ts'

process.exit(await main())

async function main(): Promise<number> {
  try {
    const result = await drillOnce({ say: (line) => console.log(line), signal: interruptSignal() })
    const failures = failuresOf(result)
    for (const failure of failures) console.error(`FAILED: ${failure}`)
    if (failures.length > 0) return 1
    console.log('Everybody who pays has the app that they had; nothing was deleted before it was agreed to.')
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    if (error instanceof InterruptedError) return error.exitCode
    return error instanceof RedisUnavailableError ? EXIT_UNAVAILABLE : 1
  }
}
