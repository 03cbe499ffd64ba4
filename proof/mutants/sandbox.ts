/**
 * A copy of the repository in which files may be broken: the tracked and the new files, and the installed libraries by
 * reference. Our own packages are linked to their copies, so that a broken package is what the tests import.
 */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../../scripts/lib/paths.ts'
import type { Mutant } from './mutants.ts'

/** Where pnpm keeps links: the root and each workspace folder. */
const OURS = '@hangar'

export type Sandbox = {
  readonly folder: string
  /** Breaks the rule, runs, and mends it again. */
  broken<T>(mutant: Mutant, run: () => Promise<T>): Promise<T>
  remove(): void
}

export class StaleMutantError extends Error {
  override readonly name = 'StaleMutantError'
}

export function createSandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'hangar-mutants-'))
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', listed, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  linkLibraries('.', folder)
  for (const group of ['packages', 'services'])
    for (const name of readdirSync(join(folder, group))) linkLibraries(join(group, name), folder)
  for (const name of ['bench', 'proof']) linkLibraries(name, folder)
  return {
    folder,
    async broken(mutant, run) {
      const path = join(folder, mutant.file)
      const whole = readFileSync(path, 'utf8')
      writeFileSync(path, breakRule(whole, mutant))
      try {
        return await run()
      } finally {
        writeFileSync(path, whole)
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Throws StaleMutantError when the code that it breaks is not there, or there twice: a mutant must never be a no-op. */
function breakRule(text: string, { name, file, find, replace }: Mutant): string {
  const parts = text.split(find)
  if (parts.length !== 2)
    throw new StaleMutantError(
      `${name}: the code to break occurs ${parts.length - 1} times in ${file}, not once`,
    )
  return parts.join(replace)
}

/** Third-party packages stay where they are; links to ours are relative and so lead to the copies. */
function linkLibraries(workspace: string, folder: string): void {
  const from = join(root, workspace, 'node_modules')
  const to = join(folder, workspace, 'node_modules')
  if (!existsSync(from)) return
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    // Jest's cache would be shared by runs of different code.
    if (entry.name === '.cache') continue
    if (entry.name !== OURS) symlinkSync(join(from, entry.name), join(to, entry.name))
    else {
      mkdirSync(join(to, OURS))
      for (const name of readdirSync(join(from, OURS)))
        symlinkSync(readlinkSync(join(from, OURS, name)), join(to, OURS, name))
    }
  }
}
