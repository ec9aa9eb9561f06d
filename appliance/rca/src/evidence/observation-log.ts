/** The observations taken so far, in the order they came: counted, and as rows for the answer. */
import type { Graph } from "../graph/graph.ts"
import type { Observation } from "../model.ts"
import {
  addCount,
  createSlots,
  emptyCounts,
  type ObservationCounts,
  type Slot,
} from "./observation-counts.ts"

/** What an observation reads, and of what. NOTHING: its ids name nothing observable. */
export const [REACH, LEAF, PORT, ACCESS, NOTHING] = [0, 1, 2, 3, 4]
const KINDS: Readonly<Record<Slot["of"], number>> = {
  reach: REACH,
  leaf: LEAF,
  port: PORT,
  access: ACCESS,
}
export type ObservationRows = {
  readonly of: Uint8Array
  readonly at: Int32Array
  readonly isUp: Uint8Array
  length: number
}
type Entry = { readonly slot: Slot | null; readonly isUp: boolean; isForgotten: boolean }
const MIN_ROWS = 1_024

const newRows = (capacity: number): ObservationRows => ({
  of: new Uint8Array(capacity),
  at: new Int32Array(capacity),
  isUp: new Uint8Array(capacity),
  length: 0,
})

const nameOf = ({ entity, signal, value, from, end }: Observation): string =>
  JSON.stringify([entity, signal, value, from, end])

export class ObservationLog {
  readonly counts: ObservationCounts
  readonly #slotOf: (observation: Observation) => Slot | null
  #rows = newRows(MIN_ROWS)
  #entries: Entry[] = []
  readonly #byName = new Map<string, Entry[]>()
  #forgotten = 0

  constructor(graph: Graph) {
    this.counts = emptyCounts(graph)
    this.#slotOf = createSlots(graph)
  }

  add(observation: Observation): void {
    const slot = this.#slotOf(observation)
    const entry = { slot, isUp: observation.value === "up", isForgotten: false }
    if (slot !== null) addCount(this.counts, slot, entry.isUp, 1)
    this.#put(entry)
    this.#entries.push(entry)
    const name = nameOf(observation)
    const same = this.#byName.get(name)
    if (same === undefined) this.#byName.set(name, [entry])
    else same.push(entry)
  }

  /** Takes back the last equal observation; nothing where there is none. */
  forget(observation: Observation): void {
    const entry = this.#byName.get(nameOf(observation))?.pop()
    if (entry === undefined) return
    if (entry.slot !== null) addCount(this.counts, entry.slot, entry.isUp, -1)
    entry.isForgotten = true
    this.#forgotten += 1
  }

  /** One row per observation, without gaps for forgotten ones. */
  rows(): ObservationRows {
    if (this.#forgotten > 0) {
      this.#entries = this.#entries.filter((entry) => !entry.isForgotten)
      this.#rows.length = 0
      for (const entry of this.#entries) this.#put(entry)
    }
    this.#forgotten = 0
    return this.#rows
  }

  #put({ slot, isUp }: Entry): void {
    if (this.#rows.length === this.#rows.of.length) this.#grow()
    const rows = this.#rows
    rows.of[rows.length] = slot === null ? NOTHING : KINDS[slot.of]
    rows.at[rows.length] = slot?.at ?? 0
    rows.isUp[rows.length] = isUp ? 1 : 0
    rows.length += 1
  }

  #grow(): void {
    const { of, at, isUp, length } = this.#rows
    this.#rows = { ...newRows(2 * length), length }
    this.#rows.of.set(of)
    this.#rows.at.set(at)
    this.#rows.isUp.set(isUp)
  }
}
