/**
 * Reload on change, for development. States: idle → (a file changes) → settling (an editor writes several) →
 * restarting what the file belongs to, one after the other → idle, or settling again when more changed meanwhile.
 */
import { existsSync, readdirSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/paths.ts'
import type { ServiceName } from './programs.ts'

const SETTLE_MS = 150
const ALL: readonly ServiceName[] = ['api', 'worker', 'scheduler']

export type Effect =
  | { kind: 'restart'; services: readonly ServiceName[] }
  | { kind: 'migrate' }
  | { kind: 'build' }
  /** The stand-in holds the apps in memory: a reload would lose them behind Hangar's back. */
  | { kind: 'by_hand'; what: string }
  | { kind: 'none' }

/** What a change of `path` (from the root of the repository) means for what is running. */
export function effectOf(path: string): Effect {
  if (/(\.test\.tsx?|\.md|~|\.sw\w)$|\/(testing|fixtures)\//.test(path)) return { kind: 'none' }
  if (/^db\/migrations\/.*\.sql$/.test(path)) return { kind: 'migrate' }
  if (path.startsWith('web/admin/')) return { kind: 'build' }
  if (!/\.m?ts$/.test(path)) return { kind: 'none' }
  const [, kind, name] = /^(services|packages)\/([\w-]+)\//.exec(path) ?? []
  if (kind === 'services') return { kind: 'restart', services: ALL.filter((service) => service === name) }
  if (name === 'fly-client') return { kind: 'restart', services: ['worker'] }
  if (name === 'fly-sim' || name === 'screener') return { kind: 'by_hand', what: name }
  if (name === 'testkit' || name === undefined) return { kind: 'none' }
  return { kind: 'restart', services: ALL }
}

export type ReloadActions = {
  restart(service: ServiceName): Promise<void>
  migrate(): Promise<void>
  /** Builds the dashboard anew. */
  build(): Promise<void>
  report(line: string): void
}

/** Watches the sources until `close`, which waits for a restart under way. */
export function watchSources(actions: ReloadActions): { close(): Promise<void> } {
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()
  const onChange = (path: string) => {
    if (effectOf(path).kind === 'none') return
    changed.add(path)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const paths = [...changed]
      changed.clear()
      working = working.then(() => apply(paths, actions))
    }, SETTLE_MS)
  }
  const watchers = sourceFolders().map((folder) => watchFolder(folder, onChange))
  return {
    close: async () => {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
      await working
    },
  }
}

function sourceFolders(): string[] {
  const sources = ['packages', 'services'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/src`),
  )
  return ['db/migrations', 'web/admin/src', 'web/admin/public', ...sources].filter((folder) =>
    existsSync(join(root, folder)),
  )
}

function watchFolder(folder: string, onChange: (path: string) => void): FSWatcher {
  return watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (file !== null) onChange(`${folder}/${file}`)
  })
}

async function apply(paths: readonly string[], actions: ReloadActions): Promise<void> {
  const effects = paths.map(effectOf)
  for (const effect of effects) {
    if (effect.kind === 'by_hand')
      actions.report(`${effect.what} changed: start npm run dev again to load it.`)
  }
  try {
    const migrates = effects.some(({ kind }) => kind === 'migrate')
    if (migrates) await actions.migrate()
    if (effects.some(({ kind }) => kind === 'build')) await actions.build()
    const named = new Set(effects.flatMap((effect) => (effect.kind === 'restart' ? effect.services : [])))
    for (const service of ALL.filter((name) => migrates || named.has(name))) {
      const startedAt = performance.now()
      await actions.restart(service)
      actions.report(`${service} reloaded in ${Math.round(performance.now() - startedAt)} ms`)
    }
  } catch (error) {
    // Half a thought saved is the normal case here: say it, and wait for the next change.
    actions.report(error instanceof Error ? error.message : String(error))
  }
}
