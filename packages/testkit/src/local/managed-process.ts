/**
 * A child process that cannot be lost: it leads a process group of its own (a Ctrl-C at the terminal reaches
 * only us, so that we can stop things in order), logs to a file, and is on the watchdog's list until it ended.
 *
 * States: running → (stop or kill, or by itself) → exited → cleaned up, once, whichever way it ended.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { temporaryFolder } from './folders.ts'
import { watch } from './watchdog.ts'

export type ManagedProcess = {
  readonly name: string
  readonly pid: number
  /** The exit code, or as in a shell 128 plus the signal's number. Resolves after the clean-up. */
  readonly exited: Promise<number>
  readonly running: boolean
  readonly logFile: string
  /** Everything it printed so far; after the end, what it had printed. */
  logs(): string
  /** One signal to the process itself, as an operating system would send it. */
  kill(signal?: NodeJS.Signals): void
  /** Asks with the stop signal, kills the whole group after `stopMs`, and waits for the end. Safe to repeat. */
  stop(): Promise<number>
}

export type ManagedProcessOptions = {
  name: string
  command: string
  args: string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  uid?: number
  gid?: number
  argv0?: string
  /** How to ask it to stop. Default SIGTERM. */
  stopSignal?: NodeJS.Signals
  /** How long it may take before the group is killed. Default 10 s. */
  stopMs?: number
  /** Where its output goes. Default: a temporary file that goes away with it. */
  logFile?: string
  /** Temporary folders that go away with it. */
  folders?: string[]
  dockerContainer?: string
}

export async function startManagedProcess(options: ManagedProcessOptions): Promise<ManagedProcess> {
  const folders = [...(options.folders ?? [])]
  let logFile = options.logFile
  if (logFile === undefined) {
    const folder = await temporaryFolder('log')
    folders.push(folder)
    logFile = join(folder, `${options.name}.log`)
  }
  const child = spawnDetached(options, logFile)
  if (child.pid === undefined) throw await startError(child, options)
  const pid = child.pid
  const release = watch({
    process: { pid, signal: options.stopSignal ?? 'SIGTERM' },
    folders,
    ...(options.dockerContainer === undefined ? {} : { dockerContainer: options.dockerContainer }),
  })

  let finalLogs: string | undefined
  const logs = () => finalLogs ?? readFileSync(logFile, 'utf8')
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      killGroup(pid)
      finalLogs = logs()
      release()
      void Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))).then(() =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      )
    })
  })
  const running = () => child.exitCode === null && child.signalCode === null
  return {
    name: options.name,
    pid,
    exited,
    logFile,
    logs,
    get running() {
      return running()
    },
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    stop: async () => {
      if (running()) child.kill(options.stopSignal ?? 'SIGTERM')
      const timer = setTimeout(() => killGroup(pid), options.stopMs ?? 10_000)
      try {
        return await exited
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function spawnDetached(options: ManagedProcessOptions, logFile: string) {
  const log = openSync(logFile, 'a')
  try {
    return spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      uid: options.uid,
      gid: options.gid,
      argv0: options.argv0,
      detached: true,
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

function startError(child: ReturnType<typeof spawnDetached>, options: ManagedProcessOptions): Promise<Error> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(
        new Error(`Cannot start ${options.name} (${options.command}): ${error.message}`, { cause: error }),
      )
    })
  })
}

/** Reaches what the process itself had started and left behind. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in the group.
  }
}
