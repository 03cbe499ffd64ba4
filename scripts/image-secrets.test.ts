// Nothing secret gets into an image: what usually holds a secret is left out of the build's context, the Dockerfile takes
// none as an argument or variable, and no file of the repository looks as if it held one.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean)

/** As Docker reads a line of .dockerignore; a folder that is left out takes along what is in it. */
function patternOf(line: string): RegExp {
  const text = line
    .replaceAll(/[.+^$()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '(?:.*/)?')
  return new RegExp(`^${text}(?:/.*)?$`)
}

const ignored = read('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map(patternOf)
const isLeftOut = (path: string) => ignored.some((pattern) => pattern.test(path))

test('what usually holds secrets is no part of the build, wherever it lies', () => {
  const names = [
    '.env',
    '.env.production',
    'roles.env',
    'hangar-roles.env',
    'hangar-roles.old',
    '.npmrc',
    '.pgpass',
    '.netrc',
    'tls.pem',
    'tls.key',
    'backup.dump',
  ]
  const places = ['', 'services/api/', 'deploy/fly/', 'web/admin/src/']
  const paths = places.flatMap((place) => names.map((name) => `${place}${name}`))
  expect([...paths, '.git/config'].filter((path) => !isLeftOut(path))).toEqual([])
  // Else the pattern that leaves everything out would pass.
  const needed = [
    'services/api/src/main.ts',
    'pnpm-lock.yaml',
    'db/migrations/checksums.txt',
    'cli/package.json',
  ]
  expect(needed.filter(isLeftOut)).toEqual([])
})

test('what `hangar install --roles` writes is not committed by mistake', () => {
  const paths = ['.env', 'hangar-roles.env', 'deploy/roles.env', 'deploy/hangar-roles.old', '.env.example']
  const left = execFileSync('git', ['check-ignore', '--no-index', ...paths], { cwd: root, encoding: 'utf8' })
  expect(left.trim().split('\n')).toEqual(paths.filter((path) => path !== '.env.example'))
})

test('the image is built without a secret: no argument, no variable that could hold one', () => {
  const dockerfile = read('Dockerfile')
  const set = [...dockerfile.matchAll(/^(?:ARG|ENV)\s+(.+)$/gm)].flatMap(([, rest = '']) => rest.split(/\s+/))
  const names = set.map((one) => one.split('=')[0])
  expect(names.toSorted()).toEqual(['NODE_ENV', 'PORT'])
  expect(dockerfile).not.toMatch(/--mount=type=secret|--secret/)
})

/** Real ones; a placeholder such as `sb_secret_…` or a short one made up for a test is not. */
const SHAPES = [
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}/,
  /\bfm[12][a-z]?_[A-Za-z0-9+/=]{60,}/,
  /\bfo1_[\w-]{40,}/,
  /\bsb_secret_[A-Za-z0-9]{22}_[A-Za-z0-9]{8}\b/,
  /\beyJ[\w-]{30,}\.eyJ[\w-]{30,}\.[\w-]{40,}/,
  /\bAKIA[A-Z0-9]{16}\b/,
]

test('no file of the repository looks as if it held a secret', () => {
  const texts = tracked.filter((path) => !/\.(png|svg|ico|woff2?)$/.test(path) && path !== 'pnpm-lock.yaml')
  expect(texts.length).toBeGreaterThan(500)
  const found = texts.flatMap((path) => {
    const text = read(path)
    return SHAPES.filter((shape) => shape.test(text)).map((shape) => `${path}: ${shape.source}`)
  })
  expect(found).toEqual([])
  expect(tracked.filter((path) => /(^|\/)\.env(\.|$)/.test(path))).toEqual(['.env.example'])
})
