import { fileURLToPath } from 'node:url'

import { freePort, startProcess } from '@hangar/testkit/local'

/** The stand-in of Fly as a program of its own, without delays and without rate limits. Returns where its API is. */
export async function startFly(
  { token, org }: { token: string; org: string },
  cleanups: (() => unknown)[],
): Promise<string> {
  const port = await freePort()
  const adminPort = await freePort()
  const fly = await startProcess({
    name: 'fly-sim',
    entry: fileURLToPath(new URL('../../packages/fly-sim/src/main.ts', import.meta.url)),
    args: [
      ...[`--port=${port}`, `--admin-port=${adminPort}`, `--token=${token}`, `--org=${org}`],
      ...['--delays=none', '--no-rate-limits'],
    ],
    readyUrl: `http://127.0.0.1:${adminPort}/_sim/state`,
  })
  cleanups.push(() => fly.stop())
  return `http://127.0.0.1:${port}`
}
