/** How the addresses of the run's servers reach the test files: through the environment of jest's workers. */
export const PG_URL = 'HANGAR_TEST_PG_URL'
export const REDIS_URL = 'HANGAR_TEST_REDIS_URL'

/** Migrated, with the host product's side and the trigger in place; every test database is a copy of it. */
export const TEMPLATE_DATABASE = 'hangar_template'

/** Of the services' login roles, on a server of the tests' own. */
export const ROLE_PASSWORD = 'of-a-server-that-goes-away'

/** Its name in this process; a test file that is run without jest's global setup is told so. */
export function addressOf(name: typeof PG_URL | typeof REDIS_URL): string {
  const address = process.env[name]
  if (address === undefined || address === '') {
    throw new Error(
      `${name} is not set: jest's global setup (packages/testkit/src/jest/global-setup.mts) did not run.`,
    )
  }
  return address
}

type Stoppable = { stop(): Promise<void> }

/** Setup and teardown run in one process but share no variables that the compiler could see. */
const shared = globalThis as typeof globalThis & { hangarTestServers?: Stoppable[] }

export function rememberServer(server: Stoppable): void {
  ;(shared.hangarTestServers ??= []).push(server)
}

export async function stopRememberedServers(): Promise<void> {
  const servers = shared.hangarTestServers ?? []
  shared.hangarTestServers = []
  await Promise.all(servers.map((server) => server.stop()))
}
