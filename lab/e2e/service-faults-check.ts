/**
 * The faults of services on the fault injection page, from the button to the message: each is found
 * by a rule of the default pack and is one incident, one message and one end, at the right place.
 * The waits of the rules and the intervals are shortened as an operator does it. Not part of
 * `npm test`: `npm run test:service-faults`.
 */
import assert from "node:assert/strict"
import { after, before, type TestContext, test } from "node:test"
import { openReceivers, type Receivers } from "../scenarios/faults/receivers.ts"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type Operator, operatorAt } from "./operator.ts"
import { type Row, record, rows, textOf, titleOf, until } from "./rows.ts"

/** Generous: another test may use the machine. What is asserted is what happened, not when. */
const CEILING_MS = 240_000

const FAULTS = [
  {
    name: "BGP of a border router is down",
    command: { do: "bgp-down", router: "ist-border-1" },
    rule: "bgp-not-established",
    cause: "ist-border-1",
  },
  {
    name: "OSPF on a link is down, and its ports are up",
    command: { do: "ospf-down", link: "istanbul-bursa" },
    rule: "ospf-not-full",
    cause: "istanbul-bursa",
  },
  {
    name: "all sessions of a PPPoE server end",
    command: { do: "drop-sessions", router: "ank-bng-1" },
    rule: "pppoe-sessions-lost",
    cause: "ank-bng-1",
  },
  {
    name: "a module receives too little light",
    command: { do: "fade-optic", router: "bur-core-1", port: "sfp-sfpplus2", db: 18 },
    rule: "optics-outside-limits",
    cause: "bursa-izmir",
  },
] as const
/**
 * Faults inside routers whose rules open incidents: one each. A wrong clock is a warning, which opens
 * none; what has no rule is read all the same (`device-faults.test.ts`).
 */
const INSIDE = [
  { begin: "load-cpu", end: "relieve-cpu", router: "izm-agg-1", rule: "cpu-high" },
  { begin: "fill-memory", end: "free-memory", router: "ant-agg-1", rule: "memory-high" },
  { begin: "fill-disk", end: "free-disk", router: "kon-acc-1", rule: "disk-full" },
  { begin: "overheat", end: "cool-down", router: "gaz-agg-1", rule: "temperature" },
  { begin: "stop-fan", end: "start-fan", router: "sam-agg-1", rule: "fan-stopped" },
  { begin: "fail-psu", end: "repair-psu", router: "ada-agg-1", rule: "power-supply-failed" },
  {
    ...{ begin: "age-certificate", end: "renew-certificate" },
    ...{ router: "ank-border-1", rule: "certificate-expires" },
  },
  { begin: "guess-passwords", end: null, router: "ist-agg-1", rule: "login-failures" },
  {
    ...{ begin: "exhaust-pool", end: "free-pool" },
    ...{ router: "ist-acc-1", rule: "dhcp-pool-nearly-full" },
  },
  { begin: "overload-poe", end: "relieve-poe", router: "ist-acc-2", rule: "poe-fault" },
  { begin: "lose-lte", end: "restore-lte", router: "tra-agg-1", rule: "lte-not-registered" },
  {
    ...{ begin: "ipsec-down", end: "ipsec-up" },
    ...{ router: "ist-border-1", rule: "ipsec-not-established" },
  },
  {
    ...{ begin: "wireguard-down", end: "wireguard-up" },
    ...{ router: "ist-core-1", rule: "wireguard-not-connected" },
  },
] as const
/** The first reading of addresses is enough. */
const EVERY_MS = {
  ...{ bgp: 2_000, ospf: 2_000, sessions: 2_000, optics: 2_000, addresses: 10_000 },
  ...{ health: 10_000, certificate: 10_000, dhcp: 10_000, poe: 10_000, lte: 10_000 },
  ...{ tunnel: 10_000 },
}
/** Its first reading follows within so long, in place of a quarter of an hour. */
const CONFIGURATION_EVERY_MS = 20_000
/** After a log line of a change, the agent waits a minute. */
const CHANGED = { router: "izm-agg-1", section: "system script", rule: "config-changed" } as const

let demo: Demo
let operator: Operator
let receivers: Receivers

