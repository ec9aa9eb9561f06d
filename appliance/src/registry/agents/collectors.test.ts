import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Assignment, COLLECTORS, CollectorIntervals } from "@ispvm/wire"
import { openRig, type Rig } from "../../../test/agent-rig.ts"
import { makeOrg } from "../../../test/make-flow.ts"
import { COLLECTOR_GROUPS, Collector, groupOf, ScopedIntervalChange } from "../../api/collectors.ts"
import { readConfig } from "../../config.ts"
import { endpoint } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { profiledIntervals } from "./collection-profiles.ts"
import { effectiveIntervals } from "./collectors.ts"

const SETTING = { "snmp.facts": 600_000 }
let rig: Rig
before(async () => {
  rig = await openRig({ collectorIntervals: SETTING })
})
after(() => rig.close())

const change = (name: string, everyMs: number | null) =>
  rig.agents.collectors.change(rig.actor, name, { everyMs })
const one = async (name: string) =>
  (await rig.agents.collectors.all(rig.org)).find((each) => each.name === name)
const addDevice = (agent: string) =>
  rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`
    insert into inventory.device (org_id, name, address, methods, agent_id)
    values (${rig.org}, ${`of ${agent}`}, '192.0.2.1', '{}', ${agent})`,
  )

test("the organisation's interval replaces the setting, which replaces the default", () => {
  const own = { "snmp.health": 60_000, "snmp.facts": 1_000 }
  assert.deepEqual(effectiveIntervals(SETTING, {}), SETTING)
  assert.deepEqual(effectiveIntervals(SETTING, own), { ...SETTING, ...own })
  const asDefault = { "snmp.facts": COLLECTORS["snmp.facts"] ?? 0 }
  assert.deepEqual(effectiveIntervals(SETTING, asDefault), {}, "older agents reject the field")
  assert.deepEqual(effectiveIntervals({}, { "bgp.sessions": 5_000 }), { "bgp.sessions": 5_000 })
})

test("every collector is listed with its default, its override and the interval in use", async () => {
  await change("snmp.health", 60_000)
  const all = await rig.agents.collectors.all(rig.org)
  assert.deepEqual(
    all.map(({ name }) => name),
    Object.keys(COLLECTORS),
  )
  for (const each of all) assert.ok(Collector.safeParse(each).success)
  const base = { isKnown: true, overrideMs: null }
  assert.deepEqual(await one("snmp.facts"), {
    ...base,
    name: "snmp.facts",
    defaultMs: 600_000,
    everyMs: 600_000,
  })
  assert.deepEqual(await one("snmp.health"), {
    ...{ name: "snmp.health", isKnown: true },
    ...{ defaultMs: 10_000, overrideMs: 60_000, everyMs: 60_000 },
  })
  assert.equal((await change("snmp.health", null)).everyMs, 10_000)
})

test("a change reaches the agent as a task, a new revision and a new assignment", async () => {
  const { id, client } = await rig.enrolled("with-intervals")
  await addDevice(id)
  const assignment = async () =>
    Assignment.parse((await rig.send("GET", "/assignment/v1", null, client)).json)
  const before = await assignment()
  assert.deepEqual(before.devices[0]?.collectorIntervals, SETTING)
  const tasks = rig.send("GET", "/tasks/v1?wait=20000", null, client)
  await change("routeros-api.health", 30_000)
  assert.match((await tasks).text, /"kind":"reload"/)
  const now = await assignment()
  assert.deepEqual(now.devices[0]?.collectorIntervals, {
    "routeros-api.health": 30_000,
    ...SETTING,
  })
  assert.notEqual(now.revision, before.revision)
  await change("routeros-api.health", null)
})

test("a profile of a device goes before that of its role and of its site, and reaches the agent", async () => {
  const { id, client } = await rig.enrolled("with-profiles")
  const [device] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ id: string }[]>`
      insert into inventory.device (org_id, name, address, methods, agent_id, roles)
      values (${rig.org}, 'profiled', '192.0.2.9', '{"snmp": {"port": 161}, "icmp": true}', ${id}, '{core,edge}')
      returning id`,
  )
  const subject = device?.id ?? ""
  const set = (scope: "device" | "role", of: string, profile: "fast" | "slow" | null) =>
    rig.agents.collectors.changeProfile(rig.actor, { scope, subject: of, profile })
  const everyMs = async () => {
    const { json } = await rig.send("GET", "/assignment/v1", null, client)
    const { devices } = Assignment.parse(json)
    return devices.find((each) => each.name === "profiled")?.collectorIntervals?.["snmp.bgp"]
  }
  assert.equal(await everyMs(), undefined)
  await set("role", "core", "slow")
  assert.equal(await everyMs(), 120_000)
  await set("role", "edge", "fast")
  assert.equal(await everyMs(), 15_000, "the fastest of its roles")
  await set("device", subject, "slow")
  assert.equal(await everyMs(), 120_000)
  await set("device", subject, null)
  await set("role", "edge", null)
  assert.deepEqual(await set("role", "core", null), [])
  assert.equal(await everyMs(), undefined)
  await assert.rejects(
    set("role", "no-such-role", "fast"),
    (error) => error instanceof HttpError && error.status === 404,
  )
})

