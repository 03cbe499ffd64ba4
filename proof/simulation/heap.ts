/** A binary heap: the smallest comes first, and adding or taking one costs the logarithm of how many there are. */
export class Heap<T> {
  readonly #items: T[] = []
  readonly #compare: (a: T, b: T) => number

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#items.length
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  add(item: T): void {
    const items = this.#items
    let at = items.length
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = items[above] as T
      if (this.#compare(parent, item) <= 0) break
      items[at] = parent
      at = above
    }
    items[at] = item
  }

  takeFirst(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (items.length > 0) this.#sink(last as T)
    return first
  }

  /** From the top, which is free. */
  #sink(item: T): void {
    const items = this.#items
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= items.length) break
      if (below + 1 < items.length && this.#compare(items[below + 1] as T, items[below] as T) < 0) below++
      const child = items[below] as T
      if (this.#compare(item, child) <= 0) break
      items[at] = child
      at = below
    }
    items[at] = item
  }
}
