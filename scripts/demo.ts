// npm run demo: the main job from start to end, on real parts, then everything is gone again. `-- --json` prints the
// result as one JSON object on the last line.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createDatabase } from '@hangar/db'
import { EXIT_UNAVAILABLE, findRedisServer, RedisUnavailableError } from '@hangar/testkit/local'
import { Story, type Chapter, type DemoResult } from './demo/story.ts'
import { createDemoUser } from './demo/user.ts'
import { buildAndReport } from './lib/admin-page.ts'
import { chooseScreener } from './lib/go.ts'
import { InterruptedError, interruptSignal } from './lib/interrupt.ts'
import { DEMO_ADMINS, urlOf } from './stack/settings.ts'
import { startStack, type Stack } from './stack/stack.ts'

const say = (line: string): void => console.log(line)
const interrupted = interruptSignal()
process.exit(await main())

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  let stack: Stack | undefined
  let keepLogs = true
  try {
    say('Starting a whole Hangar on this machine, each part a process of its own:')
    // Building the users' app may take a minute: what would end all this is found out before.
    await findRedisServer((line) => say(`  ${line}`))
    const image = await chooseScreener((line) => say(`  ${line}`))
    await buildAndReport((line) => say(`  ${line}`))
    stack = await startStack({
      settings: { worker: { FLY_SCREENER_IMAGE: image } },
      report: (line) => say(`  ${line}`),
      onDelivery: ({ status, ms }) => say(`             webhook: ${status} after ${ms} ms`),
      signal: interrupted,
    })
    const { result, chapters } = await run(stack)
    keepLogs = false
    await stop(stack, keepLogs)
    stack = undefined
    printTable(chapters)
    if (values.json) say(JSON.stringify(result))
    return result.tradersRan && result.rowsKept ? 0 : 1
  } catch (error) {
    return explain(error, stack)
  } finally {
    if (stack) await stop(stack, keepLogs)
  }
}

async function run(stack: Stack): Promise<{ result: DemoResult; chapters: Chapter[] }> {
  const db = createDatabase({ connectionString: stack.addresses.databaseUrl, applicationName: 'hangar-demo' })
  try {
    const user = await createDemoUser(stack, db)
    const page = `${urlOf(stack.addresses, 'api')}/admin`
    say(`\nThe dashboard, until the demo ends: ${page} as ${DEMO_ADMINS.admin}, ${stack.auth.password}\n`)
    say(
      `${user.email} is on free. The product's quota has switched off their ${user.traderNames.length} traders.`,
    )
    const story = new Story(user, say, interrupted)
    return { result: await story.tell(), chapters: story.chapters }
  } finally {
    await db.destroy()
  }
}

async function stop(stack: Stack, keepLogs: boolean): Promise<void> {
  say('')
  say('Stopping everything…')
  await stack.stop({ keepLogs })
}

function printTable(chapters: Chapter[]): void {
  say('')
  const width = Math.max(...chapters.map(({ step }) => step.length))
  say(`${'step'.padEnd(width)}  ${'ms'.padStart(6)}  what happened`)
  for (const { step, ms, happened } of chapters) {
    say(`${step.padEnd(width)}  ${String(ms).padStart(6)}  ${happened}`)
  }
}

/** What went wrong, and the last words of each process, which stay on disk. */
function explain(error: unknown, stack: Stack | undefined): number {
  if (error instanceof InterruptedError) {
    say(error.message)
    return error.exitCode
  }
  console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  if (error instanceof RedisUnavailableError) return EXIT_UNAVAILABLE
  if (stack) {
    for (const file of readdirSync(stack.logFolder)) {
      const lines = readFileSync(join(stack.logFolder, file), 'utf8').trimEnd().split('\n').slice(-5)
      console.error(`\n${file}:\n${lines.join('\n')}`)
    }
    console.error(`\nThe whole logs are in ${stack.logFolder}.`)
  }
  return 1
}
