/**
 * The sequences of property names that rows have. All rows of a table name their properties in the
 * same order, so a row is read by comparing its names with those of the row before; a name becomes
 * a string once, not once per row.
 */

/** A sequence of names, as the last of its steps. */
export type RowNames = {
  /** The last name; of the empty sequence "", which has nothing `before` it. */
  readonly name: string
  readonly before: RowNames | null
  /** Where the value of the last name is stored; of a repeated name, as at the first time. */
  readonly slot: number
  /** Number of different names. */
  readonly size: number
  /** What most recently came next, if its name is ASCII: that is compared byte by byte. */
  likely: RowNames | null
  readonly next: Map<string, RowNames>
  /** By name, once a row that ends here has been read. */
  slots: ReadonlyMap<string, number> | null
}

const sequence = (name: string, before: RowNames | null, slot: number): RowNames => ({
  ...{ name, before, slot },
  size: before === null ? 0 : Math.max(before.size, slot + 1),
  likely: null,
  next: new Map<string, RowNames>(),
  slots: null,
})

const isAscii = (name: string): boolean => /^[\0-\x7f]*$/.test(name)

const slotIn = (names: RowNames, name: string): number | null => {
  for (let at = names; at.before !== null; at = at.before) if (at.name === name) return at.slot
  return null
}

/** In the order of first appearance. */
export const slotsOf = (names: RowNames): ReadonlyMap<string, number> => {
  if (names.slots !== null) return names.slots
  const all: [string, number][] = []
  for (let at = names; at.before !== null; at = at.before) all.push([at.name, at.slot])
  names.slots = new Map(all.reverse())
  return names.slots
}

/** Some hundred tables; a router that invents names costs the others time, but no memory. */
const MAX_BYTES = 4 * 1024 * 1024
/** What V8 needs, about: for a sequence, and for each of its names. */
const [SEQUENCE_BYTES, SLOT_BYTES] = [200, 40]

export class KnownNames {
  readonly #maxBytes: number
  #root: RowNames = sequence("", null, 0)
  #bytes = 0

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** What all known sequences need, about. */
  get bytes(): number {
    return this.#bytes
  }

  get root(): RowNames {
    return this.#root
  }

  /** The sequence that continues `names` with `name`. */
  next(names: RowNames, name: string): RowNames {
    const added = names.next.get(name) ?? this.#add(names, name)
    if (isAscii(name)) names.likely = added
    return added
  }

  #add(names: RowNames, name: string): RowNames {
    const added = sequence(name, names, slotIn(names, name) ?? names.size)
    const bytes = SEQUENCE_BYTES + name.length + SLOT_BYTES * added.size
    if (this.#bytes + bytes > this.#maxBytes) {
      // Rows that are in use keep the sequences that they need.
      this.#root = sequence("", null, 0)
      this.#bytes = 0
    }
    this.#bytes += bytes
    names.next.set(name, added)
    return added
  }
}
