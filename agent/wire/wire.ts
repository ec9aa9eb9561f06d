/**
 * The contract between agent and appliance: every message, its schema and the type inferred from it.
 *
 * The side that must be open to audit owns it. Schemas are strict: a field that is not named here does not travel.
 * docs/wire.md describes the exchange; fixtures/ holds recorded messages of each protocol version.
 */
import { z } from "zod"
import { Access, Port } from "./access.ts"
import { Network } from "./destinations.ts"

export {
  Access,
  SNMP_AUTH_PROTOCOLS,
  SNMP_PRIV_PROTOCOLS,
  SnmpAuthProtocol,
  SnmpPrivProtocol,
  SnmpV2cAccess,
  SnmpV3Access,
} from "./access.ts"
export {
  type Contact,
  checkDestination,
  type DestinationResult,
  type DestinationRules,
  destinationSentence,
  isWithin,
  literalAddress,
  Network,
} from "./destinations.ts"

/** Version this build speaks. The appliance accepts this one and the one before. */
export const PROTOCOL = 1

/** Paths on the agents' door. Only `ca`, `time` and `enrol` answer without a client certificate. */
export const PATHS = {
  ca: "/ca",
  time: "/time/v1",
  enrol: "/enrol/v1",
  renew: "/renew/v1",
  assignment: "/assignment/v1",
  batches: "/ingest/v1/batches",
  heartbeat: "/heartbeat/v1",
  tasks: "/tasks/v1",
} as const

/**
 * Request header: a random UUID of the sending process, new at each start. Two that are heard by turns are two machines with one
 * identity. A header and no field, because messages are strict: an appliance that does not know it passes over it.
 */
export const BOOT_HEADER = "ispvm-boot"
/**
 * 409 to a batch: under this name the appliance has another content. Sent only to senders that name their boot; they give what they
 * have not settled a new buffer id.
 */
export const BUFFER_CONFLICT = "buffer-conflict"

/** Bounds a message must keep; both ends check them. */
export const LIMITS = {
  batchItems: 5_000,
  batchBytesGzip: 4 * 1024 * 1024,
  /** Inflated. The agent seals a batch below 4 MiB of items. */
  batchBytes: 8 * 1024 * 1024,
  /** Brackets, commas and colons outside strings in a batch's JSON. */
  batchMarks: 500_000,
  /** Members of one object: attributes of an event, properties of a row. */
  names: 128,
  textChars: 4_096,
  /** Of one value of a menu that was asked for: a script kept on a router is one. */
  valueChars: 65_536,
  nameChars: 256,
  tasksAtOnce: 64,
  /** A long poll for tasks is answered empty after this long. */
  taskWaitMs: 25_000,
} as const

/** No database stores a NUL or half a surrogate pair: one such text would have its whole batch refused for ever. */
const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed()
/** What any text becomes so that it may travel: what the contract bounds is cut, not refused. */
export const storable = (text: string, chars: number = LIMITS.textChars): string =>
  text.replaceAll("\0", "").slice(0, chars).toWellFormed()
const textUpTo = (chars: number) =>
  z.string().max(chars).refine(isStorable, "a NUL byte or half a surrogate pair")
const Name = textUpTo(LIMITS.nameChars).min(1)
const Text = textUpTo(LIMITS.textChars)
const isText = (value: unknown, chars: number): boolean =>
  typeof value === "string" && value.length <= chars && isStorable(value)
/**
 * Texts by name. Ends at the first that is wrong: zod's own record makes an issue of each, which costs seconds where somebody sends
 * hundreds of thousands of them.
 */
const textsByName = (nameChars: number, valueChars: number, maxCount: number) =>
  z.custom<Record<string, string>>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).length <= maxCount &&
      Object.entries(value).every(
        ([name, text]) => isText(name, nameChars) && isText(text, valueChars),
      ),
    `expected at most ${maxCount} texts of at most ${valueChars} characters`,
  )
