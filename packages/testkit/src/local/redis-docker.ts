import { runCommand } from './run-command.ts'

export async function dockerWorks(): Promise<boolean> {
  return (await runCommand('docker', ['info'], { timeoutMs: 20_000 })).ok
}