/** Waits of the pack are minutes, so that what heals by itself is no alert; a loss ends sooner. */
const shortened = (yaml: string): string =>
  yaml
    .replaceAll(/\b(for|recover): *\d+[smh]\b/g, "$1: 2s")
    .replaceAll(/\bover: *\d+m\b/g, "over: 20s")

before(async () => {
  receivers = await openReceivers()
  demo = await startDemo({ dataDir: tempDataDir("services"), args: ["--bare"] }, 600_000)
  operator = await operatorAt(demo.url, demo.email, demo.password)
  for (const [name, everyMs] of Object.entries(EVERY_MS))
    await operator.send("PATCH", `/collectors/routeros-api.${name}`, { everyMs })
  for (const { rule } of [...FAULTS, ...INSIDE]) {
    const { yaml } = await operator.get(`/alert-rules/${rule}`)
    const text = shortened(textOf({ yaml }, "yaml"))
    await operator.send("POST", "/alert-rules", { yaml: text, reason: "a quick test" })
  }
  await receivers.addTo(operator)
})
after(async () => {
  operator?.close()
  await demo?.stop()
  await receivers?.close()
})

const idOf = async (name: string): Promise<string> => {
  const { devices } = await operator.get("/topology")
  return textOf(
    rows(devices).find((device) => device.name === name),
    "id",
  )
}
const valuesOf = async (device: string, family: string): Promise<readonly Row[]> =>
  rows((await operator.get(`/devices/${device}/metrics?family=${family}`)).items)
const rowsOf = async (device: string, table: string): Promise<readonly Row[]> =>
  rows((await operator.get(`/devices/${device}/tables/${table}`)).items)

/** Incidents of the time since, as they were last. */
const incidentsSince = (from: number): ReadonlyMap<string, Row> =>
  new Map(
    operator.events
      .slice(from)
      .flatMap(({ name, data }) => (name === "incident" ? [[textOf(data, "id"), data]] : [])),
  )
const described = (incidents: Iterable<Row>): string =>
  [...incidents]
    .map((one) => `${titleOf(one)} at ${rows(one.causes).map((cause) => textOf(cause, "name"))}`)
    .join(" | ")

const waitForValues = async (): Promise<void> => {
  const [border, core, server, optic] = await Promise.all(
    ["ist-border-1", "ist-core-1", "ank-bng-1", "bur-core-1"].map(idOf),
  )
  await until("what the faults change was read", CEILING_MS, async () => {
    const [near, far, one, other, sessions, optics, own, addresses] = await Promise.all([
      valuesOf(border ?? "", "bgp"),
      valuesOf(core ?? "", "bgp"),
      valuesOf(core ?? "", "ospf"),
      valuesOf(optic ?? "", "ospf"),
      valuesOf(server ?? "", "sessions"),
      valuesOf(optic ?? "", "optics"),
      rowsOf(border ?? "", "addresses"),
      rowsOf(core ?? "", "addresses"),
    ])
    const isFull = sessions.some(({ values }) => record(values)["pppoe.sessions"] === 30)
    return (
      isFull && [near, far, one, other, optics, own, addresses].every(({ length }) => length > 0)
    )
  })
}
/** Logs how long a step took. */
const timed = async (t: TestContext, what: string, step: () => Promise<unknown>): Promise<void> => {
  const beganMs = performance.now()
  await step()
  t.diagnostic(`${what}: ${((performance.now() - beganMs) / 1_000).toFixed(1)} s`)
}

