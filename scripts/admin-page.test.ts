import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { BUILT_PAGE, buildAdminPage } from './lib/admin-page.ts'

test('the dashboard is built for production, also by a test runner', async () => {
  expect(process.env['NODE_ENV']).toBe('test')
  await buildAdminPage()
  const scripts = readdirSync(join(BUILT_PAGE, 'assets')).filter((name) => name.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(5)
  const forDevelopment = scripts.filter((name) =>
    readFileSync(join(BUILT_PAGE, 'assets', name), 'utf8').includes('jsxDEV'),
  )
  expect(forDevelopment).toEqual([])
}, 60_000)