/** Epoch milliseconds by the sender's clock. */
export const EpochMs = z.int().nonnegative().max(8_640_000_000_000_000)
export const DeviceId = z.uuid().brand<"DeviceId">()
export type DeviceId = z.infer<typeof DeviceId>
export const AgentId = z.uuid().brand<"AgentId">()
export type AgentId = z.infer<typeof AgentId>
const Protocol = z.int().positive()
const count = z.int().nonnegative()
const amount = z.number().nonnegative()

// ── samples ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where a value was read from; shown beside it on screen. `agent` is the agent speaking of itself. */
export const Source = z.enum(["routeros-api", "snmp", "icmp", "tcp", "syslog", "push", "agent"])
export type Source = z.infer<typeof Source>

/**
 * One look at whether a device answers. `icmp` is null where this agent cannot ping; `tcp` is null where no TCP probe was made.
 * A device *answers* when any ICMP probe came back, TCP was accepted, or (where ICMP is at hand) TCP was refused.
 * `because` says what asked for the look: the regular round, a missed probe, or a hint from elsewhere.
 */
export const PingSample = z.strictObject({
  kind: z.literal("ping"),
  device: DeviceId,
  atMs: EpochMs,
  answers: z.boolean(),
  icmp: z
    .strictObject({
      sent: count,
      received: count,
      rttUs: amount.nullable(),
      jitterUs: amount.nullable(),
    })
    .nullable(),
  tcp: z.enum(["accepted", "refused", "silent"]).nullable(),
  because: z.enum(["round", "missed", "confirm"]),
})
export type PingSample = z.infer<typeof PingSample>

/** State and rates of one port. A rate is null until two readings without a reset lie between. */
export const InterfaceSample = z.strictObject({
  kind: z.literal("interface"),
  device: DeviceId,
  interface: Name,
  atMs: EpochMs,
  source: Source,
  running: z.boolean(),
  disabled: z.boolean(),
  rxBps: amount.nullable(),
  txBps: amount.nullable(),
  rxPps: amount.nullable(),
  txPps: amount.nullable(),
  errorsPs: amount.nullable(),
  dropsPs: amount.nullable(),
})
export type InterfaceSample = z.infer<typeof InterfaceSample>

/** The device's own resources; a field the device does not tell is null. */
export const HealthSample = z.strictObject({
  kind: z.literal("health"),
  device: DeviceId,
  atMs: EpochMs,
  source: Source,
  uptimeS: amount.nullable(),
  cpuRatio: z.number().min(0).max(1).nullable(),
  memoryUsedByte: amount.nullable(),
  memoryTotalByte: amount.nullable(),
  diskUsedByte: amount.nullable(),
  diskTotalByte: amount.nullable(),
})
export type HealthSample = z.infer<typeof HealthSample>

export const SensorUnit = z.enum(["°C", "V", "A", "W", "rpm", "%", "dBm", "state"])
/** One sensor. With unit `state`, 1 is ok and 0 is not. */
export const SensorSample = z.strictObject({
  kind: z.literal("sensor"),
  device: DeviceId,
  sensor: Name,
  atMs: EpochMs,
  source: Source,
  unit: SensorUnit,
  value: z.number(),
})
export type SensorSample = z.infer<typeof SensorSample>

// ── events, facts ──────────────────────────────────────────────────────────────────────────────────────────────────

export const EventName = z.enum([
  "link-up",
  "link-down",
  "rebooted",
  "login",
  "login-failed",
  "config-changed",
  "log", // a line kept as it came, without a meaning of its own yet
  "collect-failed", // a method that worked has stopped working; `attributes.reason` says why
  "collect-works", // and this one that it works (again)
  "collect-ended", // it is not asked any more: what was wrong with it says nothing now
  "peer-up", // a BGP or OSPF neighbour; `attributes` hold protocol, name, address, detail
  "peer-down",
  "sessions-changed", // PPP sessions came or went in numbers; `attributes` hold count and was
  "watch-up", // something a router watches by itself; `attributes` hold name, host, type
  "watch-down",
  "reported-in", // a router's script has run to its end; `attributes` say what it did and what it could not
  "samples-dropped", // the agent's buffer was full while the appliance could not be reached; `attributes` say how many, from when to when
])
/** One thing that happened. `id` is made by the agent, so that a repeated event is the same event. */
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

