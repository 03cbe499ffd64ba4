import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Writable } from 'node:stream'
import type { Timer } from '../clock.ts'
import type { Exit } from '../world/types.ts'
import { GATED, killGroup } from './gate.ts'
import { lineReader } from './log-store.ts'

/** What a program needs from around it. */
export type ProgramHost = {
  after: (delayMs: number, run: () => void) => Timer
  /** Told before the program's first instruction runs, so that no moment exists in which it could be left behind. */
  began: (processGroup: number) => void
  ended: (processGroup: number, exit: Exit) => void
  line: (stream: 'stdout' | 'stderr', line: string) => void
}

/**
 * One run of a local process.
 *
 *   held (see gate.ts) ─▶ running ─▶ ended
 */
export class Program {
  readonly #child: ChildProcess
  readonly #host: ProgramHost
  readonly processGroup: number
  /** Resolves when the program has ended. */
  readonly over: Promise<void>
  #markOver: () => void = () => {}
  #stopAsked = false
  #killTimer: Timer | null = null

  constructor(command: string, options: { env: Record<string, string>; cwd: string }, host: ProgramHost) {
    this.#host = host
    this.over = new Promise((resolve) => (this.#markOver = resolve))
    this.#child = spawn('/bin/sh', ['-c', `${GATED} exec ${command}`], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
      ...options,
    })
    this.processGroup = this.#child.pid ?? -1
    this.#forward('stdout')
    this.#forward('stderr')
    this.#child.once('error', (error) =>
      this.#end({
        exitCode: 127,
        signal: null,
        oomKilled: false,
        requestedStop: this.#stopAsked,
        error: error.message,
      }),
    )
    this.#child.once('exit', (code, signal) => this.#onExit(code, signal))
    host.began(this.processGroup)
    const gate = this.#child.stdio[3] as Writable | null
    gate?.on('error', () => {})
    gate?.end('go\n')
  }

  get pid(): number {
    return this.processGroup
  }

  stop(signal: string, timeoutMs: number): void {
    this.#stopAsked = true
    this.#killTimer?.cancel()
    if (signal === 'SIGKILL') {
      this.killAll()
      return
    }
    // A paused program could not even hear the signal.
    this.signal('SIGCONT')
    this.signal(signal)
    this.#killTimer = this.#host.after(timeoutMs, () => this.killAll())
  }

  /** To the program itself, as Fly's init does; its own children are its business. */
  signal(signal: string): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(signal as NodeJS.Signals)
  }

  /** The machine is switched off: everything in it ends. */
  killAll(): void {
    killGroup(this.processGroup)
  }

  #forward(stream: 'stdout' | 'stderr'): void {
    const lines = lineReader((line) => this.#host.line(stream, line))
    this.#child[stream]?.setEncoding('utf8')
    this.#child[stream]?.on('data', (chunk: string) => lines.push(chunk))
    this.#child[stream]?.on('end', () => lines.end())
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.killAll()
    const signalNumber = signal === null ? 0 : constants.signals[signal]
    this.#end({
      exitCode: code ?? 128 + signalNumber,
      signal,
      oomKilled: false,
      requestedStop: this.#stopAsked,
    })
  }

  #end(exit: Exit): void {
    this.#killTimer?.cancel()
    this.#markOver()
    this.#host.ended(this.processGroup, exit)
  }
}
