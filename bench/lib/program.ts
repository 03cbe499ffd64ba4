import { fileURLToPath } from 'node:url'

import { freePort, startProcess, type ManagedProcess } from '@hangar/testkit/local'

/** One of ours as a process of its own that answers on `PORT`. */
export async function startProgram(
  { name, entry, env }: { name: string; entry: URL; env: Record<string, string> },
  cleanups: (() => unknown)[],
): Promise<{ url: string; process: ManagedProcess }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { ...env, PORT: String(port), NODE_ENV: 'production' }
  const process = await startProcess({
    name,
    entry: fileURLToPath(entry),
    env: settings,
    readyUrl: `${url}/readyz`,
  })
  cleanups.push(() => process.stop())
  return { url, process }
}