export const InterfaceFact = z.strictObject({
  name: Name,
  type: textUpTo(64),
  mac: textUpTo(32).nullable(),
  comment: Text.nullable(),
  mtu: count.nullable(),
  speedBps: amount.nullable(),
  ifIndex: count.nullable(),
  /** Made by the router for a session (PPPoE, L2TP …): never becomes a row of the inventory. */
  dynamic: z.boolean(),
})
export type InterfaceFact = z.infer<typeof InterfaceFact>

/** What a device says it is. Sent at first sight and whenever it changes; null is "not told by this source". */
export const Facts = z.strictObject({
  kind: z.literal("facts"),
  device: DeviceId,
  atMs: EpochMs,
  source: Source,
  identity: Text.nullable(),
  vendor: textUpTo(64).nullable(),
  board: textUpTo(128).nullable(),
  version: textUpTo(128).nullable(),
  architecture: textUpTo(64).nullable(),
  serial: textUpTo(128).nullable(),
  interfaces: z.array(InterfaceFact).max(5_000).nullable(),
})
export type Facts = z.infer<typeof Facts>

export const Sample = z.discriminatedUnion("kind", [
  PingSample,
  InterfaceSample,
  HealthSample,
  SensorSample,
])
export type Sample = z.infer<typeof Sample>
export const Item = z.discriminatedUnion("kind", [
  PingSample,
  InterfaceSample,
  HealthSample,
  SensorSample,
  Event,
  Facts,
])
export type Item = z.infer<typeof Item>

// ── batches ────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What an agent owes. Named by (agent, buffer, number): `buffer` is random per buffer file, `number` counts from 1 without gaps. A
 * copied or restored file can give one name to two contents: the receiver compares them.
 * `items` are parsed one by one by the receiver, so that a bad one costs only itself.
 */
export const Batch = z.strictObject({
  protocol: Protocol,
  buffer: z.uuid(),
  number: z.int().positive(),
  sentAtMs: EpochMs,
  items: z.array(z.unknown()).max(LIMITS.batchItems),
})
export type Batch = z.infer<typeof Batch>

export const RejectReason = z.enum([
  "malformed",
  "unknown-device",
  "not-yours",
  "too-old",
  "in-the-future",
  "conflict",
])
export type RejectReason = z.infer<typeof RejectReason>
/** Said only after commit, and said again word for word when the same batch comes again. Rejected items are not to be re-sent. */
export const Ack = z.strictObject({
  protocol: Protocol,
  buffer: z.uuid(),
  number: z.int().positive(),
  accepted: count,
  rejected: z.array(z.strictObject({ index: count, reason: RejectReason, message: Text })),
})
export type Ack = z.infer<typeof Ack>

// ── enrolment, renewal ─────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The token as an operator copies it: `ispvm1.<secret>.<fingerprint>`; secret is 32 bytes base64url, fingerprint the SHA-256 of the
 * root certificate in DER, base64url. The agent fetches `/ca`, checks it against the fingerprint, and trusts nothing else.
 */
export const EnrolToken = z
  .string()
  .regex(/^ispvm1\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/, "expected ispvm1.<secret>.<fingerprint>")
export const EnrolRequest = z.strictObject({
  protocol: Protocol,
  secret: z.string().min(43).max(43),
  csrPem: z.string().min(1).max(16_384),
  hostname: textUpTo(255),
  version: textUpTo(64),
})
export type EnrolRequest = z.infer<typeof EnrolRequest>
/** 32 random bytes, base64url: the answer to it cannot be older than the question. */
export const Nonce = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
/**
 * Answer of `GET /time/v1?nonce=NONCE`: the appliance's clock, signed by its issuing authority (RSA, SHA-256, base64url) over
 * `timeStatement`. For whoever cannot judge a certificate's dates because its own clock is wrong.
 */
