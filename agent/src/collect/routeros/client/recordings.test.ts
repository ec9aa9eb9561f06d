/**
 * Recorded rows of real routers, replayed by a router of the tests, read by the collectors,
 * normalized, and compared with the results of other projects. The recordings are not part of the
 * repository: ISPVM_RECORDINGS names their folder.
 */
import assert from "node:assert/strict"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { type AssignedDevice, DeviceId, Item } from "@ispvm/wire"
import { recordingsFolder } from "../../../../test/config.ts"
import { fakeRouter, sentence } from "../../../../test/fake-router.ts"
import { Normalizer } from "../../../normalize/normalize.ts"
import { createRouterOsCollectors } from "../collectors/collectors.ts"
import { isMissingMenu, TrapError } from "./trap.ts"
import {
  parseBytes,
  parseDurationS,
  parseFlag,
  parsePercent,
  parseSpeedBps,
  parseVersion,
} from "./values.ts"

const root = recordingsFolder()
const api = root === undefined ? null : join(root, "api")
const skip =
  api === null || !existsSync(api)
    ? "ISPVM_RECORDINGS names no folder with api/: recorded rows did not run"
    : false

type JsonObject = Record<string, unknown>
const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const valueAtPath = (json: unknown, ...path: string[]): unknown =>
  path.reduce((at, key) => (isJsonObject(at) ? at[key] : undefined), json)
const entriesOf = (json: unknown): [string, unknown][] =>
  isJsonObject(json) ? Object.entries(json) : []
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"))
const rowsOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : []

const device = (port: number): AssignedDevice => ({
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

/** Menus that every router has, recorded or not. */
const ALWAYS: readonly (readonly [string, readonly JsonObject[]])[] = [
  ["/system/resource/print", []],
  ["/system/identity/print", []],
  ["/interface/print", []],
]

/** Replays the menus of one recorded folder and gives everything that the agent would send. */
const replay = async (recorded: ReadonlyMap<string, readonly JsonObject[]>) => {
  const menus = new Map([...ALWAYS, ...recorded])
  const router = await fakeRouter(({ socket, command, tag }) => {
    const rows = menus.get(command)
    if (rows === undefined)
      socket.write(sentence("!trap", "=message=no such command prefix", ...tag))
    for (const row of rows ?? [])
      socket.write(
        sentence("!re", ...Object.entries(row).map(([name, value]) => `=${name}=${value}`), ...tag),
      )
    socket.write(sentence("!done", ...tag))
  })
  const collectors = createRouterOsCollectors({ clock: { now: () => 1_700_000_000_000 } })
  try {
    const readings = []
    for (const collector of collectors.all)
      readings.push(...(await collector.collect(device(router.port), new AbortController().signal)))
    const items = new Normalizer().normalize(readings)
    for (const item of items) Item.parse(item)
    return {
      ports: items.filter((item) => item.kind === "interface"),
      health: items.find((item) => item.kind === "health"),
      sensors: items.filter((item) => item.kind === "sensor"),
      facts: items.find((item) => item.kind === "facts"),
    }
  } finally {
    await collectors.close()
    await router.close()
  }
}
type Replayed = Awaited<ReturnType<typeof replay>>

/** "_system_resource_print.json" is "/system/resource/print". */
const menusIn = (folder: string): Map<string, JsonObject[]> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.startsWith("_") && file.endsWith("_print.json"))
      .map((file) => [
        file.slice(0, -".json".length).replaceAll("_", "/"),
        rowsOf(valueAtPath(readJson(join(folder, file)), "data")),
      ]),
  )

