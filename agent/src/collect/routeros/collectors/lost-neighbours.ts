/**
 * OSPF neighbours that a router does not list any more. RouterOS has no row for one that stopped
 * answering, so that the loss of an adjacency would be the lack of a value and no state. A
 * neighbour that was adjacent is reported as down for a day, or until another one has its place.
 */
import type { DeviceId } from "@ispvm/wire"
import type { FamilyReading, Reading, TableReading } from "../../collector.ts"

const LOST_FOR_MS = 86_400_000
const MAX_LOST = 500
/** Adjacent, as far as the role of both on their network allows. */
const ADJACENT: ReadonlySet<unknown> = new Set(["full", "two-way"])

/** Where a neighbour is: another one with the same router id or address has taken its place. */
type Place = { readonly routerId: string | null; readonly address: string | null }
type Lost = Place & { readonly reading: FamilyReading; readonly sinceMs: number }
type Known = {
  /** Of the last complete reading. */
  readonly adjacent: ReadonlyMap<string, { readonly reading: FamilyReading; readonly at: Place }>
  readonly names: ReadonlySet<string>
  readonly lost: ReadonlyMap<string, Lost>
}

const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null
const isOspf = (reading: Reading): reading is FamilyReading =>
  reading.kind === "family" && reading.family === "ospf"
/** There only if all menus could be read. */
const isTable = (reading: Reading): reading is TableReading =>
  reading.kind === "table" && reading.table === "ospf-neighbours"

/** By the name that the neighbour's values have. */
const placesOf = ({ rows }: TableReading): ReadonlyMap<string, Place> =>
  new Map(
    rows.map(({ values }) => {
      const routerId = textOf(values.routerId)
      const address = textOf(values.address)
      const name = [routerId, textOf(values.interface) ?? address].filter((one) => one !== null)
      return [name.join(" "), { routerId, address }]
    }),
  )

const takes = (place: Place, lost: Place): boolean =>
  (place.routerId !== null && place.routerId === lost.routerId) ||
  (place.address !== null && place.address === lost.address)

export class LostNeighbours {
  readonly #devices = new Map<DeviceId, Known>()

  /** The readings of one poll, with neighbours that are lost. */
  withLost(device: DeviceId, readings: readonly Reading[], nowMs: number): readonly Reading[] {
    const table = readings.find(isTable)
    if (table === undefined) return readings
    const present = new Map(readings.filter(isOspf).map((one) => [one.name, one]))
    const before = this.#devices.get(device)
    const places = placesOf(table)
    const added = [...places].flatMap(([name, place]) =>
      before?.names.has(name) === true || before?.lost.has(name) === true ? [] : [place],
    )
    const lost = new Map<string, Lost>(before?.lost)
    for (const [name, { reading, at }] of before?.adjacent ?? [])
      if (!present.has(name) && lost.size < MAX_LOST)
        lost.set(name, { ...at, reading, sinceMs: nowMs })
    for (const [name, one] of [...lost])
      if (
        present.has(name) ||
        nowMs - one.sinceMs > LOST_FOR_MS ||
        added.some((place) => takes(place, one))
      )
        lost.delete(name)
    const none = { routerId: null, address: null }
    this.#devices.set(device, {
      names: new Set(present.keys()),
      lost,
      adjacent: new Map(
        [...present]
          .filter(([, { values }]) => ADJACENT.has(values.state))
          .map(([name, reading]) => [name, { reading, at: places.get(name) ?? none }]),
      ),
    })
    const { atMs } = table
    const values = { state: "down", stateChanges: null, adjacencyS: null }
    return [...readings, ...[...lost.values()].map(({ reading }) => ({ ...reading, atMs, values }))]
  }

  forget(device: DeviceId): void {
    this.#devices.delete(device)
  }
}
