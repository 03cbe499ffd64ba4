/**
 * Where the Redis server comes from, way by way. The package managers are stand-ins here that leave a file behind and
 * say what they were asked; that a downloaded server really runs is seen in redis-unpack.full.test.ts.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { canRunWithoutRoot, Machine, redisCanBeHidden } from '../testing/machine.ts'

const SERVER = `/bin/ln -s /bin/true "$BIN/redis-server"`
const NOTHING_WORKS = 'echo "E: nothing works here" >&2; exit 100'

let machine: Machine
beforeEach(async () => {
  machine = await Machine.empty()
})
afterEach(() => machine.remove())

const asked = (name: string) => readFileSync(join(machine.bin, name), 'utf8')

if (!redisCanBeHidden)
  test.skip('SKIPPED: a Redis in /usr/local/bin or /opt/homebrew/bin is always found', () => {})
if (!canRunWithoutRoot) test.skip('SKIPPED: only root can read this checkout', () => {})

const suite = redisCanBeHidden && canRunWithoutRoot ? describe : describe.skip

suite('where Redis comes from', () => {
  test('the path: redis-server first, then valkey-server, and nothing is said or asked', async () => {
    await machine.addTool('apt-get', `echo "$*" > "$BIN/asked"`)
    await machine.addTool('valkey-server', 'exit 0')
    const valkey = { kind: 'binary', path: join(machine.bin, 'valkey-server') }
    expect(await machine.find()).toEqual({ exitCode: 0, program: valkey, reports: [] })
    await machine.addTool('redis-server', 'exit 0')
    const redis = { kind: 'binary', path: join(machine.bin, 'redis-server') }
    expect(await machine.find()).toEqual({ exitCode: 0, program: redis, reports: [] })
    expect(() => asked('asked')).toThrow('ENOENT')
  })

  test('apt-get, through a sudo that asks for no password', async () => {
    await machine.addTool('apt-get', 'exit 0')
    await machine.addTool('sudo', `[ "$*" = "-n true" ] || { echo "$*" > "$BIN/asked"; ${SERVER}; }`)
    expect(await machine.find()).toEqual({
      exitCode: 0,
      program: { kind: 'binary', path: join(machine.bin, 'redis-server') },
      reports: ['Installing redis-server through apt-get…'],
    })
    expect(asked('asked')).toMatch(/^-n sh -c\s[^]*apt-get [^]*install --yes/)
  })

  test('brew', async () => {
    await machine.addTool('brew', `[ "$1" = --version ] || { echo "$*" > "$BIN/asked"; ${SERVER}; }`)
    expect(await machine.find()).toEqual({
      exitCode: 0,
      program: { kind: 'binary', path: join(machine.bin, 'redis-server') },
      reports: ['Installing redis through brew…'],
    })
    expect(asked('asked')).toBe('install redis\n')
  })

  test('Docker, after everything else', async () => {
    await machine.addTool('docker', '[ "$1" = info ]')
    await machine.addTool('apt-get', `[ "$1" = --version ] || { ${NOTHING_WORKS}; }`)
    await machine.addTool('sudo', 'exit 1')
    const found = await machine.find()
    expect(found).toMatchObject({ exitCode: 0, program: { kind: 'docker' }, reports: [] })
  })

  test('nowhere: 69, and one sentence with the command', async () => {
    expect(await machine.find()).toEqual({
      exitCode: 69,
      reports: [],
      message: expect.stringMatching(/^Redis is missing and could not be fetched\. Run '\S.*' or [^\n]+\.$/),
    })
  })

  test('nowhere, although much was tried: each failure is named, in the same one sentence', async () => {
    for (const name of ['apt-get', 'dpkg', 'apt-cache', 'brew'])
      await machine.addTool(name, `[ "$1" = --version ] || { ${NOTHING_WORKS}; }`)
    await machine.addTool('sudo', `[ "$*" = "-n true" ] || { ${NOTHING_WORKS}; }`)
    await machine.addTool('docker', 'exit 1')
    const { exitCode, message } = await machine.find()
    expect(exitCode).toBe(69)
    for (const way of ['apt-get install', 'brew install', 'apt-get download'])
      expect(message).toMatch(new RegExp(`${way}: [^;)]+`))
    expect(message).toMatch(/Run '[^']+'/)
    expect(message).not.toContain('\n')
  })
})
