/**
 * The whole path without a browser: simulated routers in a namespace, the agent as a process of its
 * own, the appliance with a real Postgres, an operator on the API. screens.test.ts covers the
 * browser.
 */
import assert from "node:assert/strict"
import { after, afterEach, before, describe, test } from "node:test"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type LiveEvent, type Operator, operatorAt } from "./operator.ts"
import { type Row, rows, textOf, titleOf, until } from "./rows.ts"

let demo: Demo
let operator: Operator

const devices = async (): Promise<readonly Row[]> => rows((await operator.get("/topology")).devices)
const links = async (): Promise<readonly Row[]> => rows((await operator.get("/topology")).links)
const statusOf = (row: Row): string => textOf(row.status, "status")
const simulated = (all: readonly Row[]): readonly Row[] =>
  all.filter((device) => !textOf(device, "name").startsWith("recorded-"))
const waitUntilHealthy = (): Promise<unknown> =>
  until("every simulated device is ok and no incident is open", 60_000, async () => {
    const open = rows((await operator.get("/incidents?state=open")).items)
    return (
      open.length === 0 && simulated(await devices()).every((device) => statusOf(device) === "ok")
    )
  })
const inject = (command: Record<string, unknown>): Promise<unknown> => operator.inject(command)
const incidents = (from: number): readonly LiveEvent[] =>
  operator.events.slice(from).filter((event) => event.name === "incident")
const names = (event: LiveEvent, key: "causes" | "alternatives"): readonly string[] =>
  rows(event.data[key]).map((component) => textOf(component, "name"))
const isNamed = (name: string) => (event: LiveEvent) =>
  event.name === "incident" &&
  [...names(event, "causes"), ...names(event, "alternatives")].includes(name)

const liveValueTests = (): void => {
  test("routers of release 6 and of release 7 show identity, resources and live rates", async () => {
    const releases = ["6.", "7."]
    await until("both releases have reported everything", 60_000, async () => {
      const all = simulated(await devices())
      return releases.every((release) =>
        all.some(
          (d) =>
            String(d.version).startsWith(release) &&
            d.cpuPct !== null &&
            d.uptimeS !== null &&
            d.rttMs !== null &&
            d.rxBps !== null,
        ),
      )
    })
  })

  test("both ends of a link have rates", async () => {
    await until("rates at both ends", 60_000, async () =>
      (await links()).some((link) => link.aToBBps !== null && link.bToABps !== null),
    )
  })

  test("values arrive every second without a request", async () => {
    for (const count of [1, 2, 3, 4])
      await operator.next((event) => event.name === "readings", 5_000, `readings ${count}`)
  })
}

const discoveryTest = (): void => {
  test("discovery finds the links of the topology as they are, and no others", async () => {
    const drawn = (await links()).length
    const run = await until("all neighbours are reported", 60_000, async () => {
      const one = await operator.send("POST", "/discovery/run", {})
      return Number(one.confirmed) >= drawn ? one : false
    })
    assert.equal(Number(run.confirmed), drawn)
    const proposals = rows((await operator.get("/discovery")).items)
    assert.deepEqual(
      proposals.filter(({ kind }) => kind === "link").map(({ ends }) => ends),
      [],
    )
  })
}

const linkFaultTest = (): void => {
  test("a cut core link is one incident that names the link, and the repair closes it", async () => {
    const redundant = (await links()).find(
      (link) =>
        /-core-1$/.test(textOf(link.a, "deviceName")) &&
        /-core-1$/.test(textOf(link.b, "deviceName")),
    )
    assert.ok(redundant !== undefined)
    const name = textOf(redundant, "name")
    const from = operator.events.length
    const opened = operator.next(isNamed(name), 10_000, `an incident naming ${name}`)
    await inject({ do: "cut", link: name })
    const { data } = await opened
    assert.deepEqual(
      rows(data.causes).map((cause) => [cause.kind, cause.name]),
      [["link", name]],
    )
    const closed = operator.next(
      (event) => event.data.id === data.id && event.data.state === "closed",
      30_000,
      "the same incident closed",
    )
    await inject({ do: "repair", link: name })
    await closed
    assert.equal(new Set(incidents(from).map((event) => event.data.id)).size, 1)
    await waitUntilHealthy()
  })
}

