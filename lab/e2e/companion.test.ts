/**
 * Routers that report themselves, end to end: the appliance generates a script, a simulated router
 * imports and runs it, and changes of the router appear on the live stream. `npm run bench --
 * companion` measures how fast.
 */
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { consoleOf } from "./console.ts"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type LiveEvent, type Operator, operatorAt } from "./operator.ts"
import { CONNECTED } from "./reporting-routers.ts"
import { type Row, record, rows, textOf, until } from "./rows.ts"

let demo: Demo
let operator: Operator
let atConsole: ReturnType<typeof consoleOf>

const deviceNamed = async (name: string): Promise<Row> => {
  const found = rows((await operator.get("/topology")).devices).find(
    (device) => device.name === name,
  )
  assert.ok(found !== undefined, `no device ${name}`)
  return found
}
const idOf = async (name: string): Promise<string> => textOf(await deviceNamed(name), "id")
const companionOf = async (id: string): Promise<Row> =>
  record(await operator.get(`/devices/${id}/companion`))
const hasReported = (id: string, sinceMs: number): Promise<unknown> =>
  until("the router has reported in", 60_000, async () => {
    const { hello } = await companionOf(id)
    return hello !== null && Number(record(hello).atMs) >= sinceMs && record(hello)
  })
const inject = (command: Record<string, unknown>): Promise<unknown> => operator.inject(command)
const pushed =
  (device: string, name: string) =>
  ({ name: kind, data }: LiveEvent): boolean =>
    kind === "event" && data.deviceId === device && data.source === "push" && data.name === name

/** Each connected router reports its own link changes. */
const linkTests = (): void => {
  for (const { router, release, port } of CONNECTED)
    test(`${release}: ${router} reports by itself that a port loses its link and gets it back`, async () => {
      const id = await idOf(router)
      const { hello } = await companionOf(id)
      assert.deepEqual(record(hello).failed, [])
      const down = operator.next(
        pushed(id, "link-down"),
        10_000,
        `${router} reports that ${port} is down`,
      )
      const up = operator.next(
        pushed(id, "link-up"),
        10_000,
        `${router} reports that ${port} is up`,
      )
      await inject({ do: "flap", router, port, times: 1 })
      assert.equal((await down).data.interface, port)
      assert.equal((await up).data.interface, port)
    })
}

const backlogTests = (): void => {
  test("changes while the appliance is unreachable are reported afterwards, in order and once", async (t) => {
    if (demo.mode !== "namespace")
      return t.skip("the routers' path to the appliance can be cut only in a namespace: 1 case")
    const { router, port } = CONNECTED[1] ?? assert.fail()
    const id = await idOf(router)
    const lostBefore = Number(record((await companionOf(id)).pushes).lost)
    const from = operator.events.length
    await inject({ do: "cut-management-path" })
    await inject({ do: "flap", router, port, times: 4 })
    await inject({ do: "repair-management-path" })
    const events = (): readonly LiveEvent[] =>
      operator.events
        .slice(from)
        .filter((event) => pushed(id, "link-down")(event) || pushed(id, "link-up")(event))
    // Outages that a busy router saw as one are reported as one with their number.
    const falls = (): number =>
      events()
        .filter(pushed(id, "link-down"))
        .reduce(
          (sum, { data }) => sum + Number(/(\d+) times/.exec(String(data.message))?.[1] ?? 1),
          0,
        )
    const ups = (): number => events().filter(pushed(id, "link-up")).length
    await until(
      "all four have been reported",
      90_000,
      async () => falls() >= 4 && 2 * ups() >= events().length,
    )
    // Time for a duplicate to arrive.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const reported = events().filter(({ data }) => data.interface === port)
    assert.deepEqual(
      reported
        .toSorted((one, other) => Number(one.data.atMs) - Number(other.data.atMs))
        .map(({ data }) => data.name),
      reported.map((_, at) => (at % 2 === 0 ? "link-down" : "link-up")),
    )
    assert.equal(falls(), 4)
    assert.equal(new Set(reported.map(({ data }) => data.id)).size, reported.length)
    assert.equal(Number(record((await companionOf(id)).pushes).lost), lostBefore)
  })
}

const onboardingTests = (): void => {
  for (const router of ["kon-core-1", "bur-agg-1"])
    test(`${router} is connected by one pasted line, verified, and restored byte for byte`, async () => {
      const id = await idOf(router)
      await until("its release is known", 60_000, async () => {
        const { release } = await companionOf(id)
        return release !== null
      })
      const before = await atConsole("export", router)
      const sinceMs = Date.now()
      const host = new URL(demo.url).hostname
      const loopback = demo.mode === "namespace" ? "10.0.0.0/8" : "127.0.0.0/8"
      const applianceHost =
        record((await companionOf(await idOf("sam-agg-1"))).desired).applianceHost ?? host
      const desired = { profile: "core", applianceHost, agentAddresses: [loopback], netwatch: [] }
      await operator.send("PUT", `/devices/${id}/companion`, desired)
      const { command } = await operator.send("POST", `/devices/${id}/companion/link`, {
        kind: "onboard",
      })
      await atConsole("console", router, String(command))
      const hello = record(await hasReported(id, sinceMs))
      assert.deepEqual(hello.failed, [])
      await assert.rejects(
        atConsole("console", router, String(command)),
        /good for once/,
        "a link works once",
      )
      const checked = await until("the router could be read", 60_000, async () => {
        const answer = await operator.send("POST", `/devices/${id}/companion/verify`)
        return answer.problem === null && answer
      })
      assert.deepEqual(checked.drift, [])
      const { text } = await operator.send("POST", `/devices/${id}/companion/script`, {
        kind: "remove",
      })
      await atConsole("import", router, String(text))
      assert.equal(await atConsole("export", router), before)
    })
}

describe("routers that report themselves", () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("companion") })
    operator = await operatorAt(demo.url, demo.email, demo.password)
    atConsole = consoleOf(demo.dataDir)
    for (const { router } of CONNECTED) await hasReported(await idOf(router), 0)
  })
  after(async () => {
    operator?.close()
    await demo?.stop()
  })

  linkTests()

  backlogTests()

  onboardingTests()
})