test("a profile keeps interfaces and CPU, leaves out what is off, and stays within the limits", () => {
  const both = ["routeros-api", "snmp"]
  assert.deepEqual(profiledIntervals({}, "normal", both), {})
  assert.deepEqual(profiledIntervals({}, null, both), {})
  for (const profile of ["fast", "slow"] as const) {
    const intervals = profiledIntervals({ "snmp.bgp": 2_000 }, profile, both)
    assert.ok(CollectorIntervals.safeParse(intervals).success)
    for (const [name, everyMs] of Object.entries(intervals)) {
      if (name === "routeros-api.listen") continue
      assert.doesNotMatch(name, /\.(interface|health|facts)$/)
      assert.ok(everyMs >= 1_000 && everyMs <= 3_600_000, `${profile} ${name} ${everyMs}`)
      assert.notEqual(COLLECTORS[name], 0, `${name} is off`)
    }
    const listens = intervals["routeros-api.listen"]
    assert.equal(listens, profile === "slow" ? 0 : undefined, "slow routers are only polled")
    const ofOne = Object.keys(profiledIntervals({}, profile, ["snmp"]))
    assert.ok(ofOne.length > 5 && ofOne.every((name) => name.startsWith("snmp.")))
  }
  const { "snmp.bgp": bgp } = profiledIntervals({ "snmp.bgp": 2_000 }, "fast", both)
  assert.equal(bgp, 2_000, "already faster than the profile allows")
})

test("an interval of a group goes before the profile, the device's before its role's and its site's", async () => {
  const { id, client } = await rig.enrolled("with-groups")
  const [device] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ id: string }[]>`
      insert into inventory.device (org_id, name, address, methods, agent_id, roles)
      values (${rig.org}, 'grouped', '192.0.2.8', '{"snmp": {"port": 161}, "icmp": true}', ${id}, '{core,edge}')
      returning id`,
  )
  const subject = device?.id ?? ""
  const set = (scope: "device" | "role", of: string, everyMs: number | null) =>
    rig.agents.collectors.changeInterval(rig.actor, {
      ...{ scope, subject: of, group: "routing" as const, everyMs },
    })
  const intervals = async () => {
    const { json } = await rig.send("GET", "/assignment/v1", null, client)
    const { devices } = Assignment.parse(json)
    return devices.find((each) => each.name === "grouped")?.collectorIntervals ?? {}
  }
  const profile = (of: "slow" | null) =>
    rig.agents.collectors.changeProfile(rig.actor, { scope: "device", subject, profile: of })
  await profile("slow")
  await set("role", "core", 60_000)
  await set("role", "edge", 20_000)
  const ofRole = await intervals()
  assert.deepEqual([ofRole["snmp.bgp"], ofRole["snmp.ospf"]], [20_000, 20_000], "the shortest")
  assert.equal(ofRole["snmp.poe"], 4 * (COLLECTORS["snmp.poe"] ?? 0), "others by the profile")
  await set("device", subject, 5_000)
  assert.equal((await intervals())["snmp.bgp"], 5_000)
  await set("device", subject, null)
  await set("role", "edge", null)
  assert.deepEqual(await set("role", "core", null), [])
  await profile(null)
  assert.equal((await intervals())["snmp.bgp"], undefined)
  await assert.rejects(
    set("role", "no-such-role", 60_000),
    (error) => error instanceof HttpError && error.status === 404,
  )
  assert.equal(
    ScopedIntervalChange.safeParse({
      scope: "role",
      subject: "core",
      group: "routing",
      everyMs: 4_999,
    }).success,
    false,
  )
})

