/**
 * The requested OIDs. Tables are read column by column, because many agents fail at a walk of a
 * whole tree.
 */
export const SYSTEM = {
  descr: "1.3.6.1.2.1.1.1.0",
  objectId: "1.3.6.1.2.1.1.2.0",
  uptime: "1.3.6.1.2.1.1.3.0",
  name: "1.3.6.1.2.1.1.5.0",
} as const

/** snmpEngineTime: seconds, which do not wrap for 68 years. */
export const ENGINE_TIME = "1.3.6.1.6.3.10.2.1.3.0"
/**
 * hrSystemUptime: of the host. Some agents have another value there, so sysUpTime is used while it
 * increases.
 */
export const HOST_UPTIME = "1.3.6.1.2.1.25.1.1.0"

const IF = "1.3.6.1.2.1.2.2.1"
const IFX = "1.3.6.1.2.1.31.1.1.1"
export const PORT = {
  descr: `${IF}.2`,
  type: `${IF}.3`,
  mtu: `${IF}.4`,
  speed: `${IF}.5`,
  mac: `${IF}.6`,
  admin: `${IF}.7`,
  oper: `${IF}.8`,
  inOctets: `${IF}.10`,
  inUcast: `${IF}.11`,
  inDiscards: `${IF}.13`,
  inErrors: `${IF}.14`,
  outOctets: `${IF}.16`,
  outUcast: `${IF}.17`,
  outDiscards: `${IF}.19`,
  outErrors: `${IF}.20`,
  name: `${IFX}.1`,
  hcInOctets: `${IFX}.6`,
  hcInUcast: `${IFX}.7`,
  hcInMulticast: `${IFX}.8`,
  hcInBroadcast: `${IFX}.9`,
  hcOutOctets: `${IFX}.10`,
  hcOutUcast: `${IFX}.11`,
  hcOutMulticast: `${IFX}.12`,
  hcOutBroadcast: `${IFX}.13`,
  highSpeed: `${IFX}.15`,
  alias: `${IFX}.18`,
  discontinuity: `${IFX}.19`,
} as const

export const LOAD = "1.3.6.1.2.1.25.3.3.1.2"
const STORE = "1.3.6.1.2.1.25.2.3.1"
export const STORAGE = {
  type: `${STORE}.2`,
  descr: `${STORE}.3`,
  unit: `${STORE}.4`,
  size: `${STORE}.5`,
  used: `${STORE}.6`,
} as const
export const STORAGE_TYPE = {
  ram: "1.3.6.1.2.1.25.2.1.2",
  fixedDisk: "1.3.6.1.2.1.25.2.1.4",
  flash: "1.3.6.1.2.1.25.2.1.9",
} as const

export const MIKROTIK = "1.3.6.1.4.1.14988"
const HEALTH = `${MIKROTIK}.1.1.3`
/** mtxrGaugeTable: name, value, unit. */
export const GAUGE = {
  name: `${HEALTH}.100.1.2`,
  value: `${HEALTH}.100.1.3`,
  unit: `${HEALTH}.100.1.4`,
} as const
export const GAUGE_UNITS: ReadonlyMap<number, string> = new Map([
  [1, "celsius"],
  [2, "rpm"],
  [3, "dV"],
  [4, "dA"],
  [5, "dW"],
  [6, "status"],
])
/**
 * The older form: one number per sensor, with the scale of the MIB. Names as RouterOS prints them.
 */
export const SCALARS: readonly {
  readonly oid: string
  readonly sensor: string
  readonly unit: string
}[] = [
  { oid: `${HEALTH}.1.0`, sensor: "core-voltage", unit: "dV" },
  { oid: `${HEALTH}.2.0`, sensor: "three-dot-three-voltage", unit: "dV" },
  { oid: `${HEALTH}.3.0`, sensor: "five-voltage", unit: "dV" },
  { oid: `${HEALTH}.4.0`, sensor: "twelve-voltage", unit: "dV" },
  { oid: `${HEALTH}.5.0`, sensor: "sensor-temperature", unit: "dC" },
  { oid: `${HEALTH}.6.0`, sensor: "cpu-core-temperature", unit: "dC" },
  { oid: `${HEALTH}.7.0`, sensor: "board-temperature", unit: "dC" },
  { oid: `${HEALTH}.8.0`, sensor: "voltage", unit: "dV" },
  { oid: `${HEALTH}.10.0`, sensor: "temperature", unit: "dC" },
  { oid: `${HEALTH}.11.0`, sensor: "cpu-temperature", unit: "dC" },
  { oid: `${HEALTH}.12.0`, sensor: "power-consumption", unit: "dW" },
  { oid: `${HEALTH}.13.0`, sensor: "current", unit: "mA" },
  { oid: `${HEALTH}.15.0`, sensor: "psu1-state", unit: "state" },
  { oid: `${HEALTH}.16.0`, sensor: "psu2-state", unit: "state" },
  { oid: `${HEALTH}.17.0`, sensor: "fan1-speed", unit: "rpm" },
  { oid: `${HEALTH}.18.0`, sensor: "fan2-speed", unit: "rpm" },
]