const sameFacts = ({ facts, health }: Replayed, expected: unknown): void => {
  assert.equal(facts?.identity, valueAtPath(expected, "hostname"))
  assert.equal(facts?.version, valueAtPath(expected, "os_version"))
  assert.equal(facts?.vendor, valueAtPath(expected, "vendor"))
  assert.equal(facts?.board, valueAtPath(expected, "model"))
  assert.equal(facts?.serial ?? "", valueAtPath(expected, "serial_number"))
  assert.equal(health?.uptimeS, valueAtPath(expected, "uptime"))
  assert.deepEqual(
    facts?.interfaces?.map(({ name }) => name).toSorted(),
    rowsAsTexts(valueAtPath(expected, "interface_list")).toSorted(),
  )
}
const rowsAsTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const samePorts = ({ ports, facts }: Replayed, expected: unknown): void => {
  assert.equal(ports.length, entriesOf(expected).length)
  for (const [name, json] of entriesOf(expected)) {
    const port = ports.find((each) => each.interface === name)
    const fact = facts?.interfaces?.find((each) => each.name === name)
    assert.equal(port?.running, valueAtPath(json, "is_up"))
    assert.equal(!port?.disabled, valueAtPath(json, "is_enabled"))
    assert.equal(fact?.mac ?? "", String(valueAtPath(json, "mac_address")).toUpperCase())
    assert.equal(fact?.mtu, valueAtPath(json, "mtu"))
    assert.equal(fact?.comment ?? "", valueAtPath(json, "description"))
  }
}

const sameEnvironment = ({ health, sensors }: Replayed, expected: unknown): void => {
  const valueWhere = (unit: string, isIt: (sensor: string) => boolean): number | undefined =>
    sensors.find((each) => each.unit === unit && isIt(each.sensor))?.value
  for (const [name, json] of entriesOf(valueAtPath(expected, "temperature"))) {
    const value = valueWhere(
      "°C",
      (sensor) => sensor === name || sensor.replaceAll(/-|temperature/g, "") === name,
    )
    assert.equal(value, valueAtPath(json, "temperature"), name)
  }
  for (const [name, json] of entriesOf(valueAtPath(expected, "fans"))) {
    const value = valueWhere("rpm", (sensor) => sensor.startsWith(name))
    if (value !== undefined) assert.equal(value > 0, valueAtPath(json, "status"), name)
  }
  for (const [name, json] of entriesOf(valueAtPath(expected, "power"))) {
    const value = valueWhere("state", (sensor) => sensor.startsWith(name))
    if (value !== undefined) assert.equal(value === 1, valueAtPath(json, "status"), name)
  }
  assert.equal(health?.memoryTotalByte, valueAtPath(expected, "memory", "available_ram"))
  assert.equal(health?.memoryUsedByte, valueAtPath(expected, "memory", "used_ram"))
}

const GETTERS: readonly (readonly [string, (got: Replayed, expected: unknown) => void])[] = [
  ["test_get_facts", sameFacts],
  ["test_get_interfaces", samePorts],
  ["test_get_environment", sameEnvironment],
]

test("menus recorded from real routers are read like other projects read them", {
  skip,
}, async (t) => {
  let cases = 0
  for (const [getter, isSame] of GETTERS) {
    const folder = join(api ?? "", "napalm-ros", getter)
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      const expected = join(folder, name, "expected_result.json")
      if (!existsSync(expected)) continue
      await t.test(`${getter} ${name}`, async () => {
        isSame(await replay(menusIn(join(folder, name))), readJson(expected))
      })
      cases++
    }
  }
  t.diagnostic(`${cases} recorded folders ran`)
  assert.ok(cases > 0)
})

/** `key: value` lines as the CLI prints them; a log message in between is not one of them. */
const cliRow = (text: string): JsonObject =>
  Object.fromEntries(
    [...text.matchAll(/^ *([a-z][a-z-]*): ?(.*)$/gm)].map(([, key = "", value = ""]) => [
      key,
      value.trim(),
    ]),
  )

