/** The inventory: regions, sites, devices, interfaces, links, credentials. */
import { TextEncoding } from "@ispvm/wire/text-encoding"
import { z } from "zod"
import { CredentialKind } from "./credential-kind.ts"
import { fieldCode } from "./field-messages.ts"
import { AgentFallback } from "./leases.ts"
import { StatusMessage } from "./messages.ts"
import { EpochMs, Line, Networks, Note, Port, Status } from "./shared.ts"

export const DEVICE_ROLES = [
  "upstream",
  "border",
  "core",
  "route-reflector",
  "aggregation",
  "edge",
  "access",
  "pppoe-server",
  "cgnat",
  "wireless",
  "switch",
  "cpe",
] as const
export const DeviceRole = z.enum(DEVICE_ROLES)
export type DeviceRole = z.infer<typeof DeviceRole>

export { TextEncoding }

export const RegionInput = z.strictObject({ name: Line(120) })
export const Region = z.object({ id: z.uuid(), name: z.string() })
export type Region = z.infer<typeof Region>

/** For alert rules and lists: `tower`, `customer:acme`. */
export const Tag = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._:-]{0,63}$/u)
export const Tags = z.array(Tag).max(32)

export const SiteInput = z.strictObject({
  name: Line(120),
  regionId: z.uuid().nullable().default(null),
  latitude: z.number().min(-90).max(90).nullable().default(null),
  longitude: z.number().min(-180).max(180).nullable().default(null),
  note: Note.default(""),
  /** Null: detected for each text. */
  textEncoding: TextEncoding.nullable().optional(),
  tags: Tags.optional(),
})
export type SiteInput = z.infer<typeof SiteInput>
export const SitePatch = SiteInput.partial()
export const Site = z.object({
  id: z.uuid(),
  name: z.string(),
  regionId: z.uuid().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  note: z.string(),
  textEncoding: TextEncoding.nullable(),
  tags: z.array(z.string()).optional(),
})
export type Site = z.infer<typeof Site>

/** Host name, IPv4 or IPv6; no scheme, no port, no path. */
export const Address = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|(?=[0-9A-Fa-f.]*:)[0-9A-Fa-f:.]+)$/,
    fieldCode("field.address"),
  )
export const Fingerprint = z
  .string()
  .transform((text) => text.toLowerCase().replaceAll(":", ""))
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, fieldCode("field.fingerprint")))

/** Methods of one device and their ports. The secrets are in the credential. */
export const MethodsInput = z.strictObject({
  routerosApi: z
    .strictObject({
      port: Port.default(8729),
      tls: z.boolean().default(true),
      fingerprint: Fingerprint.nullable().default(null),
    })
    .nullable()
    .default(null),
  snmp: z
    .strictObject({ port: Port.default(161) })
    .nullable()
    .default(null),
  icmp: z.boolean().default(true),
  tcpPort: Port.nullable().default(null),
  /** Which of the API and SNMP is read first; the other is its fallback. Omitted: the API. */
  preferred: z.enum(["routeros-api", "snmp"]).optional(),
})
export type MethodsInput = z.infer<typeof MethodsInput>

/**
 * Secrets of a saved credential, typed again: required to use it for a new destination without
 * `credentials:write`.
 */
export const TypedSecret = z.strictObject({
  password: z.string().max(1_024).optional(),
  snmpCommunity: z.string().max(255).optional(),
  snmpAuthPassword: z.string().max(255).optional(),
  snmpPrivPassword: z.string().max(255).optional(),
})
export type TypedSecret = z.infer<typeof TypedSecret>

const FallbackAgents = z.array(z.uuid()).max(8)
export const DeviceInput = z.strictObject({
  name: Line(120),
  address: Address,
  siteId: z.uuid().nullable().default(null),
  roles: z.array(DeviceRole).max(DEVICE_ROLES.length).default([]),
  agentId: z.uuid().nullable().default(null),
  credentialId: z.uuid().nullable().default(null),
  /** Of the kind `diagnostics`. Omitted in a request: none. */
  diagnosticsCredentialId: z.uuid().nullable().optional(),
  methods: MethodsInput.prefault({}),
  note: Note.default(""),
  /** Null: that of the site. */
  textEncoding: TextEncoding.nullable().optional(),
  tags: Tags.optional(),
  /** Who may read it if `agentId`, the preferred agent, cannot. Omitted: nobody. */
  agentFallback: AgentFallback.optional(),
  /** In this order, if `agentFallback` is `listed`. */
  fallbackAgentIds: FallbackAgents.optional(),
})
export type DeviceInput = z.infer<typeof DeviceInput>
export const DevicePatch = z.strictObject({
  name: Line(120).optional(),
  address: Address.optional(),
  siteId: z.uuid().nullable().optional(),
  roles: z.array(DeviceRole).max(DEVICE_ROLES.length).optional(),
  agentId: z.uuid().nullable().optional(),
  credentialId: z.uuid().nullable().optional(),
  diagnosticsCredentialId: z.uuid().nullable().optional(),
  methods: MethodsInput.optional(),
  note: Note.optional(),
  textEncoding: TextEncoding.nullable().optional(),
  tags: Tags.optional(),
  agentFallback: AgentFallback.optional(),
  fallbackAgentIds: FallbackAgents.optional(),
})
export type DevicePatch = z.infer<typeof DevicePatch>
/** In requests; `secret` is compared with the saved one and never stored. */
export const DeviceCreate = DeviceInput.extend({ secret: TypedSecret.nullable().default(null) })
export const DeviceChange = DevicePatch.extend({ secret: TypedSecret.nullable().optional() })

