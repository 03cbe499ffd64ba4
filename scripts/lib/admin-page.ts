/**
 * Builds the dashboard (web/admin) into web/admin/dist, which the API serves, and only when something it is made of
 * changed since. A build is written beside the last one and takes its place when it is complete: who is served meanwhile
 * sees one or the other, and of two builds at once the later stays.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { root } from './paths.ts'

const PAGE_FOLDER = join(root, 'web', 'admin')
export const BUILT_PAGE = join(PAGE_FOLDER, 'dist')

/** What the build in this folder was made of. */
const STAMP = '.made-of'
const NOT_SOURCES = new Set(['node_modules', 'dist'])
/** What shrinks; icons and fonts are compressed already. */
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json'])

/** Resolves with how long it took, or null where nothing had changed. Rejects with what the build said. */
export async function buildAdminPage(): Promise<{ ms: number } | null> {
  const madeOf = hashSources()
  if (await isBuiltFrom(madeOf)) return null
  const startedAt = performance.now()
  // Inside the folder: a rename cannot leave its file system.
  const fresh = `${BUILT_PAGE}.${process.pid}.new`
  try {
    await runVite(fresh)
    await compressAll(fresh)
    await writeFile(join(fresh, STAMP), madeOf)
    await replace(BUILT_PAGE, fresh)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return { ms: Math.round(performance.now() - startedAt) }
}

/** For who starts a system to look at: what was built is said, and a build that failed ends nothing but itself. */
export async function buildAndReport(report: (line: string) => void): Promise<void> {
  try {
    const built = await buildAdminPage()
    if (built !== null) report(`${'dashboard, built'.padEnd(24)} ${String(built.ms).padStart(5)} ms`)
  } catch (error) {
    report((error as Error).message)
  }
}

/** The program's own files and the locked libraries that go into it. */
function hashSources(): string {
  const hash = createHash('sha256')
  for (const file of [...listSources(PAGE_FOLDER), join(root, 'pnpm-lock.yaml')]) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

function listSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => !NOT_SOURCES.has(name) && !/^dist\.|\.test\.tsx?$|\.md$/.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? listSources(path) : [path]
    })
}

async function isBuiltFrom(madeOf: string): Promise<boolean> {
  return (await readFile(join(BUILT_PAGE, STAMP), 'utf8').catch(() => '')) === madeOf
}

async function runVite(outDir: string): Promise<void> {
  const program = join(PAGE_FOLDER, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [program, 'build', PAGE_FOLDER, '--outDir', outDir, '--emptyOutDir']
  try {
    // A test runner's flags and mode do not concern it: React would be built for development, and half as large again.
    const env = { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' }
    await promisify(execFile)(process.execPath, args, { env })
  } catch (error) {
    const { stdout, stderr } = error as Error & { stdout: string; stderr: string }
    throw new Error(`The dashboard could not be built:\n${`${stdout}${stderr}`.trim()}`, { cause: error })
  }
}

/** Once here instead of for every visitor: a `.br` and a `.gz` beside each file. */
async function compressAll(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    COMPRESSIBLE.has(extname(name)),
  )
  await Promise.all(
    files.map(async (name) => {
      const path = join(folder, name)
      const content = await readFile(path)
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
      await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params }))
      await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }))
    }),
  )
}

async function replace(folder: string, fresh: string): Promise<void> {
  const last = `${folder}.${process.pid}.old`
  await rename(folder, last).catch(unless('ENOENT'))
  // Another build was quicker: what it put here is as new as ours.
  await rename(fresh, folder).catch(unless('ENOTEMPTY', 'EEXIST'))
  await rm(last, { recursive: true, force: true })
}

const unless =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error
  }
