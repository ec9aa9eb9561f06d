/** Tabs of the device page that show what is collected: tables, latest values and charts. Pure. */
import type { DeviceMetricFamily } from "@ispvm/appliance/api/series"
import type { TableName, TableSummary } from "@ispvm/appliance/api/tables"

/** `table`: rows that the device reports. `values`: the latest values of a metric family. */
export type TabPart =
  | { readonly key: TableName; readonly kind: "table"; readonly table: TableName }
  | { readonly key: `values-${string}`; readonly kind: "values"; readonly family: string }
export type DataTab = {
  readonly key: string
  readonly parts: readonly TabPart[]
  /** Families whose charts are drawn above. */
  readonly charts: readonly string[]
}

const table = (name: TableName): TabPart => ({ key: name, kind: "table", table: name })
const values = (family: string): TabPart => ({ key: `values-${family}`, kind: "values", family })

export const DATA_TABS: readonly DataTab[] = [
  {
    key: "routing",
    parts: [
      table("bgp-peers"),
      table("ospf-neighbours"),
      values("isis"),
      table("adjacencies"),
      values("vrrp"),
      table("routing-instances"),
      table("vrfs"),
      table("routes"),
      table("routing-rules"),
      values("device-counts"),
    ],
    charts: ["bgp", "device-counts"],
  },
  {
    key: "sessions",
    parts: [table("sessions"), table("hotspot"), table("ppp-accounts"), table("profiles")],
    charts: ["sessions"],
  },
  {
    key: "neighbours",
    parts: [
      table("neighbours"),
      table("hosts"),
      table("arp"),
      table("addresses"),
      table("vlans"),
      values("bridge-port"),
    ],
    charts: [],
  },
  { key: "queues", parts: [values("queue"), table("queues")], charts: ["queue"] },
  {
    key: "wireless",
    parts: [
      table("registrations"),
      values("registration"),
      values("wireless"),
      values("lte"),
      table("radios"),
      table("access-points"),
    ],
    charts: ["registration", "wireless", "lte"],
  },
  {
    key: "sensors",
    parts: [values("optics"), values("sensor"), values("poe"), table("inventory")],
    charts: ["optics", "sensor"],
  },
  {
    key: "dhcp",
    parts: [table("leases"), values("dhcp"), table("dhcp-services"), table("dns-records")],
    charts: ["dhcp"],
  },
  {
    key: "vpn",
    parts: [table("tunnels"), values("tunnel"), table("ipsec"), table("logical-interfaces")],
    charts: [],
  },
  {
    key: "firewall",
    parts: [values("firewall"), table("firewall-rules"), table("address-lists")],
    charts: ["firewall"],
  },
  {
    key: "system",
    parts: [
      table("packages"),
      table("certificates"),
      values("clock"),
      table("users"),
      values("watch"),
      table("settings"),
      table("services"),
      table("scripts"),
      table("user-groups"),
      table("port-settings"),
      table("interface-lists"),
      table("changes"),
    ],
    charts: ["clock"],
  },
]
export const dataTab = (key: string): DataTab | null =>
  DATA_TABS.find((tab) => tab.key === key) ?? null

/** Families whose charts are in a tab: the page above the tabs does not repeat them. */
export const IN_TABS: ReadonlySet<string> = new Set(DATA_TABS.flatMap(({ charts }) => charts))

/** What the device has: tables with their sizes, and which families have values. */
export type Collected = {
  readonly tables: readonly TableSummary[]
  readonly families: readonly DeviceMetricFamily[]
}
const NOTHING: Collected = { tables: [], families: [] }

export const rowsOf = ({ tables }: Collected, name: TableName): number =>
  tables
    .filter((each) => each.table === name)
    .flatMap(({ sources }) => sources)
    .reduce((sum, { stored }) => sum + stored, 0)
const hasValues = ({ families }: Collected, name: string): boolean =>
  families.some(({ family, hasValues: has }) => family === name && has)

export const hasPart = (collected: Collected, part: TabPart): boolean =>
  part.kind === "table" ? rowsOf(collected, part.table) > 0 : hasValues(collected, part.family)

/** Tabs with something in them, and the one that the address names: it says why it is empty. */
export const shownTabs = (collected: Collected | undefined, active: string): readonly DataTab[] =>
  DATA_TABS.filter(
    (tab) => tab.key === active || tab.parts.some((part) => hasPart(collected ?? NOTHING, part)),
  )

/** Below the probes of the device: what agents measured of them. */
export const PROBE_VALUES: DataTab = {
  key: "probes",
  parts: [values("service")],
  charts: ["service"],
}
export const hasProbeValues = (collected: Collected): boolean =>
  PROBE_VALUES.parts.some((part) => hasPart(collected, part))

/** The part of the address; else the first that has something; else the first. */
export const partOf = (tab: DataTab, key: string, collected: Collected): TabPart | undefined =>
  tab.parts.find((part) => part.key === key) ??
  tab.parts.find((part) => hasPart(collected, part)) ??
  tab.parts[0]

/** Which tab shows a table, for a link to one of its rows. */
export const tabOfTable = (name: string): string | null =>
  name === "configuration" ? name : dataTabOfTable(name)

const dataTabOfTable = (name: string): string | null =>
  DATA_TABS.find(({ parts }) => parts.some((part) => part.kind === "table" && part.table === name))
    ?.key ?? null
