/** Converts a notification to an event. Pure. */
import { type DeviceId, type Event, storable } from "@ispvm/wire"
import type { Varbind } from "../snmp/client/pdu.ts"
import { textOf } from "../snmp/client/values.ts"
import { eventOf } from "../syslog/events.ts"
import type { Notification } from "./trap-message.ts"
import { trapMeaning } from "./trap-table.ts"

const IF_INDEX = "1.3.6.1.2.1.2.2.1.1"
const IF_NAMES = ["1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.2"]
const PEER_STATE = "1.3.6.1.2.1.15.3.1.2"
const OSPF_STATES = ["1.3.6.1.2.1.14.10.1.6", "1.3.6.1.2.1.191.1.9.1.8"]
/** bgpPeerState and ospfNbrState, as people read them; attributes keep the numbers. */
const BGP_WORDS = ["", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"]
const OSPF_WORDS = [
  ...["", "Down", "Attempt", "Init", "2-Way", "ExStart", "Exchange", "Loading", "Full"],
]
const OSPF_FULL = 8
const OSPF_DOWN = 1
const MAX_VARBINDS = 16
const MAX_VALUE_CHARS = 256

const isOf = ({ oid }: Varbind, root: string): boolean => oid === root || oid.startsWith(`${root}.`)
const IP_ADDRESS = 0x40
const printed = ({ tag, value }: Varbind): string => {
  if (tag === IP_ADDRESS && Buffer.isBuffer(value) && value.length === 4) return value.join(".")
  const text = Buffer.isBuffer(value)
    ? value.every((byte) => byte >= 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)
      ? (textOf(value) ?? "")
      : value.toString("hex")
    : String(value ?? "")
  return storable(text, MAX_VALUE_CHARS)
}

const worded = (varbind: Varbind): string => {
  const words = isOf(varbind, PEER_STATE)
    ? BGP_WORDS
    : OSPF_STATES.some((root) => isOf(varbind, root))
      ? OSPF_WORDS
      : []
  return (typeof varbind.value === "number" && words[varbind.value]) || printed(varbind)
}

/** The number of the interface: a value, or the end of a column's OID. */
const ifIndexOf = (varbinds: readonly Varbind[]): number | null => {
  const index = varbinds.find((each) => isOf(each, IF_INDEX))?.value
  if (typeof index === "number") return index
  const column = varbinds.find(({ oid }) => oid.startsWith("1.3.6.1.2.1.2.2.1."))
  const last = Number(column?.oid.split(".").at(-1))
  return Number.isSafeInteger(last) ? last : null
}

type Found = {
  readonly name: Event["name"] | NonNullable<ReturnType<typeof trapMeaning>>["name"]
  readonly severity: Event["severity"]
}
/** An OSPF neighbour is up in the state full, and down below. */
const ospf = (varbinds: readonly Varbind[], found: Found): Found => {
  const state = varbinds.find((each) => OSPF_STATES.some((root) => isOf(each, root)))?.value
  if (state === OSPF_FULL) return { name: "peer-up", severity: "info" }
  return state === OSPF_DOWN ? { name: "peer-down", severity: "warning" } : found
}

const addressIn = (varbinds: readonly Varbind[]): string | undefined => {
  const peer = varbinds.find(
    (each) => isOf(each, PEER_STATE) || OSPF_STATES.some((root) => isOf(each, root)),
  )
  const arcs = peer?.oid.split(".") ?? []
  const isOspf = peer !== undefined && !isOf(peer, PEER_STATE)
  const at = isOspf ? arcs.slice(-5, -1) : arcs.slice(-4)
  return peer === undefined || at.length < 4 ? undefined : at.join(".")
}

export type TrapContext = {
  readonly id: string
  readonly device: DeviceId
  readonly atMs: number
  /** The name of the interface with this number; null if it is not known. */
  readonly interfaceOf: (ifIndex: number) => string | null
}

export const trapEvent = (
  { oid, varbinds }: Notification,
  { id, device, atMs, interfaceOf }: TrapContext,
): Event => {
  const row = trapMeaning(oid)
  const found = row?.name === "peer-step" ? ospf(varbinds, row) : row
  const ifIndex = row?.about === "interface" ? ifIndexOf(varbinds) : null
  const named = varbinds.find((each) => IF_NAMES.some((root) => isOf(each, root)))
  const port = ifIndex === null ? null : (interfaceOf(ifIndex) ?? textOf(named?.value))
  const shown = varbinds.slice(0, MAX_VARBINDS)
  const values = shown.map((each) => [each.oid.slice(-64), printed(each)] as const)
  const address = addressIn(varbinds)
  const message =
    row === null
      ? `SNMP trap ${oid}${values.map(([key, value]) => ` ${key}=${value}`).join("")}`
      : `${port === null ? "" : `${port} `}${row.text}${row.about === undefined && values.length > 0 ? `: ${shown.map(worded).join(", ")}` : ""}`
  const line = {
    format: "default",
    pri: null,
    host: null,
    hostIs: "none",
    address: null,
    serial: null,
    tag: null,
    stamp: "",
    topics: [],
    severity: found?.severity ?? "info",
    message,
  } as const
  const meaning =
    found === null
      ? null
      : {
          name: found.name,
          interface: port,
          attributes: {
            ...row?.attributes,
            ...(address === undefined ? {} : { address }),
            ...(ifIndex === null ? {} : { ifIndex: String(ifIndex) }),
          },
        }
  const event = eventOf(id, device, atMs, line, meaning)
  return {
    ...event,
    source: "snmp",
    attributes: { ...Object.fromEntries(values), ...event.attributes, oid: oid.slice(0, 256) },
  }
}
