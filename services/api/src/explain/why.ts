/** Why a user's app is as it is, and what comes next, in plain words for an operator. */
import {
  BRAKE_NAMES,
  BRAKES,
  type Entitlement,
  foresee,
  type Guest,
  heldReason,
  sameGuest,
  type World,
} from '@hangar/core'
import type { AppRow, WantRow, WorkRow } from '@hangar/db'

export const WHY_CODES = [
  'as_wanted',
  'coming_up',
  'ending',
  'failing',
  'given_up',
  'held_by_brake',
  'nothing_wanted',
  'paused',
  'repairing',
  'resizing',
  'to_be_ended',
  'to_be_made',
  'to_be_resized',
  'unhealthy',
  'unknown',
  'waiting',
] as const
export type WhyCode = (typeof WHY_CODES)[number]
export type Why = { code: WhyCode; text: string }
export type Next = { text: string; at: Date | null; steps: string[] }

export type Known = {
  world: World
  app: AppRow | null
  want: Pick<WantRow, 'wantedVersion'> | null
  work: WorkRow | null
  /** What an operator said when switching this user on or off, or pausing them. */
  overrideReason: string | null
  /** What the last event about its health said. */
  healthMessage: string | null
}

/** The failures in a row after which work is put off for longer. */
const GIVEN_UP_AFTER = 4

export function isPending({ want, work }: Pick<Known, 'want' | 'work'>): boolean {
  return (want?.wantedVersion ?? 0) > (work?.doneVersion ?? 0)
}

/** A worker has the user's lease at this moment. */
export function isRunning({ world, work }: Pick<Known, 'world' | 'work'>): boolean {
  return work?.leaseExpiresAt != null && work.leaseExpiresAt > world.now
}

export function explainWhy(known: Known): Why {
  const base = baseOf(known)
  const held = heldUpBy(known)
  if (!held) return base
  return { code: held.code ?? base.code, text: `${base.text} ${held.text}` }
}

function baseOf(known: Known): Why {
  const { world, app, overrideReason } = known
  const { entitlement } = world
  const because = `${entitlement.reason}${overrideReason === null ? '' : ` ("${overrideReason}")`}`
  if (entitlement.kind === 'unknown') {
    const paused = entitlement.reason.startsWith('paused')
    return paused
      ? { code: 'paused', text: `${capital(because)}. Nothing is done for this user until that ends.` }
      : {
          code: 'unknown',
          text: `Nobody can say what this user should have: ${because}. Nothing is made, and nothing is taken away.`,
        }
  }
  if (!app) return withoutApp(entitlement, because)
  if (app.teardownStartedAt) return ending(entitlement, because)
  if (entitlement.kind === 'not_entitled')
    return { code: 'to_be_ended', text: `The app is to be taken down: ${because}.` }
  if (!app.deployedAt) return { code: 'coming_up', text: `The app is being made: ${because}.` }
  return withApp(known, app, entitlement.guest, because)
}

function withoutApp({ kind }: Entitlement, because: string): Why {
  return kind === 'entitled'
    ? { code: 'to_be_made', text: `There is no app yet, and there should be one: ${because}.` }
    : { code: 'nothing_wanted', text: `There is no app, and none is wanted: ${because}.` }
}

function ending({ kind }: Entitlement, because: string): Why {
  const text =
    kind === 'entitled'
      ? `The app is being taken down to its end. The user should have one (${because}), so a new one follows.`
      : `The app is being taken down: ${because}.`
  return { code: 'ending', text }
}

function withApp({ healthMessage }: Known, app: AppRow, guest: Guest, because: string): Why {
  const size = sizeText(guest)
  const unwell = healthMessage === null ? '' : ` (${healthMessage})`
  if (app.operation === 'resize')
    return { code: 'resizing', text: `The app is getting another size, ${size}: ${because}.` }
  if (app.operation === 'repair')
    return { code: 'repairing', text: `The app was found down and is being brought up again${unwell}.` }
  if (!sameGuest(guest, app))
    return { code: 'to_be_resized', text: `The app is to become ${size}: ${because}.` }
  if (app.healthStatus === 'unhealthy')
    return {
      code: 'unhealthy',
      text: `The app is there as it should be (${because}), but it is not well${unwell}.`,
    }
  return { code: 'as_wanted', text: `The app runs as it should, ${size}: ${because}.` }
}

/** What keeps the work from going on; nothing where no work is wanted, or where it is under way. */
function heldUpBy(known: Known): { code: WhyCode | null; text: string } | null {
  const { work, app, world } = known
  if (!work || !isPending(known)) return null
  if (isRunning(known)) return { code: null, text: 'A worker is at it now.' }
  const brake = BRAKE_NAMES.find((name) => heldReason(name) === work.parkedReason)
  if (brake)
    return { code: 'held_by_brake', text: `The brake ${brake} holds the work: ${BRAKES[brake].summary}.` }
  if (work.failedAttempts > 0 && work.parkedReason === null) {
    const what = app?.errorMessage ?? work.failedReason ?? 'no reason was written down'
    const times = work.failedAttempts === 1 ? 'once' : `${work.failedAttempts} times in a row`
    return work.failedAttempts >= GIVEN_UP_AFTER
      ? { code: 'given_up', text: `The work failed ${times} and was put off: ${what}.` }
      : { code: 'failing', text: `The work failed ${times}: ${what}.` }
  }
  const waits = work.nextAttemptAt !== null && work.nextAttemptAt > world.now
  if (!waits || work.parkedReason === null || world.entitlement.kind === 'unknown') return null
  return { code: null, text: `At the moment it waits: ${work.parkedReason}.` }
}

export function explainNext(known: Known): Next {
  const { world, work } = known
  const { next, steps } = foresee(world)
  const way = steps.map(({ text }) => text)
  const first = next.kind === 'steps' ? (way[0] ?? 'look again') : null
  const told = (text: string, at: Date | null): Next => ({ text, at, steps: way })
  if (!isPending(known)) {
    if (first === null) return told('Nothing, until something changes.', null)
    return told(
      `Nobody was told yet; the sweep that compares all users finds it within minutes. Then: ${first}.`,
      null,
    )
  }
  if (isRunning(known))
    return told(`A worker is at it; as far as is written down: ${first ?? next.reason}.`, world.now)
  const at = work?.nextAttemptAt ?? null
  const newer = (known.want?.wantedVersion ?? 0) > (work?.plannedVersion ?? 0)
  const doing = first === null ? `look at the user again (${next.reason})` : first
  if (at === null || newer || at <= world.now)
    return told(`The next free worker takes it: ${doing}.`, world.now)
  const isHeld = BRAKE_NAMES.some((name) => heldReason(name) === work?.parkedReason)
  if (isHeld)
    return told('As soon as the brake lets go it goes on; until then it is looked at again now and then.', at)
  return told(`It is taken up again then, or at once when asked for: ${doing}.`, at)
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function sizeText({ cpuKind, cpus, memoryMb }: Guest): string {
  return `${cpus} ${cpuKind} CPU${cpus === 1 ? '' : 's'} and ${memoryMb} MB`
}
