/**
 * A binary heap whose items know their place: an item is moved or removed in logarithmic time, and
 * is in the heap at most once. Keys are kept apart from the items: with ten thousand devices most
 * items are not in the processor's cache, and a comparison should not need them.
 */

/** `place` is the heap's: -1 while the item is in none. An item is in one heap at a time. */
export type HeapItem = { place: number }

export class Heap<T extends HeapItem> {
  readonly #items: T[] = []
  readonly #keys: number[] = []
  readonly #keyOf: (item: T) => number
  readonly #isBefore: (a: T, b: T) => boolean

  /**
   * The least key comes first; `isBefore` is a strict order of items with the same key. Call `put`
   * for an item whenever its rank has changed.
   */
  constructor(keyOf: (item: T) => number, isBefore: (a: T, b: T) => boolean = () => false) {
    this.#keyOf = keyOf
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
    const key = this.#keyOf(item)
    if (!this.has(item)) {
      item.place = this.#items.push(item) - 1
      this.#keys.push(key)
    }
    this.#move(item, key)
  }

  /** Does nothing if the item is not in this heap. */
  remove(item: T): void {
    if (!this.has(item)) return
    const { place } = item
    const last = this.#items.pop()
    const key = this.#keys.pop()
    item.place = -1
    if (last === undefined || key === undefined || last === item) return
    last.place = place
    this.#move(last, key)
  }

  #move(item: T, key: number): void {
    this.#down(this.#up(item.place, item, key), item, key)
  }

  #set(place: number, item: T, key: number): void {
    this.#items[place] = item
    this.#keys[place] = key
    item.place = place
  }

  /** Whether this item comes before the one at `place`. */
  #precedes(item: T, key: number, place: number): boolean {
    const other = this.#keys[place] ?? 0
    if (key !== other) return key < other
    const at = this.#items[place]
    return at !== undefined && this.#isBefore(item, at)
  }

  /** Gives the place from which it is not before the one above. Nothing is written there. */
  #up(from: number, item: T, key: number): number {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = this.#items[parent]
      if (above === undefined || !this.#precedes(item, key, parent)) break
      this.#set(place, above, this.#keys[parent] ?? 0)
      place = parent
    }
    return place
  }

  #down(from: number, item: T, key: number): void {
    let place = from
    for (let left = 2 * place + 1; left < this.#items.length; left = 2 * place + 1) {
      const right = this.#items[left + 1]
      const least =
        right !== undefined && this.#precedes(right, this.#keys[left + 1] ?? 0, left)
          ? left + 1
          : left
      const below = this.#items[least]
      const belowKey = this.#keys[least] ?? 0
      if (below === undefined || key < belowKey) break
      if (key === belowKey && !this.#isBefore(below, item)) break
      this.#set(place, below, belowKey)
      place = least
    }
    this.#set(place, item, key)
  }
}