const RESOURCE = "/system/resource/print"
const checkQuote = async (quote: unknown): Promise<number> => {
  const menu = String(valueAtPath(quote, "menu"))
    .replace(/ \(CLI\)$/, "")
    .replaceAll(" ", "/")
  const traps = [
    valueAtPath(quote, "reply_trap"),
    ...entriesOf(valueAtPath(quote, "reply_traps")).map(([, text]) => text),
  ]
  for (const message of traps)
    if (message !== undefined) assert.ok(isMissingMenu(new TrapError(menu, 0, String(message))))
  const rows = rowsOf(valueAtPath(quote, "reply"))
  const text = valueAtPath(quote, "reply_text")
  if (typeof text === "string" && menu === RESOURCE) rows.push(cliRow(text))
  for (const row of rows) {
    if (typeof row.uptime === "string") assert.ok((parseDurationS(row.uptime) ?? 0) > 0)
    if (typeof row.version === "string") assert.ok(parseVersion(row.version) !== null)
  }
  if (menu.includes("resource") || menu.includes("health")) {
    const command = menu.replace(/ \(CLI\)$/, "").replaceAll(" ", "/")
    const got = await replay(
      new Map([
        ["/system/resource/print", []],
        [command, rows],
      ]),
    )
    if (command === "/system/resource/print") {
      assert.equal(
        got.health?.cpuRatio,
        (parsePercent(String(rows[0]?.["cpu-load"])) ?? Number.NaN) / 100,
      )
      assert.equal(got.health?.memoryTotalByte, parseBytes(String(rows[0]?.["total-memory"])))
    } else assert.equal(got.sensors.length, rows.length)
  }
  return 1
}

test("rows pasted by users are read, and a missing menu is recognised", {
  skip,
}, async (t) => {
  const folder = join(api ?? "", "issue-quotes")
  let cases = 0
  for (const file of existsSync(folder) ? readdirSync(folder) : [])
    cases += await checkQuote(readJson(join(folder, file)))
  t.diagnostic(`${cases} quotes ran`)
  assert.ok(cases > 0)
})

/** The subset of YAML in these files: a list of flat maps with quoted values. */
const parsedSamples = (path: string): Map<string, string>[] => {
  const samples: Map<string, string>[] = []
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, dash, key = "", value] = /^ {2}(- | {2})([a-z0-9_]+): "(.*)"$/.exec(line) ?? []
    if (dash === "- ") samples.push(new Map())
    if (value !== undefined) samples.at(-1)?.set(key, value)
  }
  return samples
}

const sameResource = (sample: Map<string, string>): void => {
  const part = (name: string): number => Number(sample.get(`uptime_${name}`) || 0)
  const uptimeS =
    (((part("weeks") * 7 + part("days")) * 24 + part("hours")) * 60 + part("minutes")) * 60 +
    part("seconds")
  assert.equal(parseDurationS(sample.get("uptime")), uptimeS)
  assert.notEqual(parseVersion(sample.get("version")), null)
  for (const key of ["free_memory", "total_memory", "free_hdd_space", "total_hdd_space"])
    assert.ok((parseBytes(sample.get(key)) ?? 0) > 0, key)
  assert.notEqual(parsePercent(sample.get("cpu_load")), null)
}
const CLI: readonly (readonly [string, (sample: Map<string, string>) => void])[] = [
  ["system_resource_print", sameResource],
  [
    "system_routerboard_print",
    (sample) => assert.equal(parseFlag(sample.get("routerboard")), true),
  ],
  [
    "interface_ethernet_monitor_name_once",
    (sample) =>
      assert.equal(parseSpeedBps(sample.get("rate")) !== null, sample.get("status") === "link-ok"),
  ],
]

test("values as printed by the CLI are parsed", { skip }, (t) => {
  let cases = 0
  for (const [name, check] of CLI) {
    const folder = join(api ?? "", "ntc-templates", name)
    for (const file of existsSync(folder)
      ? readdirSync(folder).filter((each) => each.endsWith(".yml"))
      : []) {
      for (const sample of parsedSamples(join(folder, file))) check(sample)
      cases++
    }
  }
  t.diagnostic(`${cases} prints ran`)
  assert.ok(cases > 0)
})
