import { startManagedProcess, type ManagedProcess, type ManagedProcessOptions } from './managed-process.ts'
import { waitFor } from './wait-for.ts'

/**
 * Starts a program of ours as a real process under this very Node (its path, never `node` from the PATH: a shim
 * there would swallow signals). With `readyUrl` it resolves when that answers 2xx, and fails with the program's
 * output when it ends first or takes longer than `readyMs`.
 */
export async function startProcess(
  options: Omit<ManagedProcessOptions, 'command' | 'args'> & {
    /** The TypeScript or JavaScript file to run. */
    entry: string
    args?: string[]
    readyUrl?: string
    /** Default 20 s. */
    readyMs?: number
  },
): Promise<ManagedProcess> {
  const { entry, args = [], readyUrl, readyMs = 20_000, env, ...rest } = options
  const started = await startManagedProcess({
    ...rest,
    command: process.execPath,
    args: [entry, ...args],
    // Flags of the test runner do not concern it.
    env: { ...(env ?? process.env), NODE_OPTIONS: '' },
  })
  if (readyUrl === undefined) return started
  try {
    await waitFor(async () => !started.running || (await answers(readyUrl)), {
      what: `${rest.name} to answer ${readyUrl}`,
      timeoutMs: readyMs,
    })
    if (!started.running)
      throw new Error(`${rest.name} ended with ${await started.exited} before it was ready`)
    return started
  } catch (error) {
    await started.stop()
    throw new Error(`${(error as Error).message}. It printed:\n${started.logs().slice(-4_000)}`, {
      cause: error,
    })
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  await response.body?.cancel()
  return response.ok
}
