/**
 * The packages of others that Hangar runs with: what the services and the CLI load, and what is built into the dashboard.
 * Found as Node finds them, from each workspace package through node_modules, so nothing of development is among them.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './paths.ts'

/** Each allows use in a closed product without more than its text beside it. Anything else needs a person's decision. */
export const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
] as const

/** Whose dependencies go to production, and what of Hangar has them. */
const ROOTS: Readonly<Record<string, string>> = {
  'services/api': 'services',
  'services/worker': 'services',
  'services/scheduler': 'services',
  cli: 'CLI',
  'web/admin': 'dashboard',
}

export type UsedPackage = {
  name: string
  version: string
  /** As the package says it (SPDX); null: it does not. */
  licence: string | null
  usedBy: string[]
  /** A binary for one platform, of which another machine installs another. */
  isPlatformBinary: boolean
}

type Manifest = {
  name: string
  version: string
  license?: string | { type?: string }
  licenses?: { type?: string }[]
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  os?: string[]
  cpu?: string[]
}

/** By name and version, whatever the machine's order of folders. */
export function listUsedPackages(): UsedPackage[] {
  const found = new Map<string, UsedPackage>()
  for (const [folder, usedBy] of Object.entries(ROOTS)) {
    if (existsSync(join(root, folder, 'package.json'))) visit(join(root, folder), usedBy, found, new Set())
  }
  return [...found.values()].toSorted((one, other) => keyOf(one).localeCompare(keyOf(other), 'en'))
}

/** Whether one of the ways to have it is allowed: `(MIT OR GPL-3.0)` is, `MIT AND GPL-3.0` is not. */
export function isAllowed(licence: string | null): boolean {
  if (licence === null) return false
  const text = licence.replace(/^\((.*)\)$/, '$1')
  const known = (one: string) => (ALLOWED as readonly string[]).includes(one.trim())
  if (text.includes(' OR ')) return text.split(' OR ').some(known)
  return text.split(' AND ').every(known)
}

const keyOf = ({ name, version }: { name: string; version: string }) => `${name}@${version}`

function visit(folder: string, usedBy: string, found: Map<string, UsedPackage>, seen: Set<string>): void {
  if (seen.has(folder)) return
  seen.add(folder)
  const manifest = readManifest(folder)
  if (!isOurs(manifest.name)) note(manifest, usedBy, found)
  const { dependencies, optionalDependencies } = manifest
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const next = resolvePackage(name, folder)
    if (next !== null) visit(next, usedBy, found, seen)
    else if (optionalDependencies?.[name] === undefined)
      throw new Error(`${name}, on which ${manifest.name} depends, is not installed`)
  }
}

function note(manifest: Manifest, usedBy: string, found: Map<string, UsedPackage>): void {
  const known = found.get(keyOf(manifest))
  if (known) {
    if (!known.usedBy.includes(usedBy)) known.usedBy.push(usedBy)
    return
  }
  const { name, version, os, cpu } = manifest
  const isPlatformBinary = os !== undefined || cpu !== undefined
  found.set(keyOf(manifest), {
    name,
    version,
    licence: licenceOf(manifest),
    usedBy: [usedBy],
    isPlatformBinary,
  })
}

function licenceOf({ license, licenses }: Manifest): string | null {
  if (typeof license === 'string') return license
  return license?.type ?? licenses?.[0]?.type ?? null
}

const isOurs = (name: string) => name.startsWith('@hangar/')

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Node's own way up through the folders, without `exports`, which often hide package.json. */
function resolvePackage(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (folder === dirname(folder)) return null
  }
}
