import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The stand-in's end of the watchdog (see watchdog-main.ts). Started with the first local process. */
export class Watchdog {
  #process: ChildProcess | null = null

  add(processGroup: number): void {
    this.#write(`+${processGroup}\n`)
  }

  remove(processGroup: number): void {
    this.#write(`-${processGroup}\n`)
  }

  /** Ends the watchdog; it kills what is still on its list. Resolves when it is gone. */
  async stop(): Promise<void> {
    const running = this.#process
    this.#process = null
    if (running?.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.stdin?.end()
    await gone
  }

  #write(line: string): void {
    this.#process ??= start()
    this.#process.stdin?.write(line)
  }
}

function start(): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./watchdog-main.ts', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: a Ctrl-C in the terminal reaches the stand-in's group only.
    detached: true,
    env: {},
  })
  child.stdin.on('error', () => {})
  child.unref()
  return child
}
