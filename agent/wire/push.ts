/**
 * What a router posts about itself to `POST /push/v1` on the routers' door, over TLS, with `Authorization: Bearer <key>`.
 *
 * The sender is a RouterOS script: it builds JSON by hand, has no clock that can be trusted and loses its variables at a restart.
 * So a push carries uptimes, from which the age of each item is known to a second, and names itself by (queue, boot, seq): the same
 * item again is the same item. A bad item costs only itself.
 */
import { z } from "zod"

export const PUSH_PATH = "/push/v1"
/** Single use; `Authorization: Bearer <secret>` of the link. Answers the script as text. */
export const SCRIPT_PATH = "/push/v1/script"
/** The root certificate in PEM, for everybody. */
export const CA_PATH = "/push/v1/ca"

export const PUSH_LIMITS = {
  bodyBytes: 64 * 1024,
  items: 50,
  textChars: 512,
  interfaces: 300,
  /** Requests of one key: at once, and a second in the long run. */
  keyBurst: 60,
  keyPerSecond: 2,
  /** Items of one key: three full queues at once, and more a second than any script sends. */
  itemBurst: 1_000,
  itemsPerSecond: 25,
  /** New connections of one address, before TLS is spoken. */
  addressBurst: 200,
  addressPerSecond: 50,
} as const

/** `ispvmr1.<id>.<secret>`: 16 and 43 characters of base64url. The id finds the key, of the secret only a hash is stored. */
export const RouterKey = z.string().regex(/^ispvmr1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{43}$/)

const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed()
const Text = z
  .string()
  .max(PUSH_LIMITS.textChars)
  .refine(isStorable, "a NUL byte or half a surrogate pair")
/** As RouterOS prints a time: `1w2d03:04:05`, `3w1d2h`, `00:05:11`, `53m10s720ms`. */
const RouterTime = z.string().max(64)
const State = z.enum(["up", "down"])
/** What a scheduled script of the router saw of a global variable; `untested`: none ran in time. */
export const Globals = z.enum(["seen", "not-seen", "untested"])
/** A counter or a figure as the router prints it: digits only, perhaps as text. */
const Whole = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,20}$/)])

/** Counts from 1 within a boot of a queue. `up`: the uptime at which it happened. */
const commonFields = { seq: z.int().positive(), up: RouterTime }

/** A port's link. `downs`: how often it fell since the last report, where that was more than once. */
export const LinkItem = z.strictObject({
  ...commonFields,
  kind: z.literal("link"),
  name: Text,
  state: State,
  downs: z.int().positive().optional(),
})
/** A BGP or OSPF neighbour; `detail` is the state in the router's word (`established`, `Full`, `gone`). */
export const PeerItem = z.strictObject({
  ...commonFields,
  kind: z.literal("peer"),
  protocol: z.enum(["bgp", "ospf"]),
  name: Text,
  address: Text,
  state: State,
  detail: Text,
})
/** How many PPP sessions there are, told when it changes by a tenth (and by five at least). */
export const SessionsItem = z.strictObject({
  ...commonFields,
  kind: z.literal("sessions"),
  count: Whole,
  was: Whole,
})
/** A netwatch entry changed its mind (`change`) or has measured (`test`). Round trips in µs, `loss` in per cent. */
export const NetwatchItem = z.strictObject({
  ...commonFields,
  kind: z.literal("watch"),
  name: Text,
  host: Text,
  type: Text,
  because: z.enum(["change", "test"]),
  state: State,
  rtt: Whole.nullable().default(null),
  loss: Whole.nullable().default(null),
})
const HeartbeatPort = z.strictObject({
  name: Text,
  running: z.boolean(),
  disabled: z.boolean(),
  rx: Whole,
  tx: Whole,
  rxp: Whole,
  txp: Whole,
  err: Whole,
  drop: Whole,
})
/** What an agent would read: in bytes, packets, per cent. */
export const HeartbeatItem = z.strictObject({
  ...commonFields,
  kind: z.literal("heartbeat"),
  /** Seconds until the next one. */
  every: z.int().positive().max(86_400),
  cpu: Whole,
  memFree: Whole,
  memTotal: Whole,
  diskFree: Whole,
  diskTotal: Whole,
  sessions: Whole.nullable(),
  identity: Text,
  version: Text,
  board: Text,
  ports: z.array(HeartbeatPort).max(PUSH_LIMITS.interfaces),
})
/** The onboarding script's last word: what it did and what it could not. */
export const HelloItem = z.strictObject({
  ...commonFields,
  kind: z.literal("hello"),
  version: Text,
  identity: Text,
  done: z.array(Text).max(40),
  failed: z.array(Text).max(40),
  /** Whether scheduled scripts of this router see global variables, by the script's own test. */
  globals: Globals.optional(),
})
export const PushItem = z.discriminatedUnion("kind", [
  LinkItem,
  PeerItem,
  SessionsItem,
  NetwatchItem,
  HeartbeatItem,
  HelloItem,
])
export type PushItem = z.infer<typeof PushItem>

/**
 * One request. `queue` tells a router's queues apart: `router` is that of its resident script, `netwatch` a second one of
 * earlier scripts; what is not queued, a heartbeat or hello, has a queue of its own name. `boot` is new whenever the variables were lost.
 * `up`: the uptime when it was sent; `clock` and `gmt`: what the router takes the time to be, for its skew. `lost`: items dropped for
 * want of room since the boot.
 */
export const Push = z.strictObject({
  v: z.literal(1),
  queue: z.string().regex(/^[a-z]{1,16}$/),
  boot: z.string().regex(/^[A-Za-z0-9:./_-]{1,96}$/),
  up: RouterTime,
  clock: RouterTime,
  gmt: z.string().max(16).nullable().default(null),
  lost: z.int().nonnegative(),
  items: z.array(z.unknown()).max(PUSH_LIMITS.items),
})
export type Push = z.infer<typeof Push>

/** `known`: told before; `refused`: with the reason of each. A router may forget all of them: none is to be sent again. */
export const PushAnswer = z.object({
  taken: z.int(),
  known: z.int(),
  refused: z.array(z.object({ seq: z.int().nullable(), reason: z.string(), message: z.string() })),
})
export type PushAnswer = z.infer<typeof PushAnswer>
