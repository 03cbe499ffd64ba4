// Documentation that names what is not there is worse than none: every relative link, every path of this
// repository and every npm script that a page names has to exist.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { listDocCommands, treatmentOf } from './lib/doc-commands.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replaceAll(' ', '-')
}

function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
}

/** Targets of `[text](target)` and `![text](target)` that point into the repository. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** Paths written out from the root; one that goes on with a placeholder (`<name>`, `*`, `{`) names no file. */
function pathsIn(text: string): string[] {
  const pattern =
    /(?<![\w./-])(?:packages|services|db|docs|scripts|bench|proof|deploy)\/[\w.@/-]*\w(?!\w|\/?[<*{…])/g
  return [...text.matchAll(pattern)].map(([path]) => path)
}

describe.each(pages)('$path', ({ path, text }) => {
  test('links to what is there', () => {
    const broken = linksIn(text).filter((target) => {
      const [file = '', anchor] = target.split('#')
      const absolute = file === '' ? join(root, path) : join(root, dirname(path), file)
      if (!existsSync(absolute)) return true
      if (anchor === undefined || statSync(absolute).isDirectory()) return false
      return !anchorsIn(readFileSync(absolute, 'utf8')).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test('names paths and npm scripts that exist', () => {
    expect(pathsIn(text).filter((name) => !existsSync(join(root, name)))).toEqual([])
    const npmScripts = [...text.matchAll(/npm run (?:--silent )?(\w[\w:-]*)/g)].map(([, name = '']) => name)
    expect(npmScripts.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
  })
})

test('the pages that a newcomer follows are there', () => {
  const found = pages.map((page) => page.path)
  expect(found).toEqual(
    expect.arrayContaining(['README.md', 'CONTRIBUTING.md', join('docs', 'architecture.md')]),
  )
  expect(pages.some((page) => pathsIn(page.text).length > 0 && linksIn(page.text).length > 0)).toBe(true)
})

test('every decision is a numbered page with a status, linked from the list', () => {
  const folder = join(root, 'docs', 'decisions')
  const decisions = readdirSync(folder).filter((name) => /^\d{4}-/.test(name))
  const list = readFileSync(join(folder, 'README.md'), 'utf8')
  expect(decisions.length).toBeGreaterThan(0)
  for (const name of decisions) {
    const text = readFileSync(join(folder, name), 'utf8')
    expect(text).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. .+\\n\\nStatus: `))
    expect(list).toContain(`(${relative(folder, join(folder, name))})`)
  }
})

test('every direct dependency has its line, and no line outlives its dependency', () => {
  const manifests = [
    'package.json',
    ...['packages', 'services', 'web'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')),
    ),
    join('cli', 'package.json'),
    join('bench', 'package.json'),
    join('proof', 'package.json'),
  ].filter((path) => existsSync(join(root, path)))
  const direct = new Set(
    manifests.flatMap((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<
        string,
        Record<string, string> | undefined
      >
      return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
        Object.keys(manifest[kind] ?? {}),
      )
    }),
  )
  const text = readFileSync(join(root, 'docs/decisions/dependencies.md'), 'utf8')
  // A line may list sisters: "- a, b: what for".
  const listed = [...text.matchAll(/^- ([^:]+):/gm)].flatMap(([, names = '']) =>
    names.replaceAll('`', '').split(', '),
  )
  expect(listed.toSorted()).toEqual([...direct].filter((name) => !name.startsWith('@hangar/')).toSorted())
})

// scripts/docs-commands.full.test.ts runs them.
test('every command that a page shows is run by a test, or says why not and by whom', () => {
  const commands = listDocCommands()
  expect(commands.length).toBeGreaterThan(10)
  expect(commands.filter(({ command }) => treatmentOf(command) === null)).toEqual([])
  const elsewhere = commands.flatMap(({ command }) => {
    const treatment = treatmentOf(command)
    return treatment?.kind === 'not_run' && treatment.by !== null ? [treatment.by] : []
  })
  expect(elsewhere.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
