/**
 * Neighbours of OSPF and IS-IS that a router does not list any more. RouterOS has no row for one that stopped
 * answering, so that the loss of an adjacency would be the lack of a value and no state. A
 * neighbour that was adjacent is reported as down for a day, or until another one has its place.
 */
import type { DeviceId } from "@ispvm/wire"
import type { FamilyReading, Reading, TableReading } from "../../collector.ts"

const LOST_FOR_MS = 86_400_000
const MAX_LOST = 500
export const LINK_STATE = ["ospf", "isis"] as const
export type LinkState = (typeof LINK_STATE)[number]
/** Adjacent, as far as the role of both on their network allows. */
const ADJACENT: Readonly<Record<LinkState, ReadonlySet<unknown>>> = {
  ospf: new Set(["full", "two-way"]),
  isis: new Set(["up"]),
}
const DOWN: Readonly<Record<LinkState, FamilyReading["values"]>> = {
  ospf: { state: "down", stateChanges: null, adjacencyS: null },
  isis: { state: "down" },
}

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
const isOf =
  (protocol: LinkState) =>
  (reading: Reading): reading is FamilyReading =>
    reading.kind === "family" && reading.family === protocol
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

/** By system id and interface: a menu of its own, which was read if there are readings. */
const systemsOf = (names: Iterable<string>): ReadonlyMap<string, Place> =>
  new Map([...names].map((name) => [name, { routerId: name.split(" ")[0] ?? null, address: null }]))

const takes = (place: Place, lost: Place): boolean =>
  (place.routerId !== null && place.routerId === lost.routerId) ||
  (place.address !== null && place.address === lost.address)

export class LostNeighbours {
  readonly #devices = new Map<LinkState, Map<DeviceId, Known>>()

  /** The readings of one poll of a protocol, with neighbours that are lost. */
  withLost(
    protocol: LinkState,
    device: DeviceId,
    readings: readonly Reading[],
    nowMs: number,
  ): readonly Reading[] {
    const present = new Map(readings.filter(isOf(protocol)).map((one) => [one.name, one]))
    const table = readings.find(isTable)
    if (protocol === "ospf" && table === undefined) return readings
    const devices = this.#devices.get(protocol) ?? new Map<DeviceId, Known>()
    this.#devices.set(protocol, devices)
    const before = devices.get(device)
    const places = table === undefined ? systemsOf(present.keys()) : placesOf(table)
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
    devices.set(device, {
      names: new Set(present.keys()),
      lost,
      adjacent: new Map(
        [...present]
          .filter(([, { values }]) => ADJACENT[protocol].has(values.state))
          .map(([name, reading]) => [name, { reading, at: places.get(name) ?? none }]),
      ),
    })
    const atMs = table?.atMs ?? nowMs
    const values = DOWN[protocol]
    return [...readings, ...[...lost.values()].map(({ reading }) => ({ ...reading, atMs, values }))]
  }

  forget(device: DeviceId): void {
    for (const devices of this.#devices.values()) devices.delete(device)
  }
}
