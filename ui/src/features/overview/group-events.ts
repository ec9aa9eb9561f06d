/** Groups similar events, so that the consequences do not hide the fault. Pure. */
import type { EventRow } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { t } from "../../i18n/strings/strings.ts"

export type Change = {
  readonly id: string
  readonly atMs: number
  readonly text: string
  readonly status: Status | null
  readonly deviceId: string | null
  readonly deviceName: string
  /** The interface of the event, unless the text names it. */
  readonly interface: string | null
  /** The name of the event; null for an incident. */
  readonly event: string | null
}

/** Events within this time are grouped. */
const GROUP_MS = 90_000
const PORTS: ReadonlySet<string> = new Set(["link-up", "link-down"])

/** Interface events of one router form a group, and so do failures of one method on all routers. */
const groupKey = (event: EventRow): string =>
  PORTS.has(event.name)
    ? `ports ${event.deviceId}`
    : event.name === "collect-failed"
      ? `${event.name} ${event.source}`
      : event.name === "sessions-changed"
        ? `${event.name} ${event.deviceId}`
        : event.id

/** Newest first, like the input. */
export const groupEvents = (events: readonly EventRow[]): readonly Change[] => {
  const groups: { readonly key: string; readonly events: EventRow[] }[] = []
  const latest = new Map<string, (typeof groups)[number]>()
  for (const event of [...events].sort((a, b) => b.atMs - a.atMs)) {
    const key = groupKey(event)
    const known = latest.get(key)
    if (known !== undefined && (known.events.at(-1)?.atMs ?? 0) - event.atMs <= GROUP_MS)
      known.events.push(event)
    else {
      const group = { key, events: [event] }
      groups.push(group)
      latest.set(key, group)
    }
  }
  return groups.flatMap(({ events: grouped }) => changeOf(grouped))
}

const changeOf = (grouped: readonly EventRow[]): readonly Change[] => {
  const [newest] = grouped
  if (newest === undefined) return []
  const devices = new Set(grouped.map((each) => each.deviceId))
  const change = { id: newest.id, atMs: newest.atMs, status: null, event: newest.name }
  const own = t.terms.event(newest.name, newest.source, newest.message)
  if (devices.size > 1)
    return [
      {
        ...change,
        text: t.terms.onDevices(t.terms.event(newest.name, newest.source, ""), devices.size),
        deviceId: null,
        deviceName: "",
        interface: null,
      },
    ]
  const ports = new Set(grouped.map((each) => each.interface))
  const text =
    grouped.length === 1
      ? own
      : ports.size > 1
        ? t.terms.portChanges(ports.size, grouped.length)
        : t.terms.more(own, grouped.length - 1)
  const port = ports.size === 1 ? newest.interface : null
  return [
    {
      ...change,
      text: withoutName(text, port),
      deviceId: newest.deviceId,
      deviceName: newest.deviceName,
      interface: port,
    },
  ]
}

/** Router messages begin with the interface name, which is already shown. */
const withoutName = (text: string, port: string | null): string =>
  port !== null && text.startsWith(`${port} `) ? text.slice(port.length + 1) : text
