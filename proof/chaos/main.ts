// npm run chaos: see settings.ts for its options. Exits with 1 on any violation, on a log line that no fault explains,
// and when what is desired is not there in time.
import { writeFileSync } from 'node:fs'
import { InterruptedError, interruptSignal } from '../../scripts/lib/interrupt.ts'
import { isGood, runCampaign } from './campaign.ts'
import { reportLines } from './report.ts'
import { readSettings, USAGE, UsageError } from './settings.ts'

const EXIT_USAGE = 64
const interrupted = interruptSignal()
process.exit(await main())

async function main(): Promise<number> {
  try {
    const settings = readSettings(process.argv.slice(2))
    if (settings === 'help') {
      console.log(USAGE)
      return 0
    }
    const outcome = await runCampaign(settings, (line) => console.log(line), interrupted)
    console.log('')
    for (const line of reportLines(outcome)) console.log(line)
    if (settings.report !== null)
      writeFileSync(settings.report, `${JSON.stringify(outcome.figures, null, 2)}\n`)
    return isGood(outcome) ? 0 : 1
  } catch (error) {
    if (interrupted.reason instanceof InterruptedError) {
      console.log(interrupted.reason.message)
      return interrupted.reason.exitCode
    }
    console.error(error instanceof Error ? error : String(error))
    return error instanceof UsageError ? EXIT_USAGE : 1
  }
}
