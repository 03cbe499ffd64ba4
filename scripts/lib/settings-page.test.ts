import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from './paths.ts'
import { listSettings, renderSettings, SECRETS } from './settings-page.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const settings = listSettings(readme)
const named = (name: string) => settings.find((one) => one.name === name)

test('every setting says what it means, what it takes and who reads it', () => {
  expect(settings.length).toBeGreaterThan(60)
  expect(settings.filter(({ meaning, readers }) => meaning === '' || readers.length === 0)).toEqual([])
  expect(named('DRAIN_GRACE_MS')).toMatchObject({ takes: 'a whole number, 0 to 295000', fallback: '`30000`' })
  expect(named('PORT')?.fallback).toBe('api `8080`, worker `3001`, scheduler `3002`')
  expect(named('FLY_API_TOKEN')).toMatchObject({ readers: ['worker'], fallback: 'required' })
  expect(named('DATABASE_URL')?.fallback).toBe('required')
  expect(named('FLY_DEFAULT_REGION')?.fallback).toBe('api `iad`, worker required')
  expect(named('HOST')?.fallback).toBe('')
})

test('each secret is marked, and has its place on the page about replacing them', () => {
  const telling = /KEY|SECRET|TOKEN|HEADERS/
  const named = settings.map(({ name }) => name).filter((name) => telling.test(name))
  // Shown to browsers, or how often: nothing that anybody could use.
  const known = [...SECRETS, 'SUPABASE_PUBLISHABLE_KEY', 'RATE_LIMIT_KEY']
  expect(named.filter((name) => !known.includes(name))).toEqual([])
  expect(SECRETS.filter((name) => !settings.some((one) => one.name === name))).toEqual([])
  const page = readFileSync(join(root, 'docs/operate/secrets.md'), 'utf8')
  expect(SECRETS.filter((name) => !page.includes(`\`${name}`))).toEqual([])
})

test('the page has a line for each, once', () => {
  const lines = renderSettings(readme).match(/^\| `[A-Z_]+`/gm) ?? []
  expect(new Set(lines).size).toBe(settings.length)
  expect(lines).toHaveLength(settings.length)
})
