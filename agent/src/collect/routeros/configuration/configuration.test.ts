/** A router over a real socket: which sections are read, when, and what leaves the agent. */
import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { type AssignedDevice, DeviceId } from "@ispvm/wire"
import { fakeRouter, sentence } from "../../../../test/fake-router.ts"
import type { Reading, TableReading } from "../../collector.ts"
import type { Connection } from "../client/connection.ts"
import { systemDial } from "../client/dial.ts"
import { openConnection } from "../client/open.ts"
import { selfSigned } from "../client/self-signed.ts"
import type { RouterFeatures } from "../client/sessions.ts"
import { createRouterOsCollectors } from "../collectors/collectors.ts"
import { AFTER_CHANGE, CONFIGURATION, Configuration, waitMs } from "./configuration.ts"
import { readSection } from "./read-section.ts"
import { SECTIONS } from "./sections.ts"

const KEY = Buffer.alloc(32, 7)
const id = DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11")
type Menus = Record<string, readonly (readonly string[])[] | "forbidden" | "silent" | "broken">

/** A menu that is not here is missing. Only requested properties are answered, as by a router. */
const routerOf = async (t: TestContext, menus: Menus, tls?: { key: string; cert: string }) => {
  const router = await fakeRouter(
    ({ socket, command, words, tag }) => {
      const reply = (...all: string[]) => socket.write(sentence(...all, ...tag))
      const trap = (message: string) => {
        reply("!trap", `=message=${message}`)
        reply("!done")
      }
      if (command === "/cancel") return reply("!done")
      const rows = menus[command.slice(0, command.lastIndexOf("/"))]
      if (rows === undefined) return trap("no such command prefix")
      if (rows === "silent") return
      if (rows === "forbidden") return trap("not enough permissions (9)")
      if (rows === "broken") return trap("action failed (6)")
      if (words.includes("=count-only=")) return reply("!done", `=ret=${rows.length}`)
      const wanted = words
        .find((word) => word.startsWith("=.proplist="))
        ?.slice(11)
        .split(",")
      const shown = words.includes("?dynamic=true")
        ? rows.filter((row) => !row.includes("=dynamic=true"))
        : rows
      for (const row of shown)
        reply("!re", ...row.filter((word) => wanted?.includes(word.split("=")[1] ?? "") !== false))
      reply("!done")
    },
    tls === undefined ? {} : { tls },
  )
  t.after(() => router.close())
  return router
}
const deviceAt = (port: number, fingerprint: string | null = null): AssignedDevice => ({
  id,
  name: "r1",
  access: {
    address: "127.0.0.1",
    routerosApi: { port, tls: fingerprint !== null, fingerprint, username: "w", password: "pw-1" },
    snmp: null,
    icmp: false,
    tcpPort: null,
  },
  intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
})
const MENUS: Menus = {
  "/system/identity": [["=name=r1"]],
  "/ip/firewall/filter": [
    ["=.id=*1", "=chain=input", "=action=accept", "=bytes=5"],
    ["=.id=*2", "=chain=input", "=action=passthrough", "=dynamic=true"],
    ["=.id=*3", "=chain=input", "=action=drop", "=bytes=9"],
  ],
  "/ppp/secret": [["=.id=*1", "=name=ayse", "=password=gizli-1", "=last-logged-out=x"]],
  "/user": "forbidden",
}
const open = async (t: TestContext, menus: Menus, tls = false) => {
  const certificate = tls ? selfSigned("router") : null
  const router = await routerOf(t, menus, certificate ?? undefined)
  const set = createRouterOsCollectors({
    clock: { now: Date.now },
    dial: systemDial,
    commandDeadlineMs: 2_000,
    configurationKey: () => KEY,
  })
  t.after(() => set.close())
  const collector = set.all.find(({ reads }) => reads === CONFIGURATION)
  assert.ok(collector)
  const device = deviceAt(router.port, certificate?.fingerprint ?? null)
  const poll = () => collector.collect(device, AbortSignal.timeout(20_000))
  /** Until the reading is complete. */
  const read = async (): Promise<TableReading> => {
    for (let part = 0; part < 20; part += 1) {
      const [reading] = await poll()
      if (reading?.kind === "table") return reading
    }
    throw new Error("the reading does not end")
  }
  return { router, set, collector, device, read, poll }
}
const valuesOf = ({ rows }: TableReading, key: string) =>
  rows.find((row) => row.key === key)?.values

