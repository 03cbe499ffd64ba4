import { expect, test } from '@jest/globals'
import flyAdmin from 'fly-admin/dist/client.js'
import { StateEnum } from 'fly-admin/dist/lib/types.js'
import { useSim } from './testing/harness.ts'

const sim = useSim({ delays: 'brisk' })
// The package's own createClient() takes no address; the class behind it does.
const client = () => new flyAdmin.default(sim.running.token, { apiUrl: sim.running.url })

test('supabase/fly-admin creates, waits for, changes, stops and destroys a machine', async () => {
  const fly = client()
  const app = { app_name: 'fly-admin-app' }
  await fly.App.createApp({ ...app, org_slug: sim.running.org })
  expect(await fly.App.getApp(app.app_name)).toMatchObject({
    name: app.app_name,
    organization: { slug: sim.running.org },
  })
  expect((await fly.App.listApps(sim.running.org)).total_apps).toBe(1)

  const created = await fly.Machine.createMachine({
    ...app,
    name: 'one',
    region: 'iad',
    config: { image: 'registry.example/app:1', env: { A: '1' } },
  })
  const machine_id = created.id
  const one = { ...app, machine_id }
  const reached = (state: StateEnum) => fly.Machine.waitMachine({ ...one, state, timeout: '30s' })
  await reached(StateEnum.Started)
  expect((await fly.Machine.listMachines(app.app_name)).map((machine) => machine.id)).toEqual([machine_id])

  await fly.Machine.updateMachine({ ...one, config: { image: 'registry.example/app:2' } })
  await reached(StateEnum.Started)
  expect((await fly.Machine.getMachine(one)).config).toMatchObject({ image: 'registry.example/app:2' })
  expect(await fly.Machine.listVersions(one)).toHaveLength(2)
  expect((await fly.Machine.listEvents(one)).length).toBeGreaterThan(3)

  await fly.Machine.stopMachine({ ...one, timeout: '5s' })
  await fly.Machine.waitMachine({
    ...one,
    instance_id: (await fly.Machine.getMachine(one)).instance_id,
    state: StateEnum.Stopped,
  })
  await fly.Machine.startMachine(one)
  await reached(StateEnum.Started)
  await expect(fly.Machine.getLease(one)).rejects.toThrow('404')
  await fly.Machine.deleteMachine({ ...one, force: true })
  await reached(StateEnum.Destroyed)
  await fly.App.deleteApp(app.app_name)
})

test('supabase/fly-admin sees errors as status and body', async () => {
  const fly = client()
  await fly.App.createApp({ app_name: 'twice', org_slug: sim.running.org })
  await expect(fly.App.createApp({ app_name: 'twice', org_slug: sim.running.org })).rejects.toThrow(
    '422: {"error":"Validation failed: Name has already been taken","status":"name_taken"}',
  )
})
