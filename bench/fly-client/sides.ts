/** The three that are measured, each making the same calls: two reads, and a change with a body both ways. */
import { createFlyClient } from '@hangar/fly-client'
import flyAdmin from 'fly-admin/dist/client.js'
import { Agent, request } from 'undici'

import { FLY_ORG, FLY_TOKEN } from './settings.ts'

export const SIDES = ['bare', 'fly-client', 'fly-admin'] as const
export type Side = (typeof SIDES)[number]

export const OPERATIONS = ['machines.get', 'apps.get', 'machines.update'] as const
export type OperationName = (typeof OPERATIONS)[number]

export type Operations = Record<OperationName, (app: string, machineId: string) => Promise<unknown>>

/** Of the kind that the engine gives an app. */
export const MACHINE_CONFIG = {
  image: 'registry.fly.io/screener:bench',
  guest: { cpu_kind: 'shared' as const, cpus: 2, memory_mb: 512 },
  env: { USER_ID: '5f4f2c9e-53cf-4b5e-8f4e-0f4b8c1f7b11', RUN_MODE: 'user_dedicated', PORT: '8080' },
  metadata: { hangar_user: '5f4f2c9e-53cf-4b5e-8f4e-0f4b8c1f7b11', hangar_generation: '1' },
}

export const OPERATIONS_OF: Record<Side, (url: string) => Operations> = {
  bare: bareUndici,
  'fly-client': ourClient,
  'fly-admin': flyAdminClient,
}

/**
 * What a program without a client does: undici's `request`, and parse. Nothing is checked but the status. It can
 * be behind: `request` makes a stream of each answer, where fly-client takes the chunks as they come.
 */
function bareUndici(url: string): Operations {
  // The settings of fly-client's own.
  const dispatcher = new Agent({ allowH2: false })
  const headers = { authorization: `Bearer ${FLY_TOKEN}`, 'content-type': 'application/json' }
  const send = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const sent = body === undefined ? null : JSON.stringify(body)
    const answer = await request(`${url}/v1/apps/${path}`, { dispatcher, method, headers, body: sent })
    if (answer.statusCode !== 200) throw new Error(`${method} ${path} answered ${answer.statusCode}`)
    return answer.body.json()
  }
  return {
    'machines.get': (app, machineId) => send('GET', `${app}/machines/${machineId}`),
    'apps.get': (app) => send('GET', app),
    'machines.update': (app, machineId) =>
      send('POST', `${app}/machines/${machineId}`, { config: MACHINE_CONFIG, skip_launch: true }),
  }
}

/** As it comes, with its circuit breaker and its checks of each answer; only Fly's rate limits are off. */
function ourClient(url: string): Operations {
  const fly = createFlyClient({ baseUrl: url, token: FLY_TOKEN, orgSlug: FLY_ORG, rateLimits: false })
  return {
    'machines.get': (app, machineId) => fly.machines.get(app, machineId),
    'apps.get': (app) => fly.apps.get(app),
    'machines.update': (app, machineId) =>
      fly.machines.update(app, machineId, { config: MACHINE_CONFIG, skipLaunch: true }),
  }
}

/** As it comes too: it keeps no limits, and opens a connection for each call. */
function flyAdminClient(url: string): Operations {
  const fly = new flyAdmin.default(FLY_TOKEN, { apiUrl: url })
  return {
    'machines.get': (app_name, machine_id) => fly.Machine.getMachine({ app_name, machine_id }),
    'apps.get': (app_name) => fly.App.getApp(app_name),
    'machines.update': (app_name, machine_id) => {
      const change = { app_name, machine_id, config: MACHINE_CONFIG, skip_launch: true }
      return fly.Machine.updateMachine(change)
    },
  }
}
