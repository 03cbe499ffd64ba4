import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { temporaryFolder } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import express from 'express'
import request from 'supertest'
import { adminPage } from './handler.ts'

const PAGE = '<!doctype html><title>Hangar</title>'
const SCRIPT = 'console.log("hangar")'

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder('admin-page')
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), PAGE)
  await writeFile(join(folder, 'icon.svg'), '<svg/>')
  await writeFile(join(folder, 'assets', 'index-a1.js'), SCRIPT)
  await writeFile(join(folder, 'assets', 'index-a1.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(folder, 'assets', 'index-a1.js.gz'), gzipSync(SCRIPT))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const get = (path: string, accepted = 'identity', from = folder) =>
  request(express().use('/admin', adminPage(from)))
    .get(path)
    .set('accept-encoding', accepted)

test.each(['/admin', '/admin/', '/admin/apps', '/admin/apps/5f1c?sort=-cost', '/admin/a/b/c'])(
  '%s is the page, to be asked for anew each time',
  async (path) => {
    const response = await get(path)
    expect({ status: response.status, text: response.text }).toEqual({ status: 200, text: PAGE })
    expect(response.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    })
    const again = await get(path).set('if-none-match', response.get('etag') ?? '')
    expect(again.status).toBe(304)
  },
)

test('what is named after its content may be kept for ever', async () => {
  const response = await get('/admin/assets/index-a1.js')
  expect(response.text).toBe(SCRIPT)
  expect(response.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  })
})

test.each([
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['identity', undefined],
])('accepted %s: sent as %s', async (accepted, encoding) => {
  const response = await get('/admin/assets/index-a1.js', accepted)
  expect(response.headers['content-encoding']).toBe(encoding)
  expect(response.headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(response.status).toBe(200)
})

test('a file beside the page is itself', async () => {
  const response = await get('/admin/icon.svg')
  expect(response.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' })
})

test.each([
  '/admin/assets/index-old.js',
  '/admin/assets/..%2findex.html',
  '/admin/assets/%2e%2e%2f%2e%2e%2fpackage.json',
])('%s is not there, and the page is not sent for it', async (path) => {
  expect((await get(path)).status).toBe(404)
})

test.each(['/admin/..%2f..%2fpackage.json', '/admin/%2e%2e%2fpackage.json'])(
  '%s leads nowhere else',
  async (path) => {
    expect((await get(path)).text).toBe(PAGE)
  },
)

test('only reading is answered', async () => {
  const app = express().use('/admin', adminPage(folder))
  expect((await request(app).head('/admin')).status).toBe(200)
  expect((await request(app).post('/admin/apps')).status).toBe(404)
})

test('without a build it says how to build', async () => {
  const response = await get('/admin/apps', 'identity', join(folder, 'missing'))
  expect(response.status).toBe(503)
  expect(response.text).toContain('npm run build')
  expect(response.text).not.toMatch(/<script|<style|style=/)
})
