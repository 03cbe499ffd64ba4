import { execFile } from 'node:child_process'

export type CommandResult = { ok: boolean; stdout: string; stderr: string }

/** Runs a program to its end. A program that is not there is an answer like any other: not ok. */
export function runCommand(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        cwd: options.cwd,
        env: options.env ?? process.env,
        timeout: options.timeoutMs ?? 300_000,
        maxBuffer: 32 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        resolve({ ok: error === null, stdout, stderr: stderr === '' ? (error?.message ?? '') : stderr })
      },
    )
  })
}

/** The same, where not ok is an error that carries the program's last line. */
export async function mustRun(...call: Parameters<typeof runCommand>): Promise<string> {
  const result = await runCommand(...call)
  if (result.ok) return result.stdout
  const lastLine = result.stderr.trim().split('\n').at(-1) ?? ''
  throw new Error(`${call[0]} ${call[1][0] ?? ''}: ${lastLine}`)
}
