/**
 * A binary heap whose items know their place: an item is moved or removed in logarithmic time, and
 * is in the heap at most once.
 */

/** `place` is the heap's: -1 while the item is in none. An item is in one heap at a time. */
export type HeapItem = { place: number }

export class Heap<T extends HeapItem> {
  readonly #items: T[] = []
  readonly #isBefore: (a: T, b: T) => boolean

  /** `isBefore`: a strict order. Call `put` for an item whenever its rank has changed. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  first(): T | undefined {
    return this.#items[0]
  }

  has(item: T): boolean {
    return this.#items[item.place] === item
  }

  /** Adds the item, or moves it to where it belongs now. */
  put(item: T): void {
    if (!this.has(item)) item.place = this.#items.push(item) - 1
    this.#up(item)
    this.#down(item)
  }

  /** Does nothing if the item is not in this heap. */
  remove(item: T): void {
    if (!this.has(item)) return
    const { place } = item
    const last = this.#items.pop()
    item.place = -1
    if (last === undefined || last === item) return
    this.#set(place, last)
    this.#up(last)
    this.#down(last)
  }

  #set(place: number, item: T): void {
    this.#items[place] = item
    item.place = place
  }

  #up(item: T): void {
    let { place } = item
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = this.#items[parent]
      if (above === undefined || !this.#isBefore(item, above)) break
      this.#set(place, above)
      place = parent
    }
    this.#set(place, item)
  }

  #down(item: T): void {
    let { place } = item
    for (;;) {
      const left = this.#items[2 * place + 1]
      const right = this.#items[2 * place + 2]
      const below =
        right !== undefined && left !== undefined && this.#isBefore(right, left) ? right : left
      if (below === undefined || !this.#isBefore(below, item)) break
      const { place: next } = below
      this.#set(place, below)
      place = next
    }
    this.#set(place, item)
  }
}
