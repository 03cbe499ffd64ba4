import { expect, test } from '@jest/globals'
import { useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

const sim = useSim()
let next = 0
const freshApp = () => sim.app(`s-${next++}`)

type Written = { version: number; Version: number; secrets: { name: string; digest: string }[] }

test('a write answers names, digests and a version that grows; the value is never shown', async () => {
  const app = await freshApp()
  const first = await sim.must<Written>('POST', `/v1/apps/${app}/secrets`, { values: { A: 'one', B: 'two' } })
  expect(first.secrets.map(({ name }) => name)).toEqual(['A', 'B'])
  expect(first.Version).toBe(first.version)
  const second = await sim.must<Written>('POST', `/v1/apps/${app}/secrets`, { values: { A: 'changed' } })
  expect(second.version).toBeGreaterThan(first.version)
  expect(second.secrets[0]?.digest).not.toBe(first.secrets[0]?.digest)
  expect(second.secrets[1]?.digest).toBe(first.secrets[1]?.digest)
  const shown = await sim.call('GET', `/v1/apps/${app}/secrets?show_secrets=true`)
  expect(shown.text).not.toMatch(/one|two|changed/u)
})

test('null unsets, and unsetting what is not there is no error', async () => {
  const app = await freshApp()
  await sim.must('POST', `/v1/apps/${app}/secrets`, { values: { A: '1', B: '2' } })
  const left = await sim.must<Written>('POST', `/v1/apps/${app}/secrets`, {
    values: { A: null, NEVER: null },
  })
  expect(left.secrets.map(({ name }) => name)).toEqual(['B'])
})

test('one secret: set is 201, get, delete gives a version', async () => {
  const app = await freshApp()
  expect((await sim.call('POST', `/v1/apps/${app}/secrets/ONE`, { value: 'v' })).status).toBe(201)
  expect(await sim.must('GET', `/v1/apps/${app}/secrets/ONE`)).toMatchObject({ name: 'ONE' })
  expect(await sim.must('DELETE', `/v1/apps/${app}/secrets/ONE`)).toMatchObject({
    version: expect.any(Number),
  })
  expect((await sim.call('GET', `/v1/apps/${app}/secrets/ONE`)).status).toBe(404)
})

test.each([
  ['a name with a dash', { values: { 'A-B': 'x' } }],
  ['a number for a value', { values: { A: 5 } }],
  ['no values', {}],
])('%s is 400 and writes nothing', async (_, body) => {
  const app = await freshApp()
  expect((await sim.call('POST', `/v1/apps/${app}/secrets`, body)).status).toBe(400)
  expect(await sim.must('GET', `/v1/apps/${app}/secrets`)).toEqual({ secrets: [] })
})

test('a machine that boots gets the secrets; a running one keeps what it had until it restarts', async () => {
  const app = await freshApp()
  await sim.must('POST', `/v1/apps/${app}/secrets`, { values: { KEY: 'first' } })
  const print = `local:node -e "console.log('KEY', process.env.KEY); setInterval(() => {}, 1000)"`
  const { id } = await sim.startedMachine(app, { image: print })
  await sim.must('POST', `/v1/apps/${app}/secrets`, { values: { KEY: 'second' } })
  expect(await printed(app, 1)).toEqual(['KEY first'])
  await sim.must('POST', `/v1/apps/${app}/machines/${id}/restart?signal=SIGKILL`)
  expect(await printed(app, 2)).toEqual(['KEY first', 'KEY second'])
})

test('late secrets reach a booting machine only where min_secrets_version asks for them', async () => {
  const print = `local:node -e "console.log('KEY', process.env.KEY); setInterval(() => {}, 1000)"`
  await sim.fault({ kind: 'secrets_late' })
  const without = await freshApp()
  await sim.must('POST', `/v1/apps/${without}/secrets`, { values: { KEY: 'new' } })
  await sim.startedMachine(without, { image: print })
  const asking = await freshApp()
  const { version } = await sim.must<Written>('POST', `/v1/apps/${asking}/secrets`, {
    values: { KEY: 'new' },
  })
  await sim.startedMachine(asking, { image: print }, { min_secrets_version: version })
  expect(await printed(without, 1)).toEqual(['KEY undefined'])
  expect(await printed(asking, 1)).toEqual(['KEY new'])
  await sim.admin('DELETE', 'faults')
})

function printed(app: string, lines: number): Promise<string[]> {
  return until(`${lines} lines of ${app}`, async () => {
    const log = await sim.admin<{ lines: { stream: string; line: string }[] }>('GET', `logs/${app}`)
    const found = log.lines.filter(({ stream }) => stream === 'stdout').map(({ line }) => line)
    return found.length >= lines ? found : null
  })
}
