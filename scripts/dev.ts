// npm run dev: the whole system on this machine until Ctrl-C, with every address, a way to sign in and a user to play
// with. What changes in packages/, services/ or web/ is reloaded.
import { createDatabase, migrateToLatest } from '@hangar/db'
import { EXIT_UNAVAILABLE, RedisUnavailableError } from '@hangar/testkit/local'
import { createDemoUser, type DemoUser } from './demo/user.ts'
import { buildAndReport } from './lib/admin-page.ts'
import { InterruptedError, interruptSignal } from './lib/interrupt.ts'
import type { ServiceName } from './stack/programs.ts'
import { watchSources } from './stack/reload.ts'
import { DEMO_ADMINS, urlOf } from './stack/settings.ts'
import { startStack, type Stack } from './stack/stack.ts'

const say = (line: string): void => console.log(line)
const interrupted = interruptSignal()
process.exit(await main())

async function main(): Promise<number> {
  let stack: Stack | undefined
  try {
    await buildAndReport((line) => say(`  ${line}`))
    const running = await startStack({ report: (line) => say(`  ${line}`), signal: interrupted })
    stack = running
    say(describe(running, await makeUser(running)))
    const restart = (service: ServiceName) => running.restart(service)
    const reload = watchSources({
      restart,
      migrate: migrateFor(running),
      build: () => buildAndReport(say),
      report: say,
    })
    await endOf(interrupted)
    say('\nStopping everything…')
    await reload.close()
    return 0
  } catch (error) {
    if (error instanceof InterruptedError) return 0
    console.error(error instanceof Error ? error.message : String(error))
    return error instanceof RedisUnavailableError ? EXIT_UNAVAILABLE : 1
  } finally {
    await stack?.stop()
  }
}

function endOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Nothing else may be left that keeps the process alive between two changes of a file.
    const alive = setInterval(() => {}, 60_000)
    const onAbort = () => {
      clearInterval(alive)
      resolve()
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

async function makeUser(stack: Stack): Promise<DemoUser> {
  const db = createDatabase({ connectionString: stack.addresses.databaseUrl, applicationName: 'hangar-dev' })
  try {
    return await createDemoUser(stack, db)
  } finally {
    await db.destroy()
  }
}

function migrateFor(stack: Stack) {
  return async () => {
    const { applied } = await migrateToLatest(stack.addresses.databaseUrl)
    say(applied.length === 0 ? 'No new migration.' : `Applied ${applied.join(', ')}.`)
  }
}

function describe(stack: Stack, user: DemoUser): string {
  const { addresses, secrets } = stack
  const api = urlOf(addresses, 'api')
  const fly = urlOf(addresses, 'flySim')
  return `
Hangar is up. Ctrl-C stops everything; what changes in packages/, services/ or web/ is reloaded.

  Admin        ${api}/admin
    sign in as ${Object.values(DEMO_ADMINS).join(', ')}
    password     ${stack.auth.password}
  Queues       ${api}/admin/queues/
  API          ${api}/v1/apps, ${api}/readyz, ${api}/metrics
  Worker       ${urlOf(addresses, 'worker')}/readyz, /metrics
  Scheduler    ${urlOf(addresses, 'scheduler')}/readyz, /metrics
  Fly stand-in ${fly}/_sim/state, /_sim/calls
  PostgreSQL   ${addresses.databaseUrl}
               (${stack.where.postgres})
  Redis        ${addresses.redisUrl}
               (${stack.where.redis})
  Logs         ${stack.logFolder}

${user.email} is on free: ${api}/admin/apps/${user.userId}
To upgrade them, run SQL; or give them an app against their tier, there (More, Override…, On) or by the API:

  ${user.tierChange('pro')};

  curl -X POST ${api}/functions/v1/provision-user-fly-app \\
    -H 'Authorization: Bearer ${secrets.serviceRoleKey}' -H 'Content-Type: application/json' \\
    -d '{"user_id":"${user.userId}","tier":"pro","force":true,"reason":"trying it out"}'
`
}
