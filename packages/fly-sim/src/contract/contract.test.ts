/**
 * What our own code relies on, told as one life of one app, in order; each test builds on those before it. The same
 * file runs against the stand-in (always) and against Fly itself: `npm run test:contract -- --target fly`.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openTarget, type Target } from './target.ts'
import { openApiJudge } from '../testing/openapi.ts'
import { until } from '../testing/until.ts'

type Machine = {
  id: string
  name: string
  state: string
  region: string
  instance_id: string
  config: { env?: object }
  events: { timestamp: number }[]
}

// Fly takes its time: a cold start alone may need half a minute.
const PATIENCE_MS = 180_000
let fly: Target
let app = ''
let machine: Machine

beforeAll(async () => {
  fly = await openTarget()
  app = fly.newName()
}, PATIENCE_MS)
afterAll(() => fly.close(), PATIENCE_MS)

const clause = (name: string, run: () => Promise<void>) => {
  test(name, run, PATIENCE_MS)
}
const at = (rest = '') => `/v1/apps/${app}/machines/${machine.id}${rest}`
const get = async () => (await fly.call('GET', at())).json as Machine

async function reach(state: string, version = ''): Promise<void> {
  await until(
    state,
    async () => {
      const reply = await fly.call(
        'GET',
        at(`/wait?state=${state}&timeout=60${version === '' ? '' : `&version=${version}`}`),
      )
      return reply.status === 200
        ? true
        : reply.status === 408 || reply.status === 404
          ? false
          : Promise.reject(new Error(reply.text))
    },
    PATIENCE_MS,
  )
}

clause('an app is created with 201 and soon readable, with its organisation', async () => {
  expect((await fly.call('POST', '/v1/apps', { name: app, org_slug: fly.org, network: app })).status).toBe(
    201,
  )
  const read = await until('the app', async () => {
    const reply = await fly.call('GET', `/v1/apps/${app}`)
    return reply.status === 200 && reply
  })
  expect(read.json).toMatchObject({ name: app, organization: { slug: fly.org } })
})

clause('its name is taken from then on: 422 name_taken', async () => {
  const again = await fly.call('POST', '/v1/apps', { name: app, org_slug: fly.org })
  expect(again.status).toBe(422)
  expect(again.json).toMatchObject({
    error: expect.stringContaining('already been taken'),
    status: 'name_taken',
  })
})

clause('an invalid name is 422 without name_taken', async () => {
  const reply = await fly.call('POST', '/v1/apps', { name: 'Not_A_Name', org_slug: fly.org })
  expect(reply.status).toBe(422)
  expect((reply.json as { status?: string }).status).not.toBe('name_taken')
})

clause('the list of the organisation shows it with its network', async () => {
  const { apps } = (await fly.call('GET', `/v1/apps?org_slug=${fly.org}`)).json as {
    apps: { name: string; network: string }[]
  }
  expect(apps).toContainEqual(expect.objectContaining({ name: app, network: app }))
})

clause('an app that nobody has is 404, a bad token 401, an unknown path 404 in plain text', async () => {
  expect((await fly.call('GET', `/v1/apps/${fly.newName()}`)).status).toBe(404)
  expect(
    (await fly.call('GET', `/v1/apps/${app}`, undefined, { authorization: 'Bearer nonsense' })).status,
  ).toBe(401)
  const unknown = await fly.call('GET', '/v1/no-such-path')
  expect([unknown.status, unknown.text.trim()]).toEqual([404, '404 page not found'])
})

clause('secrets: a version for each write, digests instead of values', async () => {
  const first = await fly.call('POST', `/v1/apps/${app}/secrets`, {
    values: { ONE: 'first-value', TWO: 'second-value' },
  })
  expect(first.status).toBe(200)
  const second = await fly.call('POST', `/v1/apps/${app}/secrets`, { values: { TWO: null } })
  expect((second.json as { version: number }).version).toBeGreaterThan(
    (first.json as { version: number }).version,
  )
  const listed = await fly.call('GET', `/v1/apps/${app}/secrets`)
  expect(listed.json).toMatchObject({ secrets: [{ name: 'ONE', digest: expect.any(String) }] })
  expect(listed.text).not.toContain('first-value')
})

clause('a machine is created with 200 and reaches started', async () => {
  const reply = await fly.call('POST', `/v1/apps/${app}/machines`, {
    name: 'one',
    region: fly.region,
    config: { ...fly.config, env: { A: '1' } },
  })
  expect(reply.status).toBe(200)
  machine = reply.json as Machine
  expect(machine).toMatchObject({
    name: 'one',
    id: expect.stringMatching(/^[0-9a-f]{14}$/u),
    instance_id: expect.stringMatching(/^[0-9A-Z]{26}$/u),
  })
  await reach('started')
  const { events, state } = await get()
  expect(state).toBe('started')
  expect(events.map(({ timestamp }) => timestamp)).toEqual(
    events.map(({ timestamp }) => timestamp).sort((a, b) => b - a),
  )
})

clause('a second machine of that name is 409 and names the first', async () => {
  const reply = await fly.call('POST', `/v1/apps/${app}/machines`, {
    name: 'one',
    region: fly.region,
    config: fly.config,
  })
  expect(reply.status).toBe(409)
  expect(reply.text).toContain(machine.id)
})

clause('a wait is at most 60 seconds long, and 408 when it fails', async () => {
  expect((await fly.call('GET', at('/wait?state=started&timeout=61'))).status).toBe(400)
  const reply = await fly.call('GET', at('/wait?state=stopped&timeout=1'))
  expect([reply.status, reply.text]).toEqual([408, expect.stringContaining('started')])
})

clause('a lease guards against writes without its nonce', async () => {
  const taken = await fly.call('POST', at('/lease?ttl=60'), { ttl: 60 })
  expect(taken.status).toBe(201)
  const { nonce } = (taken.json as { data: { nonce: string } }).data
  expect((await fly.call('POST', at('/cordon'))).status).toBe(409)
  expect(
    (await fly.call('POST', at('/cordon'), undefined, { 'fly-machine-lease-nonce': nonce })).status,
  ).toBe(200)
  expect(
    (await fly.call('DELETE', at('/lease'), undefined, { 'fly-machine-lease-nonce': nonce })).status,
  ).toBe(200)
  expect((await fly.call('POST', at('/uncordon'))).status).toBe(200)
})

clause('metadata is written and read without a new version', async () => {
  expect((await fly.call('POST', at('/metadata/user'), { value: 'u1' })).status).toBe(204)
  expect((await fly.call('GET', at('/metadata'))).json).toMatchObject({ user: 'u1' })
  expect((await get()).instance_id).toBe(machine.instance_id)
})

clause('the organisation-wide list shows the machine, if late', async () => {
  const row = await until(
    'the machine in the list',
    async () => {
      const { machines } = (await fly.call('GET', `/v1/orgs/${fly.org}/machines?limit=1000`)).json as {
        machines: { id: string; app_name: string }[]
      }
      return machines.find(({ id }) => id === machine.id)
    },
    PATIENCE_MS,
  )
  expect(row.app_name).toBe(app)
})

clause('an update replaces the whole config under a new version; an old current_version is 409', async () => {
  const update = { config: { ...fly.config, env: { B: '2' } }, current_version: machine.instance_id }
  const reply = await fly.call('POST', at(), update)
  expect(reply.status).toBe(200)
  const { instance_id } = reply.json as Machine
  expect(instance_id).not.toBe(machine.instance_id)
  await reach('started', instance_id)
  expect((await get()).config.env).toEqual({ B: '2' })
  expect((await fly.call('POST', at(), update)).status).toBe(409)
})

clause('stop reaches stopped, again is no error; start says what the state was', async () => {
  expect((await fly.call('POST', at('/stop'), { signal: 'SIGTERM', timeout: '5s' })).status).toBe(200)
  await reach('stopped', (await get()).instance_id)
  expect((await fly.call('POST', at('/stop'), {})).status).toBe(200)
  expect((await fly.call('POST', at('/start'))).json).toMatchObject({ previous_state: 'stopped' })
  await reach('started')
})

clause('a stop body that is an array is 400', async () => {
  expect((await fly.call('POST', at('/stop'), [])).status).toBe(400)
})

clause('a forced delete ends in destroyed, which a read shows as destroyed or 404', async () => {
  expect((await fly.call('DELETE', at('?force=true'))).status).toBe(200)
  const reply = await fly.call('GET', at('/wait?state=destroyed&timeout=60'))
  expect([200, 404]).toContain(reply.status)
  await until('destroyed', async () => {
    const read = await fly.call('GET', at())
    return read.status === 404 || (read.json as Machine).state === 'destroyed'
  })
})

clause('the name of a destroyed machine is free; deleting the app takes its machines along', async () => {
  const reply = await until('a free name', async () => {
    const created = await fly.call('POST', `/v1/apps/${app}/machines`, {
      name: 'one',
      region: fly.region,
      config: fly.config,
    })
    return created.status === 200 && created
  })
  machine = reply.json as Machine
  expect((await fly.call('DELETE', `/v1/apps/${app}?force=true`)).status).toBe(202)
  await until(
    'the end of the app',
    async () => (await fly.call('GET', `/v1/apps/${app}`)).status === 404,
    PATIENCE_MS,
  )
  expect((await fly.call('DELETE', `/v1/apps/${app}`)).status).toBe(404)
  expect((await fly.call('GET', at())).status).toBe(404)
})

// Without FLY_OPENAPI_FILE nobody has judged the answers.
const judged = openApiJudge() === null ? test.skip : test

judged("every answer so far fitted Fly's OpenAPI file, as corrected", () => {
  expect(fly.objections).toEqual([])
})
