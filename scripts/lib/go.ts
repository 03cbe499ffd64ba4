/**
 * Go, where this machine has it: for the module in sdk/go, its reference screener, and nothing that Hangar itself
 * needs. Without it everything still works, and says what it left out.
 */
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SCREENER_IMAGE } from '../stack/programs.ts'
import { findGo, type GoSearch } from './go-program.ts'
import { root } from './paths.ts'

const run = promisify(execFile)

export const SDK = join(root, 'sdk/go')
export const SCREENER = join(root, 'sdk/go/cmd/screener')
/** The first build compiles the standard library and fetches one module. */
const BUILD_TIMEOUT_MS = 180_000

type GoOptions = { cwd: string; timeoutMs: number; env?: Record<string, string> }

let search: Promise<GoSearch> | undefined

function goHere(): Promise<GoSearch> {
  return (search ??= findGo())
}

/** Runs `go …`; one build at a time, because whoever calls is not alone on the machine. */
export async function runGo(args: string[], options: GoOptions): Promise<string> {
  const found = await goHere()
  if ('why' in found) throw new Error(found.why)
  const { file } = found.go
  const own = { GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false -p=1', GOWORK: 'off' }
  // What Go starts is to find this very Go.
  const path = [dirname(file), process.env['PATH'] ?? ''].join(delimiter)
  try {
    const { stdout, stderr } = await run(file, args, {
      cwd: options.cwd,
      timeout: options.timeoutMs,
      env: { ...process.env, PATH: path, ...own, ...options.env },
      maxBuffer: 64 * 1024 * 1024,
    })
    return `${stdout}${stderr}`
  } catch (error) {
    const { killed, stdout, stderr } = error as { killed?: boolean; stdout?: string; stderr?: string }
    const said = `${stdout ?? ''}${stderr ?? ''}`.trim()
    const reason = killed === true ? `took longer than ${options.timeoutMs} ms` : 'failed'
    throw new Error(`go ${args.join(' ')} ${reason}: ${said || String(error)}`, { cause: error })
  }
}

/** What is in the way of using Go here; null where nothing is. */
export async function whyNoGo(): Promise<string | null> {
  const found = await goHere()
  return 'go' in found ? null : `${found.why}; 'npm run setup-go' installs it`
}

/** What is in the way of building the reference screener; null where nothing is. A mistake in it is not. */
export async function whyNoScreener(): Promise<string | null> {
  const why = await whyNoGo()
  if (why !== null) return why
  const fetching = runGo(['mod', 'download'], { cwd: SCREENER, timeoutMs: 60_000 })
  return fetching.then(
    () => null,
    () => 'the one module that it needs is not here and cannot be fetched',
  )
}

/** Builds the reference screener and returns its file. */
export async function buildGoScreener(): Promise<string> {
  const folder = join(root, '.cache', 'go-screener')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'screener')
  // Without cgo: what it is linked with then does not depend on a C compiler.
  const env = { CGO_ENABLED: '0' }
  await runGo(['build', '-mod=readonly', '-o', file, '.'], {
    cwd: SCREENER,
    timeoutMs: BUILD_TIMEOUT_MS,
    env,
  })
  return file
}

/** The image for the stand-in that runs a program with these arguments, which are quoted for a shell. */
export function localImage(file: string, ...args: string[]): string {
  const quoted = [file, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  return `local:${quoted.join(' ')}`
}

/** The users' app for a demo: the Go screener where it can be had, the Node one else; says which, and why. */
export async function chooseScreener(say: (line: string) => void): Promise<string> {
  const why = await whyNoScreener()
  if (why !== null) {
    say(`${why}: the users' apps are the Node screener.`)
    return SCREENER_IMAGE
  }
  try {
    const image = localImage(await buildGoScreener())
    say("The users' apps are the Go screener, sdk/go/cmd/screener.")
    return image
  } catch (error) {
    say((error as Error).message.split('\n')[0] ?? '')
    say("The Go screener cannot be built here: the users' apps are the Node screener.")
    return SCREENER_IMAGE
  }
}
