import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import type { Sim } from '../sim.ts'
import type { Machine } from '../world/types.ts'
import { isLocal, type LocalRunner } from './local-runner.ts'

export const APP_PREFIX = '/_app/'

/**
 * `/_app/<app>/<path>` is the app's own address: it goes to the process of the app's oldest started machine, or of the
 * one that the header fly-force-instance-id names. Headers, body and status pass through as they are.
 */
export class AppProxy {
  readonly #sim: Sim
  readonly #runner: LocalRunner

  constructor(sim: Sim, runner: LocalRunner) {
    this.#sim = sim
    this.#runner = runner
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string, search: string): void {
    const [app = '', ...rest] = path.slice(APP_PREFIX.length).split('/')
    const machine = this.#choose(app, request.headers['fly-force-instance-id'])
    const port = machine ? this.#runner.portOf(machine) : null
    if (!machine || port === null) {
      refuse(response, 503, `no started machine of app ${app} takes requests`)
      return
    }
    const onward = httpRequest({
      host: '127.0.0.1',
      port,
      method: request.method,
      path: `/${rest.join('/')}${search}`,
      headers: { ...request.headers, 'fly-region': machine.region, 'x-forwarded-proto': 'https' },
      agent: false,
    })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    onward.on('error', (error) =>
      response.headersSent ? response.destroy() : refuse(response, 502, error.message),
    )
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }

  #choose(app: string, instance: string | string[] | undefined): Machine | null {
    const machines = [...(this.#sim.world.apps.get(app)?.machines.values() ?? [])]
    const open = machines.filter(
      (machine) => isLocal(machine) && this.#runner.portOf(machine) !== null && !machine.cordoned,
    )
    return open.find((machine) => instance === undefined || machine.id === instance) ?? null
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify({ error: text }))
}
