/**
 * What a router posts to `POST /push/v1` of the push API, over TLS, with `Authorization: Bearer
 * <key>`.
 *
 * The sender is a RouterOS script: it builds JSON by hand, its clock is not reliable, and its
 * variables are lost at a restart. A push therefore has uptimes, from which the age of each item is
 * known to a second. An item is identified by (queue, boot, seq), so the same item can be sent
 * again. An invalid item does not affect the others.
 */

import { z } from "zod"
import { textUpTo } from "./values.ts"

export const PUSH_PATH = "/push/v1"
/** `Authorization: Bearer <secret>` of a single-use link. The answer is the script as text. */
export const SCRIPT_PATH = "/push/v1/script"
/** The root certificate in PEM, without authentication. */
export const CA_PATH = "/push/v1/ca"

export const PUSH_LIMITS = {
  bodyBytes: 64 * 1024,
  items: 50,
  textChars: 512,
  interfaces: 300,
  /** Requests of one key: burst, and rate per second. */
  keyBurst: 60,
  keyPerSecond: 2,
  /** Items of one key: three full queues at once; the rate is above that of any script. */
  itemBurst: 1_000,
  itemsPerSecond: 25,
  /** New connections of one address, before TLS. */
  addressBurst: 200,
  addressPerSecond: 50,
} as const

/**
 * `ispvmr1.<id>.<secret>`: 16 and 43 characters of base64url. The key is found by its id; only a
 * hash of the secret is stored.
 */
export const RouterKey = z.string().regex(/^ispvmr1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{43}$/)

const Text = textUpTo(PUSH_LIMITS.textChars)
/** A time as RouterOS prints it: `1w2d03:04:05`, `3w1d2h`, `00:05:11`, `53m10s720ms`. */
const RouterTime = z.string().max(64)
const State = z.enum(["up", "down"])
/** Whether a scheduled script of the router saw a global variable; `untested`: none ran in time. */
export const Globals = z.enum(["seen", "not-seen", "untested"])
/** A counter or measured value as the router prints it: digits only, possibly as text. */
const Whole = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,20}$/)])

/** `seq` counts from 1 within a boot of a queue. `up`: the uptime at the time of the item. */
const commonFields = { seq: z.int().positive(), up: RouterTime }

/**
 * The link of an interface. `downs`: how often it went down since the last report, if more than
 * once.
 */
export const LinkItem = z.strictObject({
  ...commonFields,
  kind: z.literal("link"),
  name: Text,
  state: State,
  downs: z.int().positive().optional(),
})
/** A BGP or OSPF neighbour. `detail` is the router's own term (`established`, `Full`, `gone`). */
export const PeerItem = z.strictObject({
  ...commonFields,
  kind: z.literal("peer"),
  protocol: z.enum(["bgp", "ospf"]),
  name: Text,
  address: Text,
  state: State,
  detail: Text,
})
/** The number of PPP sessions, sent when it changes by a tenth and by at least five. */
export const SessionsItem = z.strictObject({
  ...commonFields,
  kind: z.literal("sessions"),
  count: Whole,
  was: Whole,
})
/**
 * A netwatch entry changed its state (`change`) or has measured (`test`). `rtt` is in µs, `loss` in
 * per cent.
 */
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
/** The values an agent would read: bytes, packets, per cent. */
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
/** Sent at the end of the onboarding script: what it did and what failed. */
export const HelloItem = z.strictObject({
  ...commonFields,
  kind: z.literal("hello"),
  version: Text,
  identity: Text,
  done: z.array(Text).max(40),
  failed: z.array(Text).max(40),
  /** Whether scheduled scripts of this router see global variables, as tested by the script. */
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
 * One request. `queue` is a queue of the router: `router` belongs to its resident script,
 * `netwatch` to a second one of earlier scripts; a heartbeat or hello is not queued and has a queue
 * of its own name. `boot` is new whenever the variables were lost. `up` is the uptime when the
 * request was sent. `clock` and `gmt` are the router's time, to measure its skew. `lost` counts
 * items dropped since the boot because the queue was full.
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

/** `known`: received before. `refused`: each with a reason. The router may delete all of them. */
export const PushAnswer = z.object({
  taken: z.int(),
  known: z.int(),
  refused: z.array(z.object({ seq: z.int().nullable(), reason: z.string(), message: z.string() })),
})
export type PushAnswer = z.infer<typeof PushAnswer>