export const TimeAnswer = z.strictObject({
  protocol: Protocol,
  nonce: Nonce,
  atMs: EpochMs,
  issuingPem: z.string().max(16_384),
  signature: z.string().max(2_048),
})
export type TimeAnswer = z.infer<typeof TimeAnswer>
/** What is signed. The first line keeps it apart from all else that this key signs. */
export const timeStatement = (nonce: string, atMs: number): string =>
  `ispvm-statement-v1\ntime ${nonce} ${atMs}`

/** `certificatePem` is the agent's, `chainPem` the issuing CA's, `rootPem` the root's. */
export const EnrolAnswer = z.strictObject({
  protocol: Protocol,
  agent: AgentId,
  name: Name,
  certificatePem: z.string(),
  chainPem: z.string(),
  rootPem: z.string(),
  renewAfterMs: EpochMs,
})
export type EnrolAnswer = z.infer<typeof EnrolAnswer>
export const RenewRequest = z.strictObject({
  protocol: Protocol,
  csrPem: z.string().min(1).max(16_384),
})
export type RenewRequest = z.infer<typeof RenewRequest>

// ── what to watch ──────────────────────────────────────────────────────────────────────────────────────────────────

/** `pingMs` … are intervals in milliseconds. */
export const Intervals = z.strictObject({
  pingMs: count,
  interfaceMs: count,
  healthMs: count,
  factsMs: count,
})
export type Intervals = z.infer<typeof Intervals>
/** Code pages a device's texts may be in, by the names of the WHATWG Encoding Standard; `auto` recognises the common ones. */
export const TEXT_ENCODINGS = [
  "auto",
  "utf-8",
  "windows-1250",
  "windows-1251",
  "windows-1252",
  "windows-1253",
  "windows-1254",
  "windows-1255",
  "windows-1256",
  "windows-1257",
  "windows-1258",
  "windows-874",
  "iso-8859-2",
  "iso-8859-5",
  "iso-8859-7",
  "koi8-r",
  "koi8-u",
  "ibm866",
  "gb18030",
  "big5",
  "shift_jis",
  "euc-kr",
] as const
export const TextEncoding = z.enum(TEXT_ENCODINGS)
export type TextEncoding = z.infer<typeof TextEncoding>
/** `textEncoding` is left out where it is `auto`. */
export const AssignedDevice = z.strictObject({
  id: DeviceId,
  name: Name,
  access: Access,
  intervals: Intervals,
  textEncoding: TextEncoding.optional(),
})
export type AssignedDevice = z.infer<typeof AssignedDevice>
/** Everything one agent watches. Fetched with `?revision=N`; answered 304 when still the same. */
export const Assignment = z.strictObject({
  protocol: Protocol,
  revision: z.string().max(64),
  devices: z.array(AssignedDevice).max(20_000),
  /** The only networks this agent may contact; left out: everywhere but loopback, link-local and the like. */
  allowedNetworks: z.array(Network).max(64).optional(),
})
export type Assignment = z.infer<typeof Assignment>

// ── heartbeat, tasks ───────────────────────────────────────────────────────────────────────────────────────────────

/** Sent every 2 s, and unlike a batch never buffered. */
export const Heartbeat = z.strictObject({
  protocol: Protocol,
  atMs: EpochMs,
  version: textUpTo(64),
  startedAtMs: EpochMs,
  hostname: textUpTo(255),
  revision: z.string().max(64),
  devices: count,
  bufferBatches: count,
  bufferBytes: count,
  oldestBufferedAtMs: EpochMs.nullable(),
  /** What this agent can do here; a missing one is named on the agents' page with its remedy. */
  capabilities: z.strictObject({ icmp: z.boolean(), syslogPort: Port.nullable() }),
  notes: z.array(Text).max(20),
})
export type Heartbeat = z.infer<typeof Heartbeat>
export const HeartbeatAnswer = z.strictObject({
  protocol: Protocol,
  revision: z.string().max(64),
  serverAtMs: EpochMs,
})
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>

