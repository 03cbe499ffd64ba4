import { type Answer, failedPrecondition, invalidArgument, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Sim } from '../sim.ts'
import { livingMachineOf, machineOf } from './lookup.ts'

const ONE = '/v1/apps/:app/machines/:machine'

export const inspectRoutes: Route[] = [
  { operation: 'machines.events', method: 'GET', path: `${ONE}/events`, family: 'machines', handle: events },
  {
    operation: 'machines.versions',
    method: 'GET',
    path: `${ONE}/versions`,
    family: 'machines',
    handle: versions,
  },
  { operation: 'machines.ps', method: 'GET', path: `${ONE}/ps`, family: 'machines', handle: processes },
  {
    operation: 'machines.exec',
    method: 'POST',
    path: `${ONE}/exec`,
    family: 'machines',
    leased: true,
    handle: execute,
  },
]

const DEFAULT_EVENTS = 20
const MOST_EVENTS = 50

function events(sim: Sim, call: Call): Answer {
  const { machine } = machineOf(sim, call)
  const limit = Number(call.query.get('limit') ?? DEFAULT_EVENTS)
  if (!Number.isInteger(limit) || limit < 1) throw invalidArgument('limit is not valid')
  return ok(machine.events.slice(0, Math.min(limit, MOST_EVENTS)))
}

function versions(sim: Sim, call: Call): Answer {
  const { machine } = machineOf(sim, call)
  return ok(machine.versions.map(({ version, config }) => ({ version, user_config: config })))
}

function processes(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  if (machine.state !== 'started')
    throw failedPrecondition(`machine not running, current state: '${machine.state}'`)
  const process = sim.lifecycle.runner(machine).process(machine)
  return ok([
    {
      command: process.command,
      pid: process.pid,
      cpu: 0,
      rss: 0,
      rtime: 0,
      stime: 0,
      directory: '/',
      listen_sockets: process.port === null ? [] : [{ address: `127.0.0.1:${process.port}`, proto: 'tcp' }],
    },
  ])
}

const DEFAULT_TIMEOUT_SECONDS = 60

/** 200 even when the command failed: the exit code says so. */
async function execute(sim: Sim, call: Call): Promise<Answer> {
  const { machine } = livingMachineOf(sim, call)
  const body = call.body('main.machineExecRequest')
  const command = body.strings('command') ?? body.string('cmd')?.split(' ') ?? []
  if (command.length === 0) throw invalidArgument('command is required')
  if (machine.state !== 'started')
    throw failedPrecondition(`machine not running, current state: '${machine.state}'`)
  const timeoutMs = (body.integer('timeout') ?? DEFAULT_TIMEOUT_SECONDS) * 1_000
  return ok(
    await sim.lifecycle
      .runner(machine)
      .exec(machine, { command, stdin: body.string('stdin') ?? '', timeoutMs }),
  )
}
