/** Seeded chance: the same seed draws the same deeds in the same order. When they strike is up to real processes. */
export type Dice = {
  /** Uniform in [0, 1). */
  next(): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
  /** Dice of their own, so that one actor's draws do not move another's. */
  fork(name: string): Dice
}

export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[Math.floor(next() * list.length)]
    if (chosen === undefined) throw new Error('nothing to pick from')
    return chosen
  }
  return {
    next,
    between,
    pick,
    chance: (probability) => next() < probability,
    shuffled: (list) => {
      const left = [...list]
      const order: typeof left = []
      while (left.length > 0) order.push(...left.splice(Math.floor(next() * left.length), 1))
      return order
    },
    fork: (name) =>
      diceOf(
        Array.from(name).reduce(
          (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619),
          seed ^ 0x811c9dc5,
        ),
      ),
  }
}
