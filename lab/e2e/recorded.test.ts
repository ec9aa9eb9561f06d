/**
 * Recordings of real routers, replayed on their own protocols and polled through the whole path.
 * The API's answers are compared with what the projects that made the recordings expect. The
 * recordings are not part of this repository: ISPVM_RECORDINGS is their folder.
 */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { recordingsFolder } from "../config.ts"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type Operator, operatorAt } from "./operator.ts"
import { type Row, record, rows, textOf, until } from "./rows.ts"

const folder = recordingsFolder()
const skip =
  folder === undefined && "ISPVM_RECORDINGS is not set: 3 recorded routers were not polled"
const expected = (path: string): Row =>
  record(JSON.parse(readFileSync(join(folder ?? "", path), "utf8")))

let demo: Demo
let operator: Operator

const recorded = (name: string, isWhole: (device: Row) => boolean): Promise<Row> =>
  until(`${name} has reported everything`, 60_000, async () => {
    const device = rows((await operator.get("/topology")).devices).find(
      (each) => each.name === name,
    )
    return device !== undefined && isWhole(device) && device
  })
/** The last value of each sensor. */
const lastOf = (items: unknown): Readonly<Record<string, number | null>> =>
  Object.fromEntries(
    rows(items).map(({ name, columns }) => {
      const values = record(columns)["sensor.value"]
      const last = (Array.isArray(values) ? values : []).findLast((value) => value !== null)
      return [String(name), last ?? null]
    }),
  )

const switchTest = (): void => {
  test("a walk of a real switch by SNMP: board, release, serial, and every port with its state, address and size", async () => {
    const walk = expected("snmp/mikrotik/routeros_crs317.expected.json")
    const [os] = rows(record(record(walk.os).discovery).devices)
    assert.ok(os !== undefined)
    const device = await recorded("recorded-crs317", (each) => each.version !== null)
    assert.deepEqual(
      [device.board, device.version, device.serial],
      [os.hardware, os.version, os.serial],
    )
    const ports = rows(record(record(walk.ports).poller).ports)
    const found = await until("its ports are reported", 60_000, async () => {
      const { items } = await operator.get(`/devices/${textOf(device, "id")}/interfaces`)
      return (
        rows(items).length === ports.length &&
        rows(items).every((port) => port.running !== null) &&
        rows(items)
      )
    })
    const ours = found.map((port) => [
      port.name,
      port.running,
      String(port.mac ?? "")
        .replaceAll(":", "")
        .toLowerCase(),
    ])
    const theirs = ports.map((port) => [
      port.ifName,
      port.ifOperStatus === "up",
      String(port.ifPhysAddress ?? ""),
    ])
    assert.deepEqual(ours.toSorted(), theirs.toSorted())
  })
}

const release7Test = (): void => {
  test("rows of a real router of release 7: temperatures, fans and power as their collector reads them", async () => {
    const { temperature, fans, power } = expected(
      "api/napalm-ros/test_get_environment/CCR2004-16G-2S_plus/expected_result.json",
    )
    const device = await recorded("recorded-ccr2004", (each) => each.cpuPct !== null)
    const sensors = await until("its sensors are reported", 60_000, async () => {
      const to = Date.now()
      const answer = await operator.get(
        `/devices/${textOf(device, "id")}/series?family=sensor&from=${to - 600_000}&to=${to}`,
      )
      const last = lastOf(answer.items)
      return Object.keys(last).length > 0 && last
    })
    const celsius = Object.values(record(temperature)).map((each) =>
      Number(record(each).temperature),
    )
    const temperatures = Object.entries(sensors)
      .filter(([name]) => name.includes("temperature"))
      .map(([, value]) => value)
    assert.deepEqual(temperatures.toSorted(), celsius.toSorted())
    for (const [name, { status }] of Object.entries(record(power)).map(
      ([key, value]) => [key, record(value)] as const,
    ))
      assert.equal(sensors[`${name}-state`] === 1, status, name)
    for (const [name, { status }] of Object.entries(record(fans)).map(
      ([key, value]) => [key, record(value)] as const,
    ))
      assert.equal(Number(sensors[`${name}-speed`]) > 0, status, name)
  })
}

const release6Test = (): void => {
  test("rows of a real router of release 6: release, board and uptime, after its old login", async () => {
    const facts = expected("api/napalm-ros/test_get_facts/pc/expected_result.json")
    const device = await recorded(
      "recorded-x86-v6",
      (each) => each.version !== null && each.uptimeS !== null,
    )
    assert.deepEqual(
      [device.version, device.board, device.vendor, device.uptimeS],
      [facts.os_version, facts.model, facts.vendor, facts.uptime],
    )
    const { items } = await operator.get(`/devices/${textOf(device, "id")}/interfaces`)
    assert.deepEqual(
      rows(items).map((port) => port.name),
      facts.interface_list,
    )
  })
}

describe("recorded routers through the whole path", { skip }, () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("recorded"), hasRecordings: true })
    operator = await operatorAt(demo.url, demo.email, demo.password)
  })
  after(async () => {
    operator?.close()
    await demo?.stop()
  })

  switchTest()

  release7Test()

  release6Test()
})
