/**
 * Go from Debian's backports, because a stable Debian's own is too old. apt works with sources, lists and a cache in a
 * folder of their own, so that of the machine's configuration nothing is changed and nothing is left behind but the
 * packages. They lie beside any other Go, and on no path.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '@hangar/testkit/local'

const run = promisify(execFile)

const PACKAGE = 'golang-1.23'
const MIRROR = 'http://deb.debian.org/debian'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
/**
 * A mirror that is away answers `update` with an error in time; the download is 46 MB. Unpacking is on its own, so that
 * what cuts it off half-way is never a slow network.
 */
const TIMEOUTS = { updateMs: 60_000, downloadMs: 300_000, unpackMs: 300_000 }

export type Debian = {
  /** Where apt-get is looked for. */
  path: string
  osRelease: string
  isRoot: boolean
}

export function debianHere(): Debian {
  const file = '/etc/os-release'
  return {
    path: process.env['PATH'] ?? '',
    osRelease: existsSync(file) ? readFileSync(file, 'utf8') : '',
    isRoot: process.getuid?.() === 0,
  }
}

/** Installs it; else returns why not. Whether what was installed is found and runs is for the caller to see. */
export async function installGo(
  machine: Debian,
  say: (line: string) => void,
  timeouts = TIMEOUTS,
): Promise<string | null> {
  const { ID: id, VERSION_CODENAME: codename } = parseOsRelease(machine.osRelease)
  if (id !== 'debian' || codename === undefined) return 'this machine is not a Debian'
  if (!machine.isRoot) return 'only root can install packages'
  const folder = await temporaryFolder('go-apt')
  try {
    say(`Installing ${PACKAGE} from Debian's ${codename}-backports (46 MB)…`)
    await installFrom(codename, new Apt(machine.path, folder), timeouts)
    return null
  } catch (error) {
    return (error as Error).message
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function installFrom(codename: string, apt: Apt, timeouts: typeof TIMEOUTS): Promise<void> {
  const { updateMs, downloadMs, unpackMs } = timeouts
  const suite = `${codename}-backports`
  await apt.useOnly(`${await apt.mirrorOf(codename, updateMs)} ${suite} main`)
  await apt.get(['update'], updateMs)
  const install = ['install', '--yes', '--no-install-recommends', '-t', suite, PACKAGE]
  await apt.get([...install, '--download-only'], downloadMs)
  await apt.get(install, unpackMs)
}

class Apt {
  readonly #path: string
  readonly #folder: string
  #options: string[] = []

  constructor(path: string, folder: string) {
    this.#path = path
    this.#folder = folder
  }

  /** Where the machine gets the release itself from: it may have a mirror of its own. */
  async mirrorOf(codename: string, timeoutMs: number): Promise<string> {
    const format = ['--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)', 'Created-By: Packages']
    const said = await this.get(['indextargets', ...format], timeoutMs)
    const sources = said.split('\n').map((line) => line.split(' '))
    return sources.find(([, suite, part]) => suite === codename && part === 'main')?.[0] ?? MIRROR
  }

  async useOnly(source: string): Promise<void> {
    const at = (name: string) => join(this.#folder, name)
    await mkdir(at('lists/partial'), { recursive: true })
    await mkdir(at('cache/archives/partial'), { recursive: true })
    // apt downloads as a user of its own.
    await chmod(this.#folder, 0o755)
    const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : ''
    await writeFile(at('sources.list'), `deb ${signed}${source}\n`)
    const settings = [
      `Dir::Etc::SourceList=${at('sources.list')}`,
      'Dir::Etc::SourceParts=/dev/null',
      `Dir::State::Lists=${at('lists')}`,
      `Dir::Cache=${at('cache')}`,
      // Else a source that does not answer is only a warning.
      'APT::Update::Error-Mode=any',
      'Acquire::Retries=1',
      'Acquire::http::Timeout=20',
      'DPkg::Lock::Timeout=60',
    ]
    this.#options = settings.flatMap((setting) => ['-o', setting])
  }

  async get(args: string[], timeoutMs: number): Promise<string> {
    const env = { ...process.env, PATH: this.#path, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
    try {
      const asked = { env, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 }
      return (await run('apt-get', [...this.#options, ...args], asked)).stdout
    } catch (error) {
      const { killed, stderr = '', message } = error as Error & { killed?: boolean; stderr?: string }
      const said = stderr.split('\n').find((line) => line.startsWith('E: ')) ?? message.split('\n')[0]
      const why = killed === true ? `took longer than ${timeoutMs / 1_000} s` : `failed: ${said}`
      throw new Error(`apt-get ${args[0]} ${why}`, { cause: error })
    }
  }
}

function parseOsRelease(text: string): Partial<Record<string, string>> {
  const lines = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)]
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value.replaceAll('"', '')]))
}