test("four faults of services are four incidents with one message each, and all close", async (t) => {
  await timed(t, "first values", waitForValues)
  const from = operator.events.length
  for (const { command } of FAULTS) await operator.inject(command)
  const messagesOf = (event: string, cause: string) =>
    receivers.messages.filter(
      (one) => one.receiver === "webhook" && one.event === event && one.cause === cause,
    )
  const shown = (): string =>
    `incidents: ${described(incidentsSince(from).values())}; messages: ${receivers.messages.map(({ event, text }) => `${event} ${text.split("\n")[0]}`).join(" | ")}`
  const waitFor = (what: string, isSo: () => boolean): Promise<unknown> =>
    until(what, CEILING_MS, async () => isSo()).catch((error: unknown) => {
      throw new Error(`${what}: ${shown()}`, { cause: error })
    })
  await timed(t, "messages", () =>
    waitFor("each has a message", () =>
      FAULTS.every(({ cause }) => messagesOf("opened", cause).length > 0),
    ),
  )
  await operator.inject({ do: "heal" })
  await timed(t, "ends", async () => {
    await waitFor("each has an end", () =>
      FAULTS.every(({ cause }) => messagesOf("resolved", cause).length > 0),
    )
    await waitFor("all are closed", () =>
      [...incidentsSince(from).values()].every(({ state }) => state === "closed"),
    )
  })
  for (const { name, cause } of FAULTS) {
    assert.equal(messagesOf("opened", cause).length, 1, `${name}: ${shown()}`)
    assert.equal(messagesOf("resolved", cause).length, 1, `${name}: ${shown()}`)
  }
  assert.equal(incidentsSince(from).size, FAULTS.length, shown())
})

test("each fault inside a router is one incident at that router, and closes after its end", async (t) => {
  const from = operator.events.length
  const ofRouter = (router: string): readonly Row[] =>
    [...incidentsSince(from).values()].filter((one) =>
      rows(one.causes).some((cause) => textOf(cause, "name") === router),
    )
  const shown = (): string => described(incidentsSince(from).values())
  for (const { begin, router } of INSIDE)
    await operator.inject({
      do: begin,
      router,
      ...(begin === "guess-passwords" ? { times: 12 } : {}),
    })
  for (const { begin, router } of INSIDE)
    await timed(t, begin, () =>
      until(
        `${begin} is an incident of ${router}`,
        CEILING_MS,
        async () => ofRouter(router).length > 0,
      ).catch((error: unknown) => {
        throw new Error(`${begin} of ${router}: ${shown()}`, { cause: error })
      }),
    )
  for (const { end, router } of INSIDE) if (end !== null) await operator.inject({ do: end, router })
  const resolved = new Set(["resolved", "closed"])
  for (const { begin, end, router } of INSIDE) {
    if (end === null) continue
    await until(`${begin} of ${router} is over`, CEILING_MS, async () =>
      ofRouter(router).every(({ state }) => resolved.has(String(state))),
    ).catch((error: unknown) => {
      throw new Error(`${end} of ${router}: ${shown()}`, { cause: error })
    })
  }
  for (const { begin, router } of INSIDE)
    assert.equal(ofRouter(router).length, 1, `${begin} of ${router}: ${shown()}`)
})

/** The rule is a warning, which opens no incident: here it is minor, as an operator may have it. */
test("a changed configuration is an alert, and its section has another hash", async (t) => {
  const { router, section, rule } = CHANGED
  const device = await idOf(router)
  const { yaml } = await operator.get(`/alert-rules/${rule}`)
  const text = textOf({ yaml }, "yaml").replace("severity: warning", "severity: minor")
  await operator.send("POST", "/alert-rules", { yaml: text, reason: "a quick test" })
  await operator.send("PATCH", "/collectors/routeros-api.configuration", {
    everyMs: CONFIGURATION_EVERY_MS,
  })
  const found = async (): Promise<Row | undefined> =>
    rows((await operator.get(`/devices/${device}/configuration`)).items).find(
      (each) => each.section === section,
    )
  await timed(t, "first hashes", () =>
    until("the section is read", CEILING_MS, async () => (await found()) !== undefined),
  )
  const [before, from] = [await found(), operator.events.length]
  const incidents = (): readonly Row[] =>
    [...incidentsSince(from).values()].filter((one) =>
      rows(one.causes).some((cause) => textOf(cause, "name") === router),
    )
  await operator.inject({ do: "change-config", router, section })
  await timed(t, "incident", () =>
    until("the change is an incident", CEILING_MS, async () => incidents().length > 0),
  )
  await timed(t, "new hash", () =>
    until(
      "the section has changed",
      CEILING_MS,
      async () => (await found())?.changedAtMs !== before?.changedAtMs,
    ),
  )
  assert.equal(incidents().length, 1, described(incidents()))
})
