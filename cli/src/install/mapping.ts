/** Which mapping an installation is by, and what it changes. Without --mapping the one that is installed stays. */
import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  DEFAULT_HOST_MAPPING,
  findHostMapping,
  HOST_PARTS,
  type Database,
  type HostMapping,
} from '@hangar/db'
import { CliError, EXIT } from '../exit.ts'

export type Chosen = {
  mapping: HostMapping
  /** Whose it is, as "mapping.json". */
  from: string
}

/** `db`: where there is one, which need not have anything of Hangar. */
export async function chooseMapping(db: Database | undefined, file: string | undefined): Promise<Chosen> {
  if (file !== undefined) return { mapping: await readMapping(file), from: file }
  const installed = db === undefined ? null : await findInstalledMapping(db)
  return installed
    ? { mapping: installed, from: 'the mapping that is installed' }
    : { mapping: DEFAULT_HOST_MAPPING, from: 'the names of db/baseline' }
}

/** Null too where nothing was ever migrated. */
export async function findInstalledMapping(db: Database): Promise<HostMapping | null> {
  return findHostMapping(db).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === '42P01') return null
    throw error
  })
}

/** As "by mapping.json, which changes users, adds webhook". */
export function wordsForChange({ mapping, from }: Chosen, before: HostMapping | null): string {
  if (before === null) return `by ${from}`
  const parts = [...HOST_PARTS, 'webhook'] as const
  const changed = parts.filter((part) => !isDeepStrictEqual(before[part], mapping[part]))
  const said = [
    ['changes', changed.filter((part) => before[part] && mapping[part])],
    ['adds', changed.filter((part) => !before[part])],
    ['takes away', changed.filter((part) => !mapping[part])],
  ] as const
  const words = said.filter(([, of]) => of.length > 0).map(([verb, of]) => `${verb} ${of.join(', ')}`)
  return `by ${from}, which ${words.length > 0 ? words.join(' and ') : 'changes nothing'}`
}

async function readMapping(file: string): Promise<HostMapping> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(EXIT.noInput, `${file} cannot be read.`, { cause: error })
  })
  try {
    const found: unknown = JSON.parse(text)
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as HostMapping
  } catch {
    // Said below.
  }
  throw new CliError(EXIT.dataError, `${file} is no JSON object.`)
}
