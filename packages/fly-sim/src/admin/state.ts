import type { LocalRunner } from '../local/local-runner.ts'
import { isoTime } from '../machines/view.ts'
import type { Sim } from '../sim.ts'
import { currentSecrets } from '../world/secrets.ts'
import type { App, Machine } from '../world/types.ts'

/** What the stand-in holds, for people and checkers. Names of secrets and their digests, never values. */
export function stateOf(sim: Sim, runner: LocalRunner, onlyApp: string | undefined) {
  const apps = [...sim.world.apps.values()].filter((app) => onlyApp === undefined || app.name === onlyApp)
  return {
    now: isoTime(sim.clock.nowMs()),
    orgs: [...sim.world.orgs.keys()],
    counts: {
      apps: sim.world.apps.size,
      machines: sim.world.machines.size,
      calls: sim.calls.lastSeq,
      faults: sim.faults.size,
    },
    apps: apps.map((app) => view(app, runner)),
  }
}

export function appState(sim: Sim, runner: LocalRunner, name: string) {
  const app = sim.world.apps.get(name)
  if (!app) throw new Error(`no app ${name}`)
  return view(app, runner)
}

function view(app: App, runner: LocalRunner) {
  return {
    name: app.name,
    id: app.id,
    org: app.orgSlug,
    network: app.network,
    deleting: app.deleting,
    created_at: isoTime(app.createdAtMs),
    secrets: Object.values(currentSecrets(app)).map(({ name, digest }) => ({ name, digest })),
    secrets_version: app.secrets?.at(-1)?.version ?? null,
    ips: app.ips.map((ip) => ip.ip),
    volumes: [...(app.volumes?.keys() ?? [])],
    machines: [...app.machines.values()].map((machine) => machineState(machine, runner)),
  }
}

export function machineState(machine: Machine, runner: LocalRunner) {
  return {
    id: machine.id,
    name: machine.name,
    state: machine.state,
    goal: machine.goal,
    region: machine.region,
    instance_id: machine.instanceId,
    image: machine.config.image,
    guest: machine.config.guest,
    env: machine.config.env ?? {},
    metadata: machine.config.metadata ?? {},
    min_secrets_version: machine.minSecretsVersion,
    restart_count: machine.restartCount,
    cordoned: machine.cordoned,
    leased_until: machine.lease ? isoTime(machine.lease.expiresAtMs) : null,
    pid: runner.pidOf(machine),
    port: runner.portOf(machine),
  }
}
