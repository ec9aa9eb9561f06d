/** Faults of routers and what the agent reads of each: rows of the tests of faults. */
import type { LabCommand } from "../commands.ts"
import type { DeviceFault, DeviceRepair } from "../device-faults.ts"
import { DEVICE_FAULTS } from "../device-faults.ts"

export type Source = "api" | "snmp"
/** Of a family, by name. */
export type Values = ReadonlyMap<string, Readonly<Record<string, unknown>>>
export type Case = {
  readonly name: string
  readonly router: string
  readonly begin: LabCommand
  readonly end: LabCommand
  /** The collector, and the family of its readings. */
  readonly reads: string
  readonly family: string
  readonly sources: readonly Source[]
  readonly isSick: (values: Values) => boolean
  /** Meanings of log lines at the begin and at the end. */
  readonly events?: readonly [begin: string | undefined, end: string | undefined]
  /** It takes the router some seconds. */
  readonly isSlow?: true
  /** What is gone has no row. */
  readonly mayBeEmpty?: true
}

const repairOf = (fault: DeviceFault): DeviceRepair => {
  const row = DEVICE_FAULTS.find(([name]) => name === fault)
  if (row === undefined) throw new Error(`no fault ${fault}`)
  return row[1]
}
const fault = (
  name: DeviceFault,
  router: string,
  [reads, family = reads]: readonly [reads: string, family?: string],
  sources: readonly Source[],
  isSick: Case["isSick"],
  more: Pick<Case, "events" | "mayBeEmpty" | "isSlow"> = {},
): Case => ({
  ...{ name: `${name} ${router}`, router, reads, family, sources, isSick, ...more },
  begin: { do: name, router },
  end: { do: repairOf(name), router },
})

const numbersOf = (values: Values, field: string): number[] =>
  [...values.values()].flatMap((one) =>
    typeof one[field] === "number" || typeof one[field] === "bigint" ? [Number(one[field])] : [],
  )
const some =
  (field: string, is: unknown): Case["isSick"] =>
  (values) =>
    [...values.values()].some((one) => one[field] === is)
const sensor =
  (pattern: RegExp, is: (value: number) => boolean): Case["isSick"] =>
  (values) =>
    [...values].some(
      ([name, { value }]) => pattern.test(name) && typeof value === "number" && is(value),
    )
const isWeak: Case["isSick"] = (values) =>
  values.size > 0 && numbersOf(values, "signalDbm").every((dbm) => dbm <= -80)
const hasNoClients: Case["isSick"] = (values) =>
  numbersOf(values, "clients").every((clients) => clients === 0)
const BOTH = ["api", "snmp"] as const
const API = ["api"] as const
const STATIONS = { events: ["station-down", "station-up"] } as const
/** By SNMP stations are rows of their own: those that left have none. */
const NONE_LEFT: Case["isSick"] = (values) => values.size === 0

