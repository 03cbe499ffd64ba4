import type { Machine } from '../world/types.ts'

/** Who wants to know when a machine changes. Costs nothing for a machine that nobody watches. */
export class Watchers {
  readonly #byMachine = new Map<string, Set<() => void>>()

  /** Calls `run` after each change, until the returned function is called. */
  watch(machine: Machine, run: () => void): () => void {
    const watchers = this.#byMachine.get(machine.id) ?? new Set()
    this.#byMachine.set(machine.id, watchers.add(run))
    return () => {
      watchers.delete(run)
      if (watchers.size === 0) this.#byMachine.delete(machine.id)
    }
  }

  notify(machine: Machine): void {
    for (const run of [...(this.#byMachine.get(machine.id) ?? [])]) run()
  }
}