test("sections that exist have a hash, one that is forbidden says so, missing ones are remembered", async (t) => {
  const { router, read, set, device, collector } = await open(t, MENUS)
  const reading = await read()
  assert.equal(reading.table, "configuration")
  assert.deepEqual(
    reading.rows.map(({ key, values }) => [key, values.state, values.rows]),
    [
      ["system identity", "read", 1],
      ["user", "forbidden", null],
      ["ip firewall filter", "read", 2],
      ["ppp secret", "read", 1],
    ],
  )
  assert.match(String(valuesOf(reading, "ip firewall filter")?.hash), /^[0-9a-f]{64}$/)
  const asked = router.received.length
  const again = await read()
  assert.deepEqual(
    again.rows.map(({ values }) => values.hash),
    reading.rows.map(({ values }) => values.hash),
  )
  assert.equal(
    router.received.length - asked,
    3,
    "what is missing or forbidden is not requested again",
  )
  const seen = set.observe?.(device.id, CONFIGURATION)
  assert.deepEqual(seen?.forbiddenMenus, ["/user"])
  assert.equal(seen?.missingMenus.length, SECTIONS.length - 4)
  const cost = collector.costOf?.(device.id)
  assert.ok(cost != null && cost.receivedByte > 100)
})

test("properties are requested by name, without dynamic rows, and secrets over TLS alone", async (t) => {
  const secretsOf = async (tls: boolean) => {
    const { router, read } = await open(t, { ...MENUS }, tls)
    const reading = await read()
    const prints = router.received.filter(({ command }) => command.endsWith("/print"))
    for (const { words, command } of prints) {
      if (words.includes("=count-only=")) continue
      assert.ok(
        words.some((word) => word.startsWith("=.proplist=")),
        command,
      )
      assert.ok(words.includes("?dynamic=true"), command)
    }
    assert.ok(!prints.some(({ command }) => command.startsWith("/ppp/active")))
    const requested = prints
      .filter(({ command }) => command === "/ppp/secret/print")
      .some(({ words }) => words.some((word) => word.includes(",password")))
    return { requested, values: valuesOf(reading, "ppp secret"), reading }
  }
  const [plain, tls] = [await secretsOf(false), await secretsOf(true)]
  assert.deepEqual([plain.requested, plain.values?.secrets], [false, "not-requested"])
  assert.deepEqual([tls.requested, tls.values?.secrets], [true, "hashed"])
  assert.notEqual(plain.values?.basis, tls.values?.basis)
  assert.ok(!JSON.stringify(tls.reading).includes("gizli"))
  assert.ok(!JSON.stringify(tls.reading).includes("ayse"))
})

test("another password is another hash of that section alone", async (t) => {
  const menus: Menus = { ...MENUS }
  const { read } = await open(t, menus, true)
  const before = await read()
  menus["/ppp/secret"] = [["=.id=*9", "=name=ayse", "=password=gizli-2"]]
  const after = await read()
  const changed = after.rows.filter(
    ({ key, values }) => values.hash !== valuesOf(before, key)?.hash,
  )
  assert.deepEqual(
    changed.map(({ key }) => key),
    ["ppp secret"],
  )
})

test("a section that is rejected or not answered in time is marked, and the others are read", async (t) => {
  const { read } = await open(t, { ...MENUS, "/ip/dns": "silent", "/snmp": "broken" })
  const reading = await read()
  assert.equal(valuesOf(reading, "ip dns")?.state, "failed")
  assert.equal(valuesOf(reading, "ip dns")?.hash, null)
  assert.equal(valuesOf(reading, "snmp")?.state, "failed")
  assert.equal(valuesOf(reading, "ip firewall filter")?.state, "read")
})

const MORE = Array.from({ length: 200 }, (_, n) => [
  `=.id=*${n}`,
  `=list=a`,
  `=address=10.0.0.${n}`,
])
test("a section longer than its limit is cut, says so, and does not end the session", async (t) => {
  const router = await routerOf(t, {
    "/ip/firewall/address-list": MORE,
    "/system/identity": [["=name=r1"]],
  })
  const dial = { dial: systemDial, deadlineMs: 5_000, signal: AbortSignal.timeout(20_000) }
  const access = deviceAt(router.port).access
  assert.ok(access.routerosApi !== null)
  const connection: Connection = await openConnection(access.address, access.routerosApi, {
    ...dial,
  })
  t.after(() => connection.close())
  const known: RouterFeatures = {
    ports: null,
    ...{
      version: null,
      missingMenus: new Set<string>(),
      forbiddenMenus: new Map<string, number>(),
    },
    utcOffsetMs: null,
  }
  const reader = { connection, known, options: { deadlineMs: 5_000 }, now: Date.now }
  const basis = { key: KEY, device: id, withSecrets: false }
  const of = (path: string) => SECTIONS.find((each) => each.path === path)
  const [lists, identity] = [of("/ip/firewall/address-list"), of("/system/identity")]
  assert.ok(lists && identity)
  for (const limits of [
    { rows: 50, bytes: 1e6 },
    { rows: 1e6, bytes: 2_000 },
  ]) {
    const cut = await readSection(reader, lists, basis, limits)
    assert.equal(cut?.state, "cut")
    assert.ok((cut?.fingerprint?.rows ?? 0) >= 40 && (cut?.fingerprint?.rows ?? 0) <= 60)
    const again = await readSection(reader, lists, basis, limits)
    assert.equal(again?.fingerprint?.hash, cut?.fingerprint?.hash)
  }
  assert.equal((await readSection(reader, lists, basis))?.fingerprint?.rows, 200)
  assert.equal((await readSection(reader, identity, basis))?.state, "read")
  // Counted first: a table of routes is not printed for the few that are configured.
  const long = await readSection(reader, { ...lists, atMost: 100 }, basis)
  assert.deepEqual(long, { state: "skipped", fingerprint: null })
})