/** `reason`: of the alert, or what stands in its place. `message`: the same for people. */
export const StatusNow = z.object({
  status: Status,
  reason: z.string(),
  message: StatusMessage,
  sinceMs: EpochMs.nullable(),
})
export type StatusNow = z.infer<typeof StatusNow>

/** A device with its latest values. Rates and round-trip times are null if nothing was measured. */
export const Device = z.object({
  id: z.uuid(),
  name: z.string(),
  address: z.string(),
  siteId: z.uuid().nullable(),
  siteName: z.string().nullable(),
  roles: z.array(DeviceRole),
  /** The preferred agent. */
  agentId: z.uuid().nullable(),
  agentName: z.string().nullable(),
  agentFallback: AgentFallback.optional(),
  fallbackAgentIds: z.array(z.uuid()).optional(),
  /** The agent that reads it now: the holder of its lease. */
  readBy: z.object({ id: z.uuid(), name: z.string() }).nullable().optional(),
  credentialId: z.uuid().nullable(),
  diagnosticsCredentialId: z.uuid().nullable(),
  /** The interval in seconds at which it reports itself; null if it does not. */
  reportsEveryS: z.int().nullable(),
  methods: MethodsInput,
  note: z.string(),
  textEncoding: TextEncoding.nullable(),
  tags: z.array(z.string()).optional(),
  identity: z.string().nullable(),
  vendor: z.string().nullable(),
  board: z.string().nullable(),
  version: z.string().nullable(),
  serial: z.string().nullable(),
  status: StatusNow,
  /** The incident that explains this status, if there is one. */
  incidentId: z.uuid().nullable(),
  lastSeenAtMs: EpochMs.nullable(),
  /**
   * The time of the last measurement of round trip and loss; of uptime, CPU and memory; of traffic.
   */
  probedAtMs: EpochMs.nullable(),
  healthAtMs: EpochMs.nullable(),
  trafficAtMs: EpochMs.nullable(),
  rttMs: z.number().nullable(),
  /** Probes lost over the last minute, 0 to 100. */
  lossPct: z.number().nullable(),
  uptimeS: z.number().nullable(),
  cpuPct: z.number().nullable(),
  memoryPct: z.number().nullable(),
  rxBps: z.number().nullable(),
  txBps: z.number().nullable(),
  /** Each method in use, its last answer, and its problem if it fails. */
  sources: z.array(
    z.object({ source: z.string(), lastAtMs: EpochMs.nullable(), problem: z.string().nullable() }),
  ),
})
export type Device = z.infer<typeof Device>

export const Interface = z.object({
  id: z.int(),
  deviceId: z.uuid(),
  name: z.string(),
  type: z.string(),
  mac: z.string().nullable(),
  comment: z.string().nullable(),
  speedBps: z.number().nullable(),
  running: z.boolean().nullable(),
  disabled: z.boolean().nullable(),
  rxBps: z.number().nullable(),
  txBps: z.number().nullable(),
  errorsPs: z.number().nullable(),
  dropsPs: z.number().nullable(),
  atMs: EpochMs.nullable(),
  linkId: z.uuid().nullable(),
})
export type Interface = z.infer<typeof Interface>

