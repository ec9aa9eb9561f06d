/**
 * Menus of RouterOS: each recorded row is served by a fake router over the API's protocol, read by
 * the agent, and looked for among what the agent would send.
 */
import { AssignedDevice, type Item } from "@ispvm/wire"
import type { ApiBackend } from "../simulator/routers/api-backend.ts"
import { noSuchMenu } from "../simulator/routers/api-backend.ts"
import type { Row } from "../simulator/routers/api-query.ts"
import { ApiServer } from "../simulator/routers/api-server.ts"
import { Trap } from "../simulator/routers/trap.ts"
import { createRouterOsCollectors, Normalizer } from "./agent.ts"
import type { Finding, RecordingKind } from "./result.ts"
import { type Case, casesIn, type Menus } from "./routeros-cases.ts"
import { COUNTED, isOnPurpose, LOGICAL, SEEN, SETTINGS } from "./routeros-purpose.ts"

const ID = "00000000-0000-4000-8000-000000000001"
const DEADLINE_MS = 60_000
/** Every router has them, recorded or not. */
const ALWAYS: Menus = { "/system/resource": [], "/system/identity": [], "/interface": [] }

const backendOf = (recorded: Menus): ApiBackend => {
  const menus: Menus = { ...ALWAYS, ...recorded }
  return {
    login: "plain",
    sendsEmpty: true,
    users: [{ name: "monitor", password: "", policies: ["api", "read"] }],
    print: (menu) => {
      const rows = menus[menu]
      if (typeof rows === "string") throw new Trap(rows, 0)
      if (rows === undefined) throw noSuchMenu()
      return rows
    },
    command: (menu, verb) => {
      const rows = recorded[`${menu}/${verb}`]
      if (typeof rows === "object") return rows
      throw new Trap("no such command", 0)
    },
    listen: () => () => undefined,
    loggedIn: () => undefined,
    loggedOut: () => undefined,
    loginFailed: () => undefined,
  }
}

