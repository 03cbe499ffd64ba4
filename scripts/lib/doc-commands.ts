/**
 * The commands that the documentation shows (fenced as `sh`), and what becomes of each in the tests: it runs as it stands on
 * a whole Hangar, before its services start or when all else was run, or says who runs it and why it is not run there.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.ts'

export type DocCommand = { page: string; command: string }

export type Treatment =
  | { kind: 'run'; undo?: string }
  /** On the product's database, in the order of the page: nothing of Hangar's is there yet. */
  | { kind: 'install' }
  /** When everything else was run: nothing works after it. */
  | { kind: 'uninstall' }
  /** `by`: the file that runs it, or the like of it; null: nothing here can. */
  | { kind: 'not_run'; why: string; by: string | null }

/** The first that fits. What fits none fails a test: a new command is declared here. */
const TREATMENTS: readonly [RegExp, Treatment][] = [
  [/^npm run migrate$/, { kind: 'run' }],
  [/^curl .*\$HANGAR_PUBLIC_URL/, { kind: 'run' }],
  [/^hangar install --uninstall /, { kind: 'uninstall' }],
  [/^hangar install --mapping mapping\.json /, { kind: 'install' }],
  [/^hangar doctor$/, { kind: 'run' }],
  [/^hangar apps provision ada@example\.com .*--dry-run$/, { kind: 'run' }],
  [/^hangar migrate-users --all --dry-run$/, { kind: 'run' }],
  [
    /^hangar brakes engage restored --direct --reason '[^']+'$/,
    { kind: 'run', undo: "hangar brakes release restored --reason 'it was a test'" },
  ],
  [/^echo /, { kind: 'run' }],
  [/^npm run demo$/, { kind: 'not_run', why: 'it takes a minute', by: 'scripts/programs.full.test.ts' }],
  [/^npm test$/, { kind: 'not_run', why: 'it is what runs this', by: '.ci/run' }],
  [
    /^npm run restore-drill$/,
    { kind: 'not_run', why: 'it takes minutes', by: 'scripts/restore-drill.full.test.ts' },
  ],
  [/^npm run verify/, { kind: 'not_run', why: 'it takes a minute', by: '.ci/run' }],
  [
    /^npm run migrate -- --host /,
    { kind: 'not_run', why: 'its file is yours', by: 'scripts/migrate.test.ts' },
  ],
  [
    /^npm run fly-sim -- /,
    { kind: 'not_run', why: 'it runs until it is stopped', by: 'packages/fly-sim/src/main.test.ts' },
  ],
  [
    /^curl .*\/_sim\/faults/,
    { kind: 'not_run', why: 'its port is that of your stand-in', by: 'packages/fly-sim/src/faults.test.ts' },
  ],
  [
    /^npm install @hangar\/fly-client$/,
    { kind: 'not_run', why: 'it is not published', by: 'packages/fly-client/src/pack.full.test.ts' },
  ],
  [
    /^go mod edit /,
    {
      kind: 'not_run',
      why: 'it changes your module',
      by: 'services/api/src/routes/shim/go-shim-page.test.ts',
    },
  ],
  [/^(flyctl|fly) /, { kind: 'not_run', why: 'it needs an account at Fly', by: null }],
  [
    /^(docker|docker compose|cp \.env\.example)\b/,
    { kind: 'not_run', why: 'it needs Docker', by: 'scripts/compose.test.ts' },
  ],
  [/^openssl rand /, { kind: 'not_run', why: 'it makes a secret and nothing else', by: null }],
  [/^export [A-Z_]+=/, { kind: 'not_run', why: 'its value is yours', by: null }],
  [/^psql /, { kind: 'not_run', why: 'it needs psql and your project', by: null }],
  [/^(git clone|cd) /, { kind: 'not_run', why: 'it is how you came here', by: null }],
]

export function treatmentOf(command: string): Treatment | null {
  return TREATMENTS.find(([pattern]) => pattern.test(command))?.[1] ?? null
}

/** One for each command of each page; continued lines are one, comments none. */
export function listDocCommands(): DocCommand[] {
  return pages().flatMap((page) => {
    const blocks = readFileSync(join(root, page), 'utf8').matchAll(
      /^ *```(?:sh|bash|shell)\n([\s\S]*?)^ *```$/gm,
    )
    return [...blocks].flatMap(([, text = '']) => commandsIn(text).map((command) => ({ page, command })))
  })
}

function pages(): string[] {
  const within = (folder: string, recursive: boolean) =>
    readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name))
  const packages = readdirSync(join(root, 'packages')).flatMap((name) =>
    within(join('packages', name), false),
  )
  return [...within('.', false), ...within('docs', true), ...packages]
}

function commandsIn(text: string): string[] {
  const whole = text
    // What goes on after a backslash, and what is quoted over lines, is one command. In this order: between two lines with
    // quotes, the end of one would pass for the beginning of a quotation.
    .replaceAll(/\\\n\s*/g, '')
    .replaceAll(/'[^'\n]*\n[^']*'/g, (quoted) => quoted.replaceAll(/\s*\n\s*/g, ' '))
  return whole
    .split('\n')
    .map((line) =>
      line
        .replace(/(^|\s)#\s.*$/, '')
        .replace(/^\s*(\$ )?/, '')
        .trim(),
    )
    .filter((line) => line !== '')
    .map((line) => line.replace(/^(?:[A-Z_]+=(?:'[^']*'|\S*) )+/, ''))
}