const routerFaultTest = (): void => {
  test("a dead router is one incident that includes its neighbours' ports", async () => {
    const meshed = simulated(await devices()).find(
      (device) => textOf(device, "name") === "ank-core-1",
    )
    assert.ok(meshed !== undefined)
    const name = textOf(meshed, "name")
    const from = operator.events.length
    const opened = operator.next(
      (event) => event.name === "incident" && names(event, "causes").includes(name),
      10_000,
      `an incident naming ${name}`,
    )
    await inject({ do: "kill", router: name })
    const { data } = await opened
    const ports = await until("its neighbours' ports are in its evidence", 10_000, async () => {
      const detail = await operator.get(`/incidents/${String(data.id)}`)
      const evidence = rows(detail.symptomList).filter(
        (symptom) => symptom.part === "evidence" && symptom.kind === "interface-down",
      )
      return evidence.length >= 2 && evidence
    })
    assert.ok(ports.every((port) => port.deviceName !== name))
    const closed = operator.next(
      (event) => event.data.id === data.id && event.data.state === "closed",
      60_000,
      "the same incident closed",
    )
    await inject({ do: "revive", router: name })
    await closed
    assert.equal(
      new Set(incidents(from).map((event) => event.data.id)).size,
      1,
      JSON.stringify(incidents(from).map((event) => titleOf(event.data))),
    )
    await waitUntilHealthy()
  })
}

/** As the topology has them. */
const SESSIONS = 40
const customerTest = (): void => {
  test("a dead PPPoE server is one incident with all of its customers", async () => {
    const name = "ist-bng-1"
    const server = (await devices()).find((device) => device.name === name)
    assert.ok(server !== undefined)
    const path = `/devices/${textOf(server, "id")}/tables/sessions`
    await until("its sessions are read", 60_000, async () => {
      return rows((await operator.get(path)).items).length === SESSIONS
    })
    const opened = operator.next(isNamed(name), 10_000, `an incident naming ${name}`)
    await inject({ do: "kill", router: name })
    const { data } = await opened
    const impact = await until("its customers are counted", 10_000, async () => {
      const found = await operator.get(`/incidents/${String(data.id)}/impact`)
      return Number(found.cutOff) > 0 && found
    })
    assert.deepEqual([impact.before, impact.cutOff], [SESSIONS, SESSIONS])
    assert.deepEqual(
      rows(impact.devices).map(({ deviceName, why }) => [deviceName, why]),
      [[name, "unreachable"]],
    )
    await inject({ do: "revive", router: name })
  })
}

const agentFaultTest = (): void => {
  test("a stopped agent makes its devices unknown without incidents; routers that report themselves stay ok", async () => {
    const from = operator.events.length
    await inject({ do: "stop-agent" })
    await until("every device of the agent is unknown", 30_000, async () =>
      (await devices()).every(
        (device) => device.agentId === null || statusOf(device) === "unknown",
      ),
    )
    const alone = (await devices()).filter((device) => device.agentId === null)
    assert.deepEqual([alone.length, ...alone.map(statusOf)], [2, "ok", "ok"])
    const kinds = await until("an incident is published", 5_000, async () => {
      const causes = incidents(from).flatMap((event) =>
        rows(event.data.causes).map((cause) => cause.kind),
      )
      return causes.length > 0 && [...new Set(causes)]
    })
    assert.deepEqual(kinds, ["agent"])
    await inject({ do: "start-agent" })
    await waitUntilHealthy()
  })
}

// The hooks are inside: with another file's tests in the same process, they would otherwise run
// before all of them.
describe("the whole path", () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("whole") })
    operator = await operatorAt(demo.url, demo.email, demo.password)
    await waitUntilHealthy()
  })
  after(async () => {
    operator?.close()
    await demo?.stop()
  })

  describe("from the wire to the API", () => {
    liveValueTests()
    discoveryTest()
  })

  describe("faults", () => {
    // After a failed test, the network is whole for the next one.
    afterEach(async () => {
      await inject({ do: "heal" })
      await waitUntilHealthy()
    })

    linkFaultTest()

    routerFaultTest()

    customerTest()

    agentFaultTest()
  })
})
