/** Events: what happened on a device, and when. */
import { z } from "zod"
import { DeviceId, EpochMs, LIMITS, Name, Source, Text, textsByName } from "./values.ts"

export const EventName = z.enum([
  "link-up",
  "link-down",
  "rebooted",
  "login",
  "login-failed",
  "config-changed",
  "log", // a log line without a known meaning
  "collect-failed", // a source stopped working; `attributes.reason` has the cause
  "collect-works", // the source works (again)
  "collect-ended", // the source is no longer polled: its last failure means nothing now
  "peer-up", // a BGP or OSPF neighbour; `attributes`: protocol, name, address, detail
  "peer-down",
  "sessions-changed", // the number of PPP sessions changed a lot; `attributes`: count, was
  "watch-up", // a host that the router monitors (netwatch); `attributes`: name, host, type
  "watch-down",
  "path-seen", // of a probe: the first one, or still the same after a day; `attributes`: as below
  "path-changed", // `attributes`: probe, probeId, host, path, was, reached
  "reported-in", // a router's script finished; `attributes`: what it did and what failed
  "samples-dropped", // the agent's buffer was full; `attributes`: how many, from when to when
])
/** One event. The agent creates `id`: the same id is the same event, however often it is sent. */
export const Event = z.strictObject({
  kind: z.literal("event"),
  id: z.uuid(),
  device: DeviceId,
  name: EventName,
  atMs: EpochMs,
  source: Source,
  severity: z.enum(["debug", "info", "warning", "error"]),
  interface: Name.nullable(),
  message: Text,
  attributes: textsByName(64, LIMITS.textChars, LIMITS.names),
})
export type Event = z.infer<typeof Event>
