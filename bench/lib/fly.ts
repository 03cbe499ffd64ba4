import { fileURLToPath } from 'node:url'

import { freePort, startProcess } from '@hangar/testkit/local'

export type Fly = { url: string; adminUrl: string }

/** The stand-in of Fly as a program of its own, without delays and without rate limits. */
export async function startFly(
  { token, org }: { token: string; org: string },
  cleanups: (() => unknown)[],
): Promise<Fly> {
  const port = await freePort()
  const adminPort = await freePort()
  const adminUrl = `http://127.0.0.1:${adminPort}/_sim`
  const fly = await startProcess({
    name: 'fly-sim',
    entry: fileURLToPath(new URL('../../packages/fly-sim/src/main.ts', import.meta.url)),
    args: [
      ...[`--port=${port}`, `--admin-port=${adminPort}`, `--token=${token}`, `--org=${org}`],
      ...['--delays=none', '--no-rate-limits'],
    ],
    readyUrl: `${adminUrl}/health`,
  })
  cleanups.push(() => fly.stop())
  return { url: `http://127.0.0.1:${port}`, adminUrl }
}

/** What people ask the stand-in, and Fly does not have. */
export async function askFly<T>(fly: Fly, path: string): Promise<T> {
  const response = await fetch(`${fly.adminUrl}/${path}`)
  if (!response.ok) throw new Error(`${path} of the stand-in answered ${response.status}`)
  return (await response.json()) as T
}