const TaskId = z.uuid()
/** Rows of one menu of the RouterOS API, `/ip/service`: print with these properties, and nothing but print. */
export const MenuRead = z.strictObject({
  menu: z
    .string()
    .regex(/^(\/[a-z0-9][a-z0-9-]*)+$/)
    .max(128),
  properties: z
    .array(
      z
        .string()
        .regex(/^[a-z.][a-z0-9.-]*$/)
        .max(64),
    )
    .min(1)
    .max(40),
})
export type MenuRead = z.infer<typeof MenuRead>
/** `confirm`: look at these devices at once. `test-access`: try this access and say what each step met. `read`: print these menus. */
export const Task = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("confirm"),
    id: TaskId,
    devices: z.array(DeviceId).min(1).max(1_000),
    because: Text,
  }),
  z.strictObject({ kind: z.literal("reload"), id: TaskId }),
  z.strictObject({ kind: z.literal("test-access"), id: TaskId, access: Access, deadlineMs: count }),
  z.strictObject({
    kind: z.literal("read"),
    id: TaskId,
    access: Access,
    menus: z.array(MenuRead).max(60),
    deadlineMs: count,
  }),
])
export type Task = z.infer<typeof Task>
/** Answer of the long poll: `GET /tasks/v1?wait=MS`. Tasks are handed out once; they are hints and probes, never the only copy of a fact. */
export const Tasks = z.strictObject({
  protocol: Protocol,
  tasks: z.array(Task).max(LIMITS.tasksAtOnce),
})
export type Tasks = z.infer<typeof Tasks>

/** Each way a test can fail has a name, and the screen a remedy for it. */
export const TestReason = z.enum([
  "ok",
  "not-tried",
  "name-not-found",
  "no-route",
  "no-answer", // silence: wrong address, a firewall, or the router is off
  "refused", // the host is there, nothing listens on that port
  "not-routeros", // something answers, but not as this protocol does
  "tls-failed", // no TLS there, or no cipher in common (api-ssl without a certificate)
  "wrong-certificate", // TLS works, the certificate is not the pinned one
  "unconfirmed-certificate", // TLS works, none is pinned: said of collecting; a test says `not-tried` of the login
  "wrong-credentials",
  "not-permitted", // logged in, but the account may not read what is needed
  "timed-out",
  "icmp-unavailable", // this agent cannot ping
  "failed",
])
export type TestReason = z.infer<typeof TestReason>
export const TestStep = z.strictObject({
  step: z.enum(["resolve", "ping", "tcp", "tls", "login", "read", "snmp"]),
  reason: TestReason,
  message: Text,
  tookMs: amount,
})
export type TestStep = z.infer<typeof TestStep>
export const TestResult = z.strictObject({
  kind: z.literal("test-access"),
  id: TaskId,
  ok: z.boolean(),
  steps: z.array(TestStep).max(16),
  /** The certificate the router showed, in the form of `Access.routerosApi.fingerprint`. */
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  facts: z
    .strictObject({
      identity: Text.nullable(),
      board: Text.nullable(),
      version: Text.nullable(),
      uptimeS: amount.nullable(),
    })
    .nullable(),
})
export type TestResult = z.infer<typeof TestResult>
/**
 * Answer of `read`, menu by menu in the order asked. `rows` is null where the router has no such menu (`missing`) or the account may
 * not print it (`not-permitted`); `trouble` is why nothing could be read at all, as a test would name it.
 */
export const ReadResult = z.strictObject({
  kind: z.literal("read"),
  id: TaskId,
  trouble: z.strictObject({ reason: TestReason, message: Text }).nullable(),
  menus: z
    .array(
      z.strictObject({
        menu: z.string().max(128),
        rows: z
          .array(textsByName(64, LIMITS.valueChars, LIMITS.names))
          .max(2_000)
          .nullable(),
        reason: z.enum(["ok", "missing", "not-permitted", "failed"]),
      }),
    )
    .max(60),
})
export type ReadResult = z.infer<typeof ReadResult>
/** Posted to `/tasks/v1/results`. */
export const TaskResult = z.discriminatedUnion("kind", [TestResult, ReadResult])
export type TaskResult = z.infer<typeof TaskResult>

/** What a refused request carries, on every path of the door. `code` is for programs, `message` for people. */
export const ApiError = z.strictObject({ code: z.string().max(64), message: Text })
export type ApiError = z.infer<typeof ApiError>
