import { type Answer, ApiError, invalidArgument, notFound, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Sim } from '../sim.ts'
import type { Machine } from '../world/types.ts'
import { machineOf } from './lookup.ts'

export const waitRoutes: Route[] = [
  {
    operation: 'machines.wait',
    method: 'GET',
    path: '/v1/apps/:app/machines/:machine/wait',
    family: 'machines',
    handle: wait,
  },
]

const WAITABLE = ['started', 'stopped', 'suspended', 'destroyed', 'failed', 'settled']
/** What `settled` means: nothing is under way. */
const SETTLED = ['started', 'stopped', 'suspended', 'failed', 'destroyed']
const LONGEST_WAIT_SECONDS = 60

type Wish = { states: string[]; version: string | null; fromEventId: string | null }

async function wait(sim: Sim, call: Call): Promise<Answer> {
  const { machine } = machineOf(sim, call)
  const wish = readWish(call)
  const timeoutMs = readTimeoutSeconds(call) * 1_000
  const now = reached(machine, wish)
  if (now) return now
  return new Promise<Answer>((resolve) => {
    const end = (answer: Answer) => {
      unwatch()
      timer.cancel()
      resolve(answer)
    }
    const unwatch = sim.lifecycle.watchers.watch(machine, () => {
      const answer = sim.world.machines.get(machine.id) === machine ? reached(machine, wish) : gone(wish)
      if (answer) end(answer)
    })
    const timer = sim.clock.after(timeoutMs, () => end(tooLate(machine, wish)))
    call.whenOver(() => end({ status: 499 }))
  })
}

function readWish(call: Call): Wish {
  const given = call.query.getAll('state').flatMap((value) => value.split(','))
  const states = given.filter((value) => value !== '')
  const strange = states.find((state) => !WAITABLE.includes(state))
  if (strange !== undefined)
    throw invalidArgument(`invalid state ${strange}, must be one of ${WAITABLE.join(', ')}`)
  const version = call.query.get('version') ?? call.query.get('instance_id')
  return {
    states: states.length === 0 ? ['started'] : states,
    version: version === '' ? null : version,
    fromEventId: call.query.get('from_event_id'),
  }
}

function readTimeoutSeconds(call: Call): number {
  const given = call.query.get('timeout')
  if (given === null || given === '') return LONGEST_WAIT_SECONDS
  // fly-go sends "60s" or a bare number of seconds.
  const seconds = Number(given.replace(/s$/u, ''))
  if (!Number.isFinite(seconds)) throw invalidArgument(`timeout ${given} is not a number of seconds`)
  if (seconds < 1 || seconds > LONGEST_WAIT_SECONDS)
    throw invalidArgument('timeout must be within [1s, 1m0s]')
  return seconds
}

/** The state as this wait sees it: of an older version it is `replaced` for ever. */
const stateFor = (machine: Machine, wish: Wish) =>
  wish.version !== null && wish.version !== machine.instanceId && machine.state !== 'destroyed'
    ? 'replaced'
    : machine.state

function reached(machine: Machine, wish: Wish): Answer | null {
  const state = stateFor(machine, wish)
  const fits = wish.states.includes(state) || (wish.states.includes('settled') && SETTLED.includes(state))
  const passed = fits ? null : passedEvent(machine, wish)
  if (fits || passed !== null) {
    return ok({
      ok: true,
      state: passed ?? state,
      version: machine.instanceId,
      event_id: machine.events[0]?.id ?? '',
    })
  }
  // With auto_destroy, "stopped" may never be seen: what is destroyed answers 404 to any other wish.
  return machine.state === 'destroyed' ? notFound('machine').answer : null
}

/** With from_event_id: a state that was reached after that event counts, even if it has passed. */
function passedEvent(machine: Machine, wish: Wish): string | null {
  if (wish.fromEventId === null) return null
  for (const event of machine.events) {
    if (event.id === wish.fromEventId) return null
    if (wish.states.includes(event.status)) return event.status
  }
  return null
}

const gone = (wish: Wish): Answer =>
  wish.states.includes('destroyed') ? ok({ ok: true, state: 'destroyed' }) : notFound('machine').answer

function tooLate(machine: Machine, wish: Wish): Answer {
  const current = stateFor(machine, wish)
  const text = `deadline_exceeded: machine failed to reach desired state, ${wish.states.join(', ')}, currently ${current}`
  return new ApiError(408, text).answer
}
