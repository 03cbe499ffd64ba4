/**
 * The heartbeats of apps that are well. Each would be two statements every 30 s, which for a fleet over hours is nearly
 * all that a simulation did; so they beat in groups, one statement for each. An app beats by itself, as in production,
 * from its boot until it is active, and again once there is something to tell it.
 */
import type { RestingApp } from '../simulation/apps.ts'
import type { Simulation } from '../simulation/simulation.ts'
import { newActor } from '../simulation/virtual-time.ts'

const BEAT_MS = 30_000
/** Spread over the interval, as apps are that were started one after the other. */
const GROUPS = 10

export class Chorus {
  /** Heartbeats that were given, each one of an app. */
  beats = 0
  readonly #groups = Array.from({ length: GROUPS }, () => new Map<string, RestingApp>())
  readonly #actor = newActor('chorus')
  #simulation: Simulation | undefined
  #joined = 0

  readonly join = (app: RestingApp): void => {
    this.#groups[this.#joined++ % GROUPS]?.set(app.appId, app)
  }

  start(simulation: Simulation): void {
    this.#simulation = simulation
    this.#groups.forEach((group, index) => this.#later((BEAT_MS / GROUPS) * index, group))
  }

  #later(afterMs: number, group: Map<string, RestingApp>): void {
    const simulation = this.#simulation
    simulation?.scheduler.after(afterMs, this.#actor, () => {
      this.#beat(simulation, group).catch(simulation.scheduler.onError)
      this.#later(BEAT_MS, group)
    })
  }

  async #beat(simulation: Simulation, group: Map<string, RestingApp>): Promise<void> {
    for (const [id, app] of group) if (!app.runs()) group.delete(id)
    if (group.size === 0) return
    const { scheduler, sqlClock, store } = simulation
    const { rows } = await scheduler.turn(this.#actor, 'sql', `${group.size} apps beat`, () => {
      sqlClock.tell()
      return store.client.query<{ id: string }>(BEAT, [[...group.keys()]])
    })
    this.beats += group.size
    for (const { id } of rows) {
      group.get(id)?.goOn()
      group.delete(id)
    }
  }
}

/** Answers with those who have to be told something. */
const BEAT = `
  with beat as (
    update hangar.app_heartbeats beat set last_heartbeat_at = hangar.now()
    from unnest($1::uuid[]) app (id) where beat.user_fly_app_id = app.id
    returning beat.user_fly_app_id as id)
  select id from beat join public.user_fly_apps app using (id)
  where app.status <> 'active' or app.operation is not null or app.drain_started_at is not null
    or app.teardown_started_at is not null or app.deleted_at is not null`
