/** A runbook that names what is not there costs the time that it should save: each page is held against the code. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useTestDatabase } from '@hangar/testkit'
import { runSql } from '@hangar/testkit/local'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { createContext } from '../cli/src/context.ts'
import { createProgram } from '../cli/src/program.ts'
import { ALERT_KINDS, BRAKE_NAMES, FORCED_ACTIONS } from '../packages/core/src/index.ts'
import { configSchema as apiSchema } from '../services/api/src/config.ts'
import { routes } from '../services/api/src/routes/index.ts'
import { configSchema as schedulerSchema } from '../services/scheduler/src/config.ts'
import { configSchema as workerSchema } from '../services/worker/src/config.ts'
import { root } from './lib/paths.ts'

const database = useTestDatabase()
const folder = join(root, 'docs/runbooks')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const pages = readdirSync(folder).filter((name) => name !== 'README.md')
const rules = parse(readFileSync(join(root, 'deploy/prometheus/rules.yml'), 'utf8')) as {
  groups: { rules: { alert: string; annotations: { runbook: string } }[] }[]
}
const ruleNames = rules.groups
  .flatMap((group) => group.rules)
  // Points at the pages of the kinds.
  .filter(({ annotations }) => !annotations.runbook.includes('{{'))
  .map(({ alert }) => alert)
const settings = new Set(
  [apiSchema, workerSchema, schedulerSchema].flatMap((schema) => Object.keys(schema.shape)),
)

test('there is a page for every kind of alert and every rule, none for what is gone, and all are in the index', () => {
  const wanted = [...Object.keys(ALERT_KINDS), ...ruleNames].map((name) => `${name}.md`).toSorted()
  expect(pages.toSorted()).toEqual(wanted)
  const listed = [...read('README.md').matchAll(/^- \[(\w+)\]\((\w+\.md)\)$/gm)]
  expect(listed.map(([, , file]) => file).toSorted()).toEqual(wanted)
  for (const [, name, file] of listed) expect(file).toBe(`${name}.md`)
})

describe.each(pages)('%s', (page) => {
  const text = read(page)

  test('says what it means, what users notice, how to look, what to do and when it is over', () => {
    const [title] = text.split('\n')
    expect(title).toBe(`# ${page.replace('.md', '')}`)
    expect(text).toMatch(
      /\*\*What it means\.\*\* .+\*\*What users notice\.\*\* .+\n## Look\n.+\n## Do\n.+\n## When it is over\n\n\S/s,
    )
    expect(text.split('\n').length).toBeLessThan(50)
  })

  test('names endpoints, settings and actions that are there', () => {
    const calls = [...text.matchAll(/\b(GET|POST|PATCH|DELETE) (\/[^\s`?]+)/g)]
    const unknown = calls.filter(([, method = '', path = '']) => !isRoute(method, path)).map(([call]) => call)
    expect(unknown).toEqual([])
    const names = [...text.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g)].map(([, name = '']) => name)
    expect(names.filter((name) => !settings.has(name))).toEqual([])
  })

  test('names commands of hangar that are there, whole', async () => {
    for (const [, line = ''] of text.matchAll(/`hangar ([^`]+)`/g)) await readCommand(line)
  })

  test('asks the database what it can answer', async () => {
    const statements = [...text.matchAll(/```sql\n(.*?)```/gs)]
      .flatMap(([, sql = '']) => sql.split(';'))
      .filter((statement) => statement.trim() !== '')
    for (const statement of statements) await runSql(database.url, `explain ${statement}`)
  })
})

test('the pages about brakes and force tell of each of them', () => {
  expect(BRAKE_NAMES.filter((name) => !read('brake_engaged.md').includes(`\`${name}\``))).toEqual([])
  const all = pages.map(read).join('\n')
  expect(FORCED_ACTIONS.filter((action) => !all.includes(`\`${action}\``))).toEqual([])
})

test('so do the pages for operators', async () => {
  const operate = join(root, 'docs/operate')
  const texts = readdirSync(operate).map((name) => readFileSync(join(operate, name), 'utf8'))
  const lines = [read('README.md'), ...texts].flatMap((text) => [...text.matchAll(/`hangar ([^`]+)`/g)])
  expect(lines.length).toBeGreaterThan(0)
  for (const [, line = ''] of lines) await readCommand(line)
})

/** What a page leaves to the reader, as some value of its kind. */
const EXAMPLES: Readonly<Record<string, string>> = {
  '<id>': '7',
  'brakes <name>': 'operator',
  'sweep <name>': 'health',
}

/** Rejects where the program would refuse the line before it does anything. */
async function readCommand(line: string): Promise<void> {
  const [group = ''] = line.split(' ')
  const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
  const args = words.map((word) => EXAMPLES[word] ?? EXAMPLES[`${group} ${word}`] ?? word)
  const silent = { isTTY: false, columns: 80, write: () => true }
  const { signal } = new AbortController()
  const context = createContext({ stdout: silent, stderr: silent, stdin: process.stdin, signal, env: {} })
  const program = createProgram(context)
  doNothing(program)
  await program.parseAsync(args, { from: 'user' })
}

function doNothing(command: ReturnType<typeof createProgram>): void {
  if (command.commands.length === 0) command.action(() => {})
  for (const sub of command.commands) doNothing(sub)
}

function isRoute(method: string, path: string): boolean {
  return routes.some((route) => {
    const pattern = route.path.replaceAll(/:\w+/g, '[^/]+')
    return route.method.toUpperCase() === method && new RegExp(`^${pattern}$`).test(path)
  })
}
