import { HangarError } from '@hangar/core'
import { createLogger } from '@hangar/runtime'
import { expect, jest, test } from '@jest/globals'
import express from 'express'
import request from 'supertest'
import { problemHandler } from './problem.ts'
import { requestId } from './request-id.ts'

const log: string[] = []
const logger = createLogger({
  service: 'test',
  level: 'info',
  destination: { write: (line) => void log.push(line) },
})

function failingWith(failure: unknown) {
  const app = express().use(
    requestId,
    () => {
      throw failure
    },
    problemHandler(logger),
  )
  return request(app).get('/')
}

const coded = (code: string) => Object.assign(new Error('no detail of this may leave'), { code })

test.each([
  ['a refused connection', coded('ECONNREFUSED')],
  ['a server that is going down', coded('57P01')],
  ['a transaction that stood still for too long', coded('25P03')],
  ['no more connections', coded('53300')],
  ['a broken connection', new Error('Connection terminated unexpectedly')],
  [
    'a connection that broke before',
    new Error('Client has encountered a connection error and is not queryable'),
  ],
  ['a full pool', new Error('timeout exceeded when trying to connect')],
])('%s of the database: 503', async (_name, failure) => {
  const response = await failingWith(failure)
  expect(response.status).toBe(503)
  expect(response.body).toMatchObject({ code: 'database_unavailable' })
  expect(response.text).not.toContain('no detail')
})

test.each([coded('23505'), new TypeError('x is undefined'), 'a bare string', { nothing: 'known' }])(
  'whatever else is thrown is our fault, and stays between us and the log: %p',
  async (failure) => {
    const response = await failingWith(failure)
    expect(response.status).toBe(500)
    expect(response.body).toMatchObject({ code: 'internal', title: 'Something went wrong on our side.' })
    expect(response.text).not.toMatch(/undefined|bare|known|stack|\.ts/)
    expect(log.at(-1)).toContain(response.headers['x-request-id'])
  },
)

test('a failure in the midst of an answer: the connection is cut, and our log alone has it', async () => {
  const written = jest.spyOn(console, 'error').mockImplementation(() => undefined)
  const app = express().use(
    requestId,
    (_request: express.Request, response: express.Response) => {
      response.write('half of it')
      throw new Error('a detail of ours')
    },
    problemHandler(logger),
  )
  app.set('env', 'production')
  await expect(request(app).get('/')).rejects.toThrow()
  expect(log.at(-1)).toContain('a detail of ours')
  expect(written).not.toHaveBeenCalled()
  written.mockRestore()
})

test.each([
  ['an app that is told to come back in a moment', new HangarError('machine_not_recorded'), 'info'],
  ['a failure of ours', new HangarError('internal'), 'error'],
])('%s: 5xx, logged where it belongs', async (_name, failure, level) => {
  expect((await failingWith(failure)).status).toBeGreaterThanOrEqual(500)
  expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({ level, code: failure.code })
})

test("details reach the caller and can not pass for the document's own fields", async () => {
  const details = { detail: 'tier free', status: 200, code: 'fine' }
  const response = await failingWith(
    new HangarError('entitlement_conflict', { operator: 'for the log', details }),
  )
  expect(response.status).toBe(409)
  expect(response.body).toMatchObject({ detail: 'tier free', status: 409, code: 'entitlement_conflict' })
  expect(response.text).not.toContain('for the log')
})
