/** Where what we install comes from, judged by the files that decide it. Each answer is a list of what is wrong. */
/** A week, in minutes: by then most releases that were taken over by somebody have been found out. */
const LEAST_RELEASE_AGE = 10_080

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

export type Lockfile = {
  importers: Record<string, Partial<Record<(typeof KINDS)[number], Record<string, { specifier: string }>>>>
  packages: Record<string, { resolution: Record<string, unknown> }>
}

export type Workspace = {
  catalog: Record<string, string>
  minimumReleaseAge?: number
  strictDepBuilds?: boolean
  blockExoticSubdeps?: boolean
}

/** Every package comes from the registry under a checksum, and none by a range that may mean another one tomorrow. */
export function faultsOfLockfile({ importers, packages }: Lockfile): string[] {
  const unsure = Object.entries(packages)
    .filter(([, { resolution }]) => !isFromRegistry(resolution))
    .map(([name]) => `${name} is not from the registry under a checksum`)
  const loose = Object.entries(importers).flatMap(([folder, lists]) =>
    KINDS.flatMap((kind) => Object.entries(lists[kind] ?? {}))
      .filter(([, { specifier }]) => !isExact(specifier))
      .map(([name, { specifier }]) => `${folder} wants ${name} as ${specifier}`),
  )
  return [...unsure, ...loose]
}

/** The rules under which an entry may come into the lockfile. */
export function faultsOfWorkspace({ catalog, ...rules }: Workspace): string[] {
  const loose = Object.entries(catalog)
    .filter(([, version]) => !isExact(version))
    .map(([name, version]) => `the catalog wants ${name} as ${version}`)
  return [
    ...loose,
    ...((rules.minimumReleaseAge ?? 0) < LEAST_RELEASE_AGE ? ['minimumReleaseAge is less than a week'] : []),
    ...(rules.strictDepBuilds === true ? [] : ['strictDepBuilds is off: a build script may run unasked']),
    ...(rules.blockExoticSubdeps === true
      ? []
      : ['blockExoticSubdeps is off: packages may come from anywhere']),
  ]
}

/** Every install that a file describes takes the lockfile as it is. */
export function faultsOfInstalls(name: string, text: string): string[] {
  // A command goes on over a line that ends in a backslash.
  const commands = text.replaceAll(/\\\n\s*/g, ' ').split('\n')
  return commands
    .filter((line) => /\b(npm|pnpm|yarn|packageManager\S*)\s+(ci|install|i|add)\b/.test(line))
    .filter((line) => !line.includes('--frozen-lockfile'))
    .map((line) => `${name} installs without the lockfile: ${line.trim()}`)
}

function isFromRegistry(resolution: Record<string, unknown>): boolean {
  const { integrity, ...elsewhere } = resolution
  return typeof integrity === 'string' && /^sha512-/.test(integrity) && Object.keys(elsewhere).length === 0
}

const isExact = (specifier: string) => /^(catalog:|workspace:\*$|\d+\.\d+\.\d+(-[\w.]+)?$)/.test(specifier)
