import type { Machine } from '../world/types.ts'

/** Who wants to know when a machine changes. Costs nothing for a machine that nobody watches. */
export class Watchers {
  readonly #byMachine = new Map<string, Set<() => void>>()

  /** Calls `run` after each change, until the returned function is called; to call that again does nothing. */
  watch(machine: Machine, run: () => void): () => void {
    const watchers = this.#byMachine.get(machine.id) ?? new Set()
    this.#byMachine.set(machine.id, watchers.add(run))
    return () => {
      // Not a set that came after this one was empty: others wait in it.
      if (watchers.delete(run) && watchers.size === 0) this.#byMachine.delete(machine.id)
    }
  }

  notify(machine: Machine): void {
    for (const run of [...(this.#byMachine.get(machine.id) ?? [])]) run()
  }
}
