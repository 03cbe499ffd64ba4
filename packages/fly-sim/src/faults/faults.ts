import { Random } from '../random.ts'
import type { FaultParams } from './answer-kinds.ts'
import { type FaultKind, type FaultStage, stageOf } from './kinds.ts'

/** What a fault may be limited to. `*` stands for any text: `machines.*`, `vyx-user-*`. Absent: anything. */
export type FaultMatch = {
  operation?: string
  method?: string
  app?: string
  machine?: string
  org?: string
  region?: string
}

export type FaultSpec = {
  kind: FaultKind
  match?: FaultMatch
  /** Chance of each strike, 0 to 1; default 1. */
  probability?: number
  /** How often it may strike; default: without end. */
  count?: number
  /** The first so many chances are let pass; default 0. */
  skip?: number
  params?: FaultParams
  /** Seed of its own dice; default drawn from the stand-in's seed. */
  seed?: number
}

export type Fault = Required<Omit<FaultSpec, 'count' | 'seed'>> & {
  id: number
  count: number | null
  /** Chances it had, and how often it struck. */
  seen: number
  struck: number
  /** One of stage `state` strikes nobody: on how many apps or machines it was felt. It is not used up by that. */
  held: number
}

export type FaultTarget = FaultMatch

type Active = { fault: Fault; random: Random; tests: [keyof FaultMatch, RegExp][]; held: Set<string> }

/**
 * The faults that are active. Each has its own seeded dice, so that adding one does not change when another strikes.
 * A fault of stage `state` holds for as long as it is active; all others strike call by call and use up their count.
 */
export class Faults {
  readonly #random: Random
  #active: Active[] = []
  #nextId = 1
  readonly #strikes = new Map<FaultKind, number>()
  /** Called after faults were added or removed: what was stuck may move again. */
  onChange: () => void = () => {}

  constructor(random: Random) {
    this.#random = random
  }

  get size(): number {
    return this.#active.length
  }

  /** By kind, how often a fault struck or was felt, of those that are over as well. A kind that never did is not in it. */
  get strikes(): ReadonlyMap<FaultKind, number> {
    return this.#strikes
  }

  add(spec: FaultSpec): Fault {
    const fault: Fault = {
      id: this.#nextId++,
      kind: spec.kind,
      match: spec.match ?? {},
      probability: spec.probability ?? 1,
      count: spec.count ?? null,
      skip: spec.skip ?? 0,
      params: spec.params ?? {},
      seen: 0,
      struck: 0,
      held: 0,
    }
    const tests = Object.entries(fault.match).map(([key, pattern]): [keyof FaultMatch, RegExp] => [
      key as keyof FaultMatch,
      globPattern(pattern),
    ])
    const random = new Random(spec.seed ?? this.#random.between(0, 0xffff_ffff))
    this.#active.push({ fault, tests, random, held: new Set() })
    this.onChange()
    return fault
  }

  list(): Fault[] {
    return this.#active.map(({ fault }) => fault)
  }

  /** False if there is none with this id. */
  remove(id: number): boolean {
    const before = this.#active.length
    this.#active = this.#active.filter(({ fault }) => fault.id !== id)
    if (this.#active.length !== before) this.onChange()
    return this.#active.length !== before
  }

  clear(): void {
    this.#active = []
    this.onChange()
  }

  /** The first fault of this stage that strikes this call. */
  strikeStage(stage: FaultStage, target: FaultTarget): Fault | null {
    return this.#strike((fault) => stageOf(fault.kind) === stage, target)
  }

  /** The first fault of this kind that strikes. */
  strike(kind: FaultKind, target: FaultTarget): Fault | null {
    return this.#strike((fault) => fault.kind === kind, target)
  }

  /**
   * The first fault of this kind that is active here, without rolling dice or using it up. `isFelt`: whether it makes a
   * difference at this moment; one that makes none does not hold.
   */
  holds(kind: FaultKind, target: FaultTarget, isFelt: (fault: Fault) => boolean = () => true): Fault | null {
    for (const { fault, tests, held } of this.#active) {
      if (fault.kind !== kind || isSpent(fault) || !fits(tests, target) || !isFelt(fault)) continue
      const whom = target.machine ?? target.app ?? target.org ?? ''
      if (!held.has(whom)) {
        held.add(whom)
        fault.held++
        this.#count(kind)
      }
      return fault
    }
    return null
  }

  #strike(wanted: (fault: Fault) => boolean, target: FaultTarget): Fault | null {
    for (const { fault, random, tests } of this.#active) {
      if (!wanted(fault) || isSpent(fault) || !fits(tests, target)) continue
      fault.seen++
      if (fault.seen <= fault.skip || random.next() >= fault.probability) continue
      fault.struck++
      this.#count(fault.kind)
      return fault
    }
    return null
  }

  #count(kind: FaultKind): void {
    this.#strikes.set(kind, (this.#strikes.get(kind) ?? 0) + 1)
  }
}

const isSpent = (fault: Fault) => fault.count !== null && fault.struck >= fault.count

function fits(tests: Active['tests'], target: FaultTarget): boolean {
  return tests.every(([key, pattern]) => pattern.test(target[key] ?? ''))
}

function globPattern(glob: string): RegExp {
  return new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/gu, '\\$&').replaceAll('*', '.*')}$`, 'u')
}

/** A number among the params of a fault. */
export function numberParam(fault: Fault, name: string, standard: number): number {
  const value = fault.params[name]
  return typeof value === 'number' ? value : standard
}