export const LinkMedium = z.enum(["fibre", "radio", "copper", "virtual"])
const LinkEndInput = z.strictObject({
  deviceId: z.uuid(),
  interface: Line(256).nullable().default(null),
})
/** A link connects two devices; an end may name its interface. */
const LinkFields = z.strictObject({
  name: Line(120).nullable().default(null),
  a: LinkEndInput,
  b: LinkEndInput,
  capacityBps: z.number().positive().max(1e15).nullable().default(null),
  medium: LinkMedium.nullable().default(null),
  tags: Tags.optional(),
})
export const LinkInput = LinkFields.refine(({ a, b }) => a.deviceId !== b.deviceId, {
  message: fieldCode("field.same-device"),
  path: ["b", "deviceId"],
})
export type LinkInput = z.infer<typeof LinkInput>
export const LinkPatch = z.strictObject({
  name: Line(120).nullable().optional(),
  a: LinkEndInput.optional(),
  b: LinkEndInput.optional(),
  capacityBps: z.number().positive().max(1e15).nullable().optional(),
  medium: LinkMedium.nullable().optional(),
  tags: Tags.optional(),
})
export type LinkPatch = z.infer<typeof LinkPatch>
const LinkEnd = z.object({
  deviceId: z.uuid(),
  deviceName: z.string(),
  interfaceId: z.int().nullable(),
  interface: z.string().nullable(),
})
/** `aToBBps` is the traffic that end A sends to B (or B receives), in bit/s. */
export const Link = z.object({
  id: z.uuid(),
  name: z.string(),
  a: LinkEnd,
  b: LinkEnd,
  tags: z.array(z.string()).optional(),
  capacityBps: z.number().nullable(),
  medium: LinkMedium.nullable(),
  status: StatusNow,
  incidentId: z.uuid().nullable(),
  aToBBps: z.number().nullable(),
  bToABps: z.number().nullable(),
  atMs: EpochMs.nullable(),
})
export type Link = z.infer<typeof Link>

export const SNMP_AUTH_PROTOCOLS = ["MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"] as const
/** AES-192 and AES-256 extend their keys as net-snmp does; with a C at the end, as Cisco does. */
export const SNMP_PRIV_PROTOCOLS = [
  "DES",
  "AES128",
  "AES192",
  "AES256",
  "AES192C",
  "AES256C",
] as const
const SnmpV3Password = z.string().min(8).max(255).nullable().default(null)
/**
 * The security level follows from the passwords: both are authPriv, the first alone is authNoPriv,
 * none is noAuthNoPriv. Without a protocol, it is SHA1 or AES-128.
 */
export const SnmpV3 = z
  .strictObject({
    user: z.string().trim().min(1).max(255),
    authProtocol: z.enum(SNMP_AUTH_PROTOCOLS).optional(),
    authPassword: SnmpV3Password,
    privProtocol: z.enum(SNMP_PRIV_PROTOCOLS).optional(),
    privPassword: SnmpV3Password,
  })
  .refine(({ authPassword, privPassword }) => privPassword === null || authPassword !== null, {
    message: fieldCode("field.encryption-without-authentication"),
    path: ["authPassword"],
  })
export type SnmpV3 = z.infer<typeof SnmpV3>
/** Of the community. Null: v2c, and v1 if a device answers nothing else. */
export const SnmpVersion = z.literal("v1").nullable()
/** Secrets are write-only: an answer only shows which ones are set. */
export const CredentialInput = z.strictObject({
  name: Line(120),
  username: z.string().max(255).nullable().default(null),
  password: z.string().max(1_024).nullable().default(null),
  snmpCommunity: z.string().min(1).max(255).nullable().default(null),
  snmpVersion: SnmpVersion.optional(),
  /** If set, v3 is used and no community. */
  snmpV3: SnmpV3.nullable().default(null),
  /**
   * Networks in which accounts with `credentials:use` may use it on standard ports. Empty or
   * omitted: none.
   */
  allowedNetworks: Networks.optional(),
  /** It stays as it was created. Omitted: `monitor_readonly`. */
  kind: CredentialKind.optional(),
})
export type CredentialInput = z.infer<typeof CredentialInput>
export const CredentialPatch = z.strictObject({
  name: Line(120).optional(),
  username: z.string().max(255).nullable().optional(),
  password: z.string().max(1_024).nullable().optional(),
  snmpCommunity: z.string().min(1).max(255).nullable().optional(),
  snmpVersion: SnmpVersion.optional(),
  snmpV3: SnmpV3.nullable().optional(),
  allowedNetworks: Networks.optional(),
})
export const Credential = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: CredentialKind,
  username: z.string().nullable(),
  hasPassword: z.boolean(),
  hasSnmpCommunity: z.boolean(),
  snmpVersion: SnmpVersion,
  snmpV3User: z.string().nullable(),
  /** Null: no authentication, no encryption. */
  snmpV3AuthProtocol: z.enum(SNMP_AUTH_PROTOCOLS).nullable(),
  snmpV3PrivProtocol: z.enum(SNMP_PRIV_PROTOCOLS).nullable(),
  allowedNetworks: z.array(z.string()),
  usedBy: z.int(),
})
export type Credential = z.infer<typeof Credential>

/** `GET /api/v1/topology`: everything for map and graph in one answer. */
export const Topology = z.object({
  sites: z.array(Site),
  devices: z.array(Device),
  links: z.array(Link),
  /** The position of each agent: the device next to it. */
  agents: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      siteId: z.uuid().nullable(),
      deviceId: z.uuid().nullable(),
      status: Status,
    }),
  ),
})
export type Topology = z.infer<typeof Topology>