test("every collector that is read often has a group, but those that status rests on", () => {
  const without = Object.entries(COLLECTORS).flatMap(([name, everyMs]) =>
    everyMs > 0 && everyMs <= 300_000 && groupOf(name) === null ? [name] : [],
  )
  assert.deepEqual(
    without.filter((name) => !/\.(interface|health|facts)$/.test(name)),
    ["routeros-api.listen"],
  )
  const reads = Object.values<readonly string[]>(COLLECTOR_GROUPS).flat()
  assert.equal(new Set(reads).size, reads.length, "each in one group")
  const names = new Set(Object.keys(COLLECTORS).map((name) => name.slice(name.indexOf(".") + 1)))
  assert.deepEqual(
    reads.filter((each) => !names.has(each)),
    [],
  )
})

test("each change is an audit row; the same value again is none", async () => {
  await change("snmp.interface", 5_000)
  await change("snmp.interface", 5_000)
  await change("snmp.interface", null)
  const rows = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ action: string; actor: string; detail: unknown }[]>`
    select action, actor, detail from audit.entry where subject_id = 'snmp.interface' order by id`,
  )
  const row = { action: "collector.changed", actor: "a@b.c" }
  assert.deepEqual(rows.slice(), [
    { ...row, detail: { everyMs: { before: null, after: 5_000 } } },
    { ...row, detail: { everyMs: { before: 5_000, after: null } } },
  ])
})

test("an interval out of bounds or for a collector that does not exist is rejected", async () => {
  const { body, params } = endpoint("PATCH /collectors/{name}")
  for (const everyMs of [0, 999, 1_000.5, 86_400_001, "60000"])
    assert.equal(body.safeParse({ everyMs }).success, false, String(everyMs))
  for (const everyMs of [1_000, 86_400_000, null]) assert.ok(body.safeParse({ everyMs }).success)
  assert.equal(params.safeParse({ name: "no name" }).success, false)
  await assert.rejects(
    change("snmp.helth", 5_000),
    (error) => error instanceof HttpError && error.status === 404,
  )
})

test("an interval of another release is kept, listed as unknown, and can be removed", async () => {
  await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`
    insert into agents.collector_interval (org_id, collector, every_ms)
    values (${rig.org}, 'bgp.sessions', 5000)`,
  )
  assert.deepEqual(await one("bgp.sessions"), {
    ...{ name: "bgp.sessions", isKnown: false },
    ...{ defaultMs: null, overrideMs: 5_000, everyMs: 5_000 },
  })
  await change("bgp.sessions", null)
  assert.equal(await one("bgp.sessions"), undefined)
})

test("a change is announced, and the longest interval of each reading is that in use", async () => {
  const announced: string[] = []
  const stop = rig.agents.changes.on(({ what, id }) => announced.push(`${what} ${id}`))
  const longest = () =>
    rig.dbs.ui.asOrg(rig.org, (tx) => rig.agents.collectors.pollIntervals(tx, rig.org))
  assert.deepEqual(await longest(), { interfaceMs: 10_000, healthMs: 10_000 })
  await change("snmp.interface", 600_000)
  await change("routeros-api.interface", 5_000)
  assert.deepEqual(await longest(), { interfaceMs: 600_000, healthMs: 10_000 })
  await change("snmp.interface", null)
  assert.deepEqual(await longest(), { interfaceMs: 10_000, healthMs: 10_000 })
  await change("routeros-api.interface", null)
  stop()
  assert.equal(announced[0], "collector snmp.interface")
})

test("the API, the setting, the wire and the database take the same names, also with digits", async () => {
  const names = ["snmp.ipv6-pool", "routeros7.bgp", "snmp.Health", "snmp", "a.b.c", "snmp. "]
  const { params } = endpoint("PATCH /collectors/{name}")
  const stored = async (name: string): Promise<boolean> => {
    try {
      await rig.dbs.ui.asOrg(rig.org, async (tx) => {
        await tx`
          insert into agents.collector_interval (org_id, collector, every_ms)
          values (${rig.org}, ${name}, 5000)`
        await tx`delete from agents.collector_interval where collector = ${name}`
      })
      return true
    } catch {
      return false
    }
  }
  for (const [index, name] of names.entries()) {
    const isValid = index < 2
    const set = readConfig({ ISPVM_COLLECTOR_INTERVALS: `${name}=60` }, []).kind === "start"
    const assigned = CollectorIntervals.safeParse({ [name]: 60_000 }).success
    assert.deepEqual(
      [params.safeParse({ name }).success, set, assigned, await stored(name)],
      [isValid, isValid, isValid, isValid],
      name,
    )
  }
})

test("an interval belongs to one organisation", async () => {
  const other = await makeOrg(rig, "other")
  await change("snmp.health", 20_000)
  const found = (await rig.agents.collectors.all(other)).find(({ name }) => name === "snmp.health")
  assert.equal(found?.overrideMs, null)
  await change("snmp.health", null)
})
