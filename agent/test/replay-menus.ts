/** Polls a fake router whose menus have the given rows, with every collector of the RouterOS API. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { type AssignedDevice, DeviceId, Item } from "@ispvm/wire"
import { createRouterOsCollectors } from "../src/collect/routeros/collectors/collectors.ts"
import { Normalizer } from "../src/normalize/normalize.ts"
import { fakeRouter, sentence } from "./fake-router.ts"

export type MenuRow = Readonly<Record<string, unknown>>
/** Rows, or the message of the trap that the router answers. */
export type Menus = Readonly<Record<string, readonly MenuRow[] | string>>
export const REPLAYED_AT_MS = 1_700_000_000_000

export const replayedDevice = (port: number): AssignedDevice => ({
  id: DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11"),
  name: "recorded",
  access: {
    address: "127.0.0.1",
    routerosApi: { port, tls: false, fingerprint: null, username: "watch", password: "" },
    snmp: null,
    icmp: false,
    tcpPort: null,
  },
  intervals: { pingMs: 1_000, interfaceMs: 5_000, healthMs: 10_000, factsMs: 60_000 },
})

const ALWAYS: Menus = { "/system/resource": [], "/system/identity": [], "/interface": [] }

/** Items of `polls` rounds, and the commands that the router received. */
export const replayMenus = async (recorded: Menus, polls = 1) => {
  const menus: Menus = { ...ALWAYS, ...recorded }
  const received: string[] = []
  const router = await fakeRouter(({ socket, command, words, tag }) => {
    const path = command.replace(/\/print$/, "")
    received.push([command, ...words.filter((each) => !each.startsWith(".tag="))].join(" "))
    const rows = menus[path] ?? (command === "/login" ? [] : "no such command prefix")
    if (typeof rows === "string") socket.write(sentence("!trap", `=message=${rows}`, ...tag))
    const isCount = words.includes("=count-only=")
    if (typeof rows !== "string" && !isCount)
      for (const row of rows)
        socket.write(
          sentence(
            "!re",
            ...Object.entries(row).map(([name, value]) => `=${name}=${value}`),
            ...tag,
          ),
        )
    socket.write(sentence("!done", ...(isCount ? [`=ret=${rows.length}`] : []), ...tag))
  })
  let nowMs = REPLAYED_AT_MS
  const collectors = createRouterOsCollectors({ clock: { now: () => nowMs } })
  const normalizer = new Normalizer()
  const items: Item[] = []
  try {
    for (let poll = 0; poll < polls; poll += 1) {
      for (const collector of collectors.all) {
        const device = replayedDevice(router.port)
        const readings = await collector.collect(device, new AbortController().signal)
        items.push(...normalizer.normalize(readings))
      }
      nowMs += 60_000
    }
  } finally {
    await collectors.close()
    await router.close()
  }
  for (const item of items) Item.parse(item)
  return { items, received }
}

const COMMON = ["kind", "device", "atMs", "source"]
/** Samples of a family, and rows of a table, without what all of them have. */
export const samplesOf = (items: readonly Item[], kind: string): MenuRow[] =>
  items
    .filter((item) => item.kind === kind)
    .map((item) =>
      Object.fromEntries(
        Object.entries(item).filter(([name, value]) => value !== null && !COMMON.includes(name)),
      ),
    )
export const rowsOf = (items: readonly Item[], table: string): MenuRow[] =>
  items.flatMap((item) =>
    item.kind === "rows" && item.table === table ? item.rows.map(({ values }) => values) : [],
  )

/** The shape of the API of a release, and what the agent makes of it. */
export type ReleaseCase = {
  readonly release: string
  readonly menus: Menus
  readonly families: Readonly<Record<string, readonly MenuRow[]>>
  readonly tables: Readonly<Record<string, readonly MenuRow[]>>
}
export const testReleases = (cases: readonly ReleaseCase[]): void => {
  for (const { release, menus, families, tables } of cases)
    test(release, async () => {
      const { items } = await replayMenus(menus)
      for (const [family, expected] of Object.entries(families))
        assert.deepEqual(samplesOf(items, family), expected, family)
      for (const [table, expected] of Object.entries(tables))
        assert.deepEqual(rowsOf(items, table), expected, table)
    })
}
export const pppSession = (name: string, service: string): MenuRow => ({
  ".id": `*${name}`,
  name,
  service,
  "caller-id": "02:00:00:00:00:01",
  address: "100.64.0.2",
  uptime: "1h",
  radius: "true",
})
