import type { App, Machine, Org, Token } from './types.ts'

/** All state of the stand-in, as plain data: organisations, tokens, apps and, in each app, its machines. */
export class World {
  readonly orgs = new Map<string, Org>()
  readonly tokens = new Map<string, Token>()
  readonly apps = new Map<string, App>()
  /** Machines by id, over all apps: machine ids are one namespace. */
  readonly machines = new Map<string, Machine>()
  /** Names of apps that are gone and still taken, with the moment they become free. */
  readonly heldNames = new Map<string, number>()
  /** Names of all apps that are gone. */
  readonly formerNames = new Set<string>()
  nextNumericId = 1
  nextSecretsVersion = 1

  addOrg(slug: string): Org {
    const known = this.orgs.get(slug)
    if (known) return known
    const org = { slug, name: slug, numericId: this.nextNumericId++ }
    this.orgs.set(slug, org)
    return org
  }

  addToken(token: Token): void {
    this.tokens.set(token.value, token)
  }

  addMachine(app: App, machine: Machine): void {
    app.machines.set(machine.id, machine)
    this.machines.set(machine.id, machine)
  }

  removeMachine(machine: Machine): void {
    this.machines.delete(machine.id)
    this.apps.get(machine.appName)?.machines.delete(machine.id)
  }

  /** The app is gone, and with it everything in it. */
  removeApp(app: App, nameFreeAtMs: number | null): void {
    for (const id of app.machines.keys()) this.machines.delete(id)
    this.apps.delete(app.name)
    this.formerNames.add(app.name)
    if (nameFreeAtMs !== null) this.heldNames.set(app.name, nameFreeAtMs)
  }

  nameIsTaken(name: string, nowMs: number): boolean {
    if (this.apps.has(name)) return true
    const freeAtMs = this.heldNames.get(name)
    if (freeAtMs === undefined) return false
    if (freeAtMs > nowMs) return true
    this.heldNames.delete(name)
    return false
  }

  appsOf(orgSlug: string): App[] {
    return [...this.apps.values()].filter((app) => app.orgSlug === orgSlug)
  }

  *machinesOf(orgSlug: string): Iterable<Machine> {
    for (const app of this.apps.values()) if (app.orgSlug === orgSlug) yield* app.machines.values()
  }

  /** Organisations and tokens stay: they are how the stand-in was set up, not what happened to it. */
  clear(): void {
    this.apps.clear()
    this.machines.clear()
    this.heldNames.clear()
    this.formerNames.clear()
  }

  /** Plain JSON; restore() of the same text gives the same world. Holds secret values: treat the dump as a secret. */
  dump(): WorldDump {
    return {
      orgs: [...this.orgs.values()],
      tokens: [...this.tokens.values()],
      heldNames: [...this.heldNames],
      formerNames: [...this.formerNames],
      nextNumericId: this.nextNumericId,
      nextSecretsVersion: this.nextSecretsVersion,
      apps: [...this.apps.values()].map((app) => ({
        ...app,
        machines: [...app.machines.values()],
        volumes: app.volumes && [...app.volumes.values()],
      })),
    }
  }

  restore(dump: WorldDump): void {
    this.clear()
    this.orgs.clear()
    this.tokens.clear()
    for (const org of dump.orgs) this.orgs.set(org.slug, org)
    for (const token of dump.tokens) this.tokens.set(token.value, token)
    for (const [name, freeAtMs] of dump.heldNames) this.heldNames.set(name, freeAtMs)
    for (const name of dump.formerNames) this.formerNames.add(name)
    this.nextNumericId = dump.nextNumericId
    this.nextSecretsVersion = dump.nextSecretsVersion
    for (const { machines, volumes, ...rest } of dump.apps) {
      const app: App = {
        ...rest,
        machines: new Map(),
        volumes: volumes && new Map(volumes.map((volume) => [volume.id, volume])),
      }
      this.apps.set(app.name, app)
      for (const machine of machines) this.addMachine(app, machine)
    }
  }
}

export type WorldDump = {
  orgs: Org[]
  tokens: Token[]
  heldNames: [string, number][]
  formerNames: string[]
  nextNumericId: number
  nextSecretsVersion: number
  apps: (Omit<App, 'machines' | 'volumes'> & {
    machines: Machine[]
    volumes: (App['volumes'] extends Map<string, infer V> | null ? V : never)[] | null
  })[]
}
