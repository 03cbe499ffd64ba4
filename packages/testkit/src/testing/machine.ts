/** A machine as the search for a Redis server sees it: the programs on its path, its home folder, and who we are. */
import { existsSync, readdirSync } from 'node:fs'
import { chmod, chown, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { othersReach, temporaryFolder } from '../local/folders.ts'
import { startProcess, type RedisProgram } from '../local/index.ts'

/** `nobody` wherever there is one. */
const NOBODY = 65_534
const finder = fileURLToPath(new URL('../fixtures/redis-finder.ts', import.meta.url))

/** The search looks there whatever the path says, so a server that is there cannot be hidden. */
export const redisCanBeHidden = !['/usr/local/bin', '/opt/homebrew/bin'].some((folder) =>
  ['redis-server', 'valkey-server'].some((name) => existsSync(join(folder, name))),
)

/** Whether a program can be run without root's rights: we have none, or another user can reach this checkout. */
export const canRunWithoutRoot =
  process.getuid?.() !== 0 || [finder, process.execPath].every((file) => othersReach(dirname(file)))

export type Found = { program?: RedisProgram; message?: string; reports: string[]; pong?: string }

export class Machine {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** With nothing on the path and an empty home folder. */
  static async empty(): Promise<Machine> {
    const machine = new Machine(await temporaryFolder('machine'))
    for (const folder of [machine.bin, machine.home]) {
      await mkdir(folder)
      if (process.getuid?.() === 0) await chown(folder, NOBODY, NOBODY)
    }
    await chmod(machine.#folder, 0o755)
    return machine
  }

  get bin(): string {
    return join(this.#folder, 'bin')
  }

  get home(): string {
    return join(this.#folder, 'home')
  }

  /** Puts a shell script on the path. In it, `$BIN` is the folder it lies in. */
  async addTool(name: string, script: string): Promise<this> {
    const file = join(this.bin, name)
    // Writing to a link of addSystem's would write into the system.
    await rm(file, { force: true })
    await writeFile(file, `#!/bin/sh\nBIN='${this.bin}'\n${script}\n`)
    await chmod(file, 0o755)
    return this
  }

  /** Everything that this machine itself has, but what gives Redis, another's rights or a container. */
  async addSystem(): Promise<this> {
    const hidden = /^(redis|valkey|sudo|docker|brew)/
    const programs = new Map<string, string>()
    for (const folder of ['/sbin', '/bin', '/usr/sbin', '/usr/bin'].filter((one) => existsSync(one)))
      for (const name of readdirSync(folder)) if (!hidden.test(name)) programs.set(name, join(folder, name))
    for (const [name, file] of programs) await symlink(file, join(this.bin, name))
    return this
  }

  /** The search, in a process of its own, without root's rights. */
  async find(
    options: { start?: boolean; env?: Record<string, string> } = {},
  ): Promise<Found & { exitCode: number }> {
    const nobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
    const child = await startProcess({
      name: 'redis-finder',
      entry: finder,
      args: options.start === true ? ['start'] : [],
      env: { PATH: this.bin, HOME: this.home, ...options.env },
      cwd: this.home,
      ...nobody,
    })
    const exitCode = await child.exited
    const last = child.logs().trimEnd().split('\n').at(-1) ?? ''
    if (!last.startsWith('{')) throw new Error(`redis-finder ended with ${exitCode}:\n${child.logs()}`)
    return { exitCode, ...(JSON.parse(last) as Found) }
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