export const CASES: readonly Case[] = [
  fault("fade-radio", "ist-acc-2", ["registration"], BOTH, isWeak),
  fault("fade-radio", "esk-acc-1", ["registration"], BOTH, isWeak),
  fault("fade-radio", "ank-acc-2", ["registration"], BOTH, isWeak),
  fault("fade-radio", "izm-acc-2", ["wireless"], BOTH, (values) => {
    const dbm = values.get("wlan60-1")?.signalDbm
    return typeof dbm === "number" && dbm <= -80
  }),
  fault("drop-stations", "ist-acc-2", ["wireless"], BOTH, hasNoClients, STATIONS),
  fault("drop-stations", "esk-acc-1", ["wireless"], API, hasNoClients, STATIONS),
  fault("drop-stations", "ank-acc-2", ["wireless"], BOTH, hasNoClients, STATIONS),
  fault("drop-stations", "ist-acc-2", ["registration"], BOTH, NONE_LEFT, { mayBeEmpty: true }),
  fault("drop-stations", "esk-acc-1", ["registration"], BOTH, NONE_LEFT, { mayBeEmpty: true }),
  fault(
    "exhaust-pool",
    "ist-acc-1",
    ["dhcp"],
    API,
    (values) => [...values.values()].some(({ leases, addresses }) => leases === addresses),
    { events: ["lease-failed", undefined] },
  ),
  fault("exhaust-pool", "ank-acc-2", ["device-counts"], ["snmp"], (values) => {
    const leases = values.get("DHCP leases")?.value
    return typeof leases === "number" && leases >= 64
  }),
  fault(
    "fail-psu",
    "ist-core-1",
    ["health", "sensor"],
    BOTH,
    sensor(/psu2/, (value) => value < 1),
    { events: ["health-problem", "health-ok"] },
  ),
  fault(
    "stop-fan",
    "ist-core-1",
    ["health", "sensor"],
    BOTH,
    sensor(/fan2/, (value) => value < 200),
    { events: ["health-problem", "health-ok"] },
  ),
  // A v7 router has rows of sensors, a v6 one a row of properties and scalars.
  fault(
    "overheat",
    "ist-core-1",
    ["health", "sensor"],
    BOTH,
    sensor(/^temperature/, (value) => value > 85),
  ),
  fault(
    "overheat",
    "esk-core-1",
    ["health", "sensor"],
    BOTH,
    sensor(/^temperature/, (value) => value > 85),
  ),
  fault("age-certificate", "ist-border-1", ["certificate"], API, (values) => {
    const days = values.get("partner-exchange")?.daysLeft
    return typeof days === "number" && days < 7
  }),
  fault("lose-lte", "sam-agg-1", ["lte"], BOTH, some("isRegistered", false), {
    events: ["modem-down", "modem-up"],
  }),
  fault("lose-lte", "tra-agg-1", ["lte"], BOTH, some("isRegistered", false)),
  fault("ipsec-down", "ist-border-1", ["tunnel"], API, some("state", "down"), {
    events: ["ipsec-down", "ipsec-up"],
  }),
  fault("ipsec-down", "ist-border-1", ["tunnel"], ["snmp"], NONE_LEFT, { mayBeEmpty: true }),
  fault(
    "wireguard-down",
    "ist-core-1",
    ["tunnel"],
    API,
    (values) => values.get("wireguard wg-management noc")?.state === "down",
  ),
  // A subscriber's queue of 50 Mbit/s, and a customer's port.
  fault("fill-queue", "ist-bng-1", ["queue"], BOTH, isFull("pppoe-abone1001", 50e6)),
  fault("fill-queue", "ist-acc-1", ["queue"], API, isFull("customers-ether2", 1e9)),
  fault("overload-poe", "ist-acc-2", ["poe"], BOTH, some("state", "overload"), {
    events: ["poe-fault", "poe-changed"],
  }),
  fault("short-poe", "ank-acc-2", ["poe"], BOTH, some("state", "short-circuit"), {
    events: ["poe-fault", "poe-changed"],
  }),
  fault("vrrp-backup", "ist-bng-1", ["vrrp"], API, some("role", "backup"), {
    events: ["vrrp-backup", "vrrp-master"],
  }),
  fault("block-bridge-port", "ist-acc-1", ["bridge-port"], API, some("state", "blocking"), {
    events: ["stp-changed", "stp-changed"],
  }),
  fault(
    "skew-clock",
    "ist-core-1",
    ["clock"],
    API,
    (values) => Math.abs(numbersOf(values, "offsetMs")[0] ?? 0) > 60_000,
    { events: ["time-changed", "time-changed"] },
  ),
  fault("lose-ntp", "ist-core-1", ["clock"], API, some("isSynchronized", false)),
  fault("lose-ntp", "esk-core-1", ["clock"], API, some("isSynchronized", false)),
  fault("watch-down", "ist-border-1", ["watch"], API, some("state", "down"), {
    events: ["watch-down", "watch-up"],
    isSlow: true,
  }),
  fault("load-cpu", "ist-core-1", ["health"], BOTH, (values) => values.get("")?.cpuRatio === 1),
  fault("fill-memory", "ist-core-1", ["health"], BOTH, isUsed("memory")),
  fault("fill-disk", "ist-core-1", ["health"], BOTH, isUsed("disk")),
  {
    name: "isis-down istanbul-bursa",
    router: "ist-core-1",
    reads: "isis",
    family: "isis",
    sources: API,
    begin: { do: "isis-down", link: "istanbul-bursa" },
    end: { do: "isis-up", link: "istanbul-bursa" },
    isSick: some("state", "down"),
  },
]

function isUsed(what: "memory" | "disk"): Case["isSick"] {
  return (values) => {
    const sample = values.get("")
    return Number(sample?.[`${what}UsedByte`]) / Number(sample?.[`${what}TotalByte`]) > 0.97
  }
}
/** Nearly all that the queue may send, and more is dropped. */
function isFull(name: string, limitBps: number): Case["isSick"] {
  return (values) => {
    const { txBps, dropsPs } = values.get(name) ?? {}
    return Number(txBps) > 0.9 * limitBps && Number(dropsPs) > 100
  }
}