test("a reading goes on in parts, and what its time does not reach is marked", async (t) => {
  const router = await routerOf(t, MENUS)
  const access = deviceAt(router.port).access
  assert.ok(access.routerosApi !== null)
  const connection = await openConnection(access.address, access.routerosApi, {
    ...{ dial: systemDial, deadlineMs: 5_000, signal: AbortSignal.timeout(20_000) },
  })
  t.after(() => connection.close())
  let ms = 0
  const sections = SECTIONS.filter(({ path }) => Object.hasOwn(MENUS, path))
  const configuration = new Configuration({
    ...{ now: () => 1_000, key: () => KEY, sections, partMs: 10, budgetMs: 25 },
    steady: () => {
      ms += 3
      return ms
    },
  })
  const known: RouterFeatures = {
    ports: null,
    ...{
      version: "7.18.2",
      missingMenus: new Set<string>(),
      forbiddenMenus: new Map<string, number>(),
    },
    utcOffsetMs: null,
  }
  const reader = { connection, known, options: { deadlineMs: 5_000 }, now: Date.now }
  const parts: Reading[][] = []
  for (let n = 0; n < 9 && (parts.at(-1)?.length ?? 0) === 0; n += 1) {
    if (n > 0) {
      assert.equal(configuration.costOf(id), null, "it goes on")
      assert.equal(configuration.waitMs(id, 86_400_000, "polled"), 2_000)
    }
    parts.push(await configuration.collect({ device: deviceAt(router.port), reader }))
    // While a reading goes on, what it has read may have changed since.
    if (n === 0) configuration.requested(id)
  }
  assert.ok(parts.length > 1)
  assert.equal(configuration.waitMs(id, 86_400_000, "polled"), AFTER_CHANGE.gapMs)
  await configuration.collect({ device: deviceAt(router.port), reader })
  while (configuration.costOf(id) === null)
    await configuration.collect({ device: deviceAt(router.port), reader })
  assert.notEqual(configuration.waitMs(id, 86_400_000, "polled"), AFTER_CHANGE.gapMs, "once")
  const [reading] = parts.at(-1) ?? []
  assert.ok(reading?.kind === "table")
  const states = reading.rows.map(({ values }) => values.state)
  assert.equal(states.length, sections.length)
  assert.equal(states[0], "read")
  assert.equal(states.at(-1), "not-reached")
  assert.ok((configuration.costOf(id)?.tookMs ?? 0) >= 20)
})

test("without a key nothing is read", async (t) => {
  const router = await routerOf(t, MENUS)
  const set = createRouterOsCollectors({ clock: { now: Date.now }, dial: systemDial })
  t.after(() => set.close())
  const collector = set.all.find(({ reads }) => reads === CONFIGURATION)
  const device = deviceAt(router.port)
  assert.deepEqual(await collector?.collect(device, AbortSignal.timeout(5_000)), [])
  assert.ok(!router.received.some(({ command }) => command.endsWith("/print")))
})

test("a device has the same time of each day, whenever the agent starts; devices differ", () => {
  const DAY = 86_400_000
  const other = DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a12")
  const at = (device: DeviceId, nowMs: number) => (nowMs + waitMs(device, DAY, nowMs)) % DAY
  const times = [0, 1, 5_000_000, 1e12, 1e12 + 12_345_678].map((nowMs) => at(id, nowMs))
  assert.equal(new Set(times).size, 1)
  assert.notEqual(at(id, 0), at(other, 0))
  for (const nowMs of [0, 7, 1e12]) {
    const wait = waitMs(id, DAY, nowMs)
    assert.ok(wait > 0 && wait <= DAY)
  }
})