/** Everything that the agent reads by the API on this port of loopback. */
export const readByApi = async (
  port: number,
  username: string,
  password: string,
): Promise<readonly Item[]> => {
  const device = AssignedDevice.parse({
    id: ID,
    name: "recorded",
    access: {
      address: "127.0.0.1",
      routerosApi: { port, tls: false, fingerprint: null, username, password },
      snmp: null,
      icmp: false,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
  const collectors = createRouterOsCollectors({ clock: { now: Date.now } })
  const normalizer = new Normalizer()
  const items: Item[] = []
  try {
    for (const collector of collectors.all) {
      const readings = await collector.collect(device, AbortSignal.timeout(DEADLINE_MS))
      items.push(...normalizer.normalize(readings))
    }
  } finally {
    await collectors.close()
  }
  return items
}

const play = async (menus: Menus): Promise<readonly Item[]> => {
  const server = new ApiServer(backendOf(menus), null)
  await server.open("127.0.0.1", 0)
  try {
    return await readByApi(server.port, "monitor", "")
  } finally {
    await server.close()
  }
}

type Values = Readonly<Record<string, unknown>>
const rowsOf = (items: readonly Item[], table: string): readonly Values[] =>
  items.flatMap((item) =>
    item.kind === "rows" && item.table === table ? item.rows.map(({ values }) => values) : [],
  )
const samplesOf = (items: readonly Item[], kind: string): readonly Values[] =>
  items.filter((item) => item.kind === kind)

/** Of menus without a table: whether the items say what the row says. */
const ITEM_OF: Readonly<Record<string, (row: Row, items: readonly Item[]) => boolean>> = {
  "/interface": ({ name }, items) =>
    samplesOf(items, "interface").some((each) => each.interface === name),
  "/system/identity": ({ name }, items) =>
    samplesOf(items, "facts").some(({ identity }) => identity === name),
  "/system/resource": ({ version }, items) =>
    samplesOf(items, "facts").some((each) => each.version === version),
  "/system/routerboard": (row, items) =>
    row["serial-number"] === undefined ||
    samplesOf(items, "facts").some(({ serial }) => serial === row["serial-number"]),
  "/tool/netwatch": ({ name, host }, items) =>
    samplesOf(items, "watch").some((each) => Object.values(each).includes(name || host)),
  // v6 has a property for each sensor, and settings of the fan beside them.
  "/system/health": (row, items) => {
    const sensors = samplesOf(items, "sensor").map(({ sensor }) => sensor)
    if (row.name !== undefined) return sensors.includes(row.name)
    const measured = Object.entries(row).filter(([, value]) => /^-?\d+(\.\d+)?[A-Z]?$/.test(value))
    return measured.every(([name]) => sensors.includes(name))
  },
  "/interface/ethernet/monitor": (row, items) => {
    const of = (kind: string): Values =>
      samplesOf(items, kind).find((each) => each.interface === row.name) ?? {}
    const duplex = row["full-duplex"]
    const rx = row["sfp-rx-power"]
    const serial = row["sfp-vendor-serial"]
    return (
      (duplex === undefined || of("port").isFullDuplex === (duplex === "yes")) &&
      (rx === undefined || of("optics").rxDbm === Number.parseFloat(rx)) &&
      (serial === undefined || rowsOf(items, "inventory").some((each) => each.serial === serial))
    )
  },
  "/system/resource/cpu": ({ cpu, load }, items) =>
    samplesOf(items, "sensor").some(
      ({ sensor, value }) => sensor === cpu && value === Number(load),
    ),
  "/system/ntp/client": (row, items) =>
    isSetting("ntp client", row, items) &&
    samplesOf(items, "clock").some(
      ({ isSynchronized }) =>
        isSynchronized ===
        (row.status === undefined
          ? row["last-update-from"] !== undefined
          : row.status === "synchronized"),
    ),
}

/** Every property of the row that is a setting has its value. */
const isSetting = (area: string, row: Row, items: readonly Item[]): boolean => {
  const own = rowsOf(items, "settings").filter((each) => each.area === area)
  return own.length > 0 && own.every(({ name, value }) => row[String(name)] === value)
}

const NAMES = [
  "name",
  "interface",
  "address",
  "mac-address",
  "user",
  "list",
  "dst-address",
] as const
/** Of a menu without a line: what names the row is together in one row or sample. */
const isNamed = (row: Row, items: readonly Item[]): boolean => {
  const names = NAMES.flatMap((name) => row[name] || [])
  const sent = items.flatMap((item): readonly Values[] =>
    item.kind === "rows" ? item.rows.map(({ values }) => values) : [item],
  )
  return (
    names.length > 0 &&
    sent.some((each) => names.every((name) => Object.values(each).map(String).includes(name)))
  )
}
/** Menus of tunnels and other interfaces, each with its own. */
const INTERFACE = /^\/interface\/[a-z0-9-]+$/

const isSeen = (path: string, row: Row, all: readonly Row[], items: readonly Item[]): boolean => {
  const counted = COUNTED[path]
  if (counted !== undefined)
    return samplesOf(items, "device-counts").some(
      ({ count, value }) => count === counted && value === all.length,
    )
  const ofItem = ITEM_OF[path]
  const seen = SEEN[path] ?? (INTERFACE.test(path) ? LOGICAL : undefined)
  const area = SETTINGS[path]
  if (ofItem === undefined && area !== undefined) return isSetting(area, row, items)
  if (ofItem !== undefined) return ofItem(row, items)
  if (seen === undefined) return isNamed(row, items)
  const named = Object.entries(seen.columns).filter(([, property]) => row[property] !== undefined)
  if (named.length === 0) return false
  return rowsOf(items, seen.kind).some((each) =>
    named.every(([column, property]) => String(each[column] ?? "") === row[property]),
  )
}

/** Whether each row of the menus is among what the agent has read. */
export const compareMenus = (
  name: string,
  menus: Menus,
  items: readonly Item[],
): readonly Finding[] =>
  Object.entries(menus).flatMap(([path, rows]): Finding[] => {
    if (typeof rows === "string") return []
    return rows.map((row) => ({
      device: name,
      vendor: "MikroTik",
      family: path,
      what: row.name ?? row[".id"] ?? row.address ?? "row",
      cause: isOnPurpose(path, row) ? "purpose" : isSeen(path, row, rows, items) ? null : "ours",
      expected: JSON.stringify(row).slice(0, 300),
      got: "no such row",
    }))
  })

const compare = async ({ name, menus }: Case): Promise<readonly Finding[]> =>
  compareMenus(name, menus, await play(menus))

export const routerOsRecordings: RecordingKind = {
  name: "routeros",
  cases: (folder) => casesIn(folder).map(({ name }) => name),
  compare: async (folder, name) => {
    const found = casesIn(folder).filter((each) => each.name === name)
    return (await Promise.all(found.map(compare))).flat()
  },
}
