import { expect, test } from '@jest/globals'
import { NOT_MODELLED } from './api/not-modelled.ts'
import { ROUTES } from './api/routes.ts'
import { CORRECTIONS, openApiJudge } from './testing/openapi.ts'
import { useSim } from './testing/harness.ts'

// Without FLY_OPENAPI_FILE there is no judge, and these tests are skipped.
const judge = openApiJudge()
const judged = judge === null ? test.skip : test
const sim = useSim()

/** Parameter names differ, their places do not. */
const shape = (path: string) => path.replace(/\{[^}]+\}|:[a-z]+/gu, '{}')
const inFile = Object.entries(judge?.file.paths ?? {}).flatMap(([path, operations]) =>
  Object.keys(operations).flatMap((method) =>
    method === 'parameters' ? [] : [`${method.toUpperCase()} ${shape(path)}`],
  ),
)

judged("every call of Fly's OpenAPI file is served, or refused with 501 and listed as not modelled", () => {
  const served = ROUTES.map((route) => `${route.method} ${shape(route.path)}`)
  expect(served.sort()).toEqual([...inFile].sort())
})

judged('the judge itself finds a wrong type, an unknown field and an undeclared status', () => {
  const said = (status: number, body: unknown) =>
    judge?.judgeResponse('GET', '/v1/apps/a/machines/1/wait', status, body)
  expect(said(200, { ok: true, state: 'started' })).toBeNull()
  expect(said(200, { ok: 'yes' })).toContain('must be boolean')
  expect(said(200, { invented: 1 })).toContain('additional properties')
  expect(said(201, {})).toContain('may not answer 201')
  expect(said(408, { reason: 'x' })).toContain('additional properties')
  expect(judge?.judgeRequest('POST', '/v1/apps', { org: 1 })).toContain('additional properties')
})

judged('every correction of the file still changes something', () => {
  for (const correction of CORRECTIONS) {
    const untouched = openApiJudge({ without: correction })
    expect(JSON.stringify(untouched?.file)).not.toBe(JSON.stringify(judge?.file))
  }
})

test('a call that is not modelled is 501 and says so', async () => {
  const [method, path] = NOT_MODELLED[0] ?? ['GET', '']
  const reply = await sim.call(method, path.replace(/:[a-z]+/gu, 'x'))
  expect(reply.status).toBe(501)
  expect(reply.text).toContain('fly-sim does not model this call')
})
