/**
 * The scripts that make a router report by itself, run on simulated routers. Posts are parsed with
 * the appliance's own schema.
 */
import assert from "node:assert/strict"
import { after, describe, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { makeScript } from "@ispvm/routeros-scripts/companion"
import fc from "fast-check"
import { type TestRouter, testRouter } from "../../os/test/router.ts"
import { num, str } from "../../os/values.ts"
import type { PersonaName } from "../../personas.ts"
import { harness } from "./harness.ts"
import {
  connectRouter,
  desiredConfigFor,
  type FakeAppliance,
  KEY,
  NAME,
  routers,
  startFakeAppliance,
  stopAll,
  until,
} from "./reporting.ts"

const scriptErrors = ({ router }: TestRouter): readonly string[] =>
  router.log
    .filter(({ topics, message }) => topics.includes("error") && message.includes("ispvm"))
    .map(({ message }) => message)

const PERSONAS: readonly (readonly [PersonaName, string])[] = [
  ["ccr1036-6.49", "127.40.99.21"],
  ["rb5009-7.12", "127.40.99.22"],
  ["ccr2004-7.18", "127.40.99.23"],
  ["chr-7.22", "127.40.99.24"],
]

const linkItems = (appliance: FakeAppliance) =>
  appliance.pushes.flatMap(({ items }) => items.filter((item) => item.kind === "link"))
const LINK_EVENTS_ONLY = { heartbeatS: 0, netwatch: [] } as const
const waitForWatcher = async (router: TestRouter): Promise<void> => {
  await until("the watcher", () =>
    router.os.engine.jobs().some(({ name }) => name === "ispvm-watch"),
  )
  await sleep(800)
}
/** Outages of a port between two checks: down and up again between two ticks. */
const flap = async (
  { router }: TestRouter,
  count: number,
  port = "ether2",
  intervalMs = 0,
): Promise<void> => {
  for (let n = 0; n < count; n++) {
    router.setRunning(port, false, Date.now())
    router.setRunning(port, true, Date.now())
    if (intervalMs > 0) await sleep(intervalMs)
  }
}
/** The number of the router's last item, as it keeps it for the next watcher. */
const lastSeq = ({ os }: TestRouter): number => {
  const state = os.engine.environment().find(({ name }) => name === "ispvmRouterState")?.value
  const seq =
    state?.type === "array" ? state.items.find(({ key }) => key === "seq")?.value : undefined
  return seq?.type === "num" ? Number(seq.is) : 0
}
/** Takes the port down or up so often, and each time waits until the watcher has seen it. */
const toggle = async (router: TestRouter, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) {
    const before = lastSeq(router)
    const isUp = router.router.port("ether2")?.running === true
    router.router.setRunning("ether2", !isUp, Date.now())
    await until("it is seen", () => lastSeq(router) > before)
  }
}
const states = (appliance: FakeAppliance): readonly string[] =>
  linkItems(appliance).flatMap((item) =>
    item.kind === "link" ? [`${item.name} ${item.state}${item.downs ?? ""}`] : [],
  )
const upTo = (count: number, from = 1): readonly number[] =>
  Array.from({ length: count }, (_, at) => at + from)

after(stopAll)

/** Items of a kind that the appliance has received. */
const received = (appliance: FakeAppliance, kind: string) =>
  appliance.pushes.flatMap(({ items }) => items).filter((item) => item.kind === kind)

const checkLinks = async (appliance: FakeAppliance, router: TestRouter): Promise<void> => {
  const seen = (kind: string) => received(appliance, kind)
  await waitForWatcher(router)
  router.router.setRunning("ether2", false, Date.now())
  await until("link down", () => seen("link").length === 1)
  router.router.setRunning("ether2", true, Date.now())
  await until("link up", () => seen("link").length === 2)
  assert.deepEqual(states(appliance), ["ether2 down", "ether2 up"])
}

const checkNetwatch = async (appliance: FakeAppliance, router: TestRouter): Promise<void> => {
  const { os } = router
  const seen = (kind: string) => received(appliance, kind)
  router.network.reached.add("10.9.9.9")
  await until("netwatch", () =>
    seen("watch").some((item) => item.kind === "watch" && item.state === "up"),
  )
  const netwatchItem = seen("watch").find((item) => item.kind === "watch" && item.state === "up")
  assert.ok(netwatchItem?.kind === "watch")
  assert.deepEqual([netwatchItem.name, netwatchItem.host], [NAME, "10.9.9.9"])
  if (!os.isV6) {
    const measured = () =>
      seen("watch").flatMap((item) =>
        item.kind === "watch" && item.because === "test" && item.rtt !== null ? [item] : [],
      )
    await until("figures", () => measured().length > 0)
    assert.deepEqual([measured()[0]?.loss, typeof measured()[0]?.rtt], [0, "number"])
  }
}

const checkHeartbeats = async (appliance: FakeAppliance): Promise<void> => {
  const seen = (kind: string) => received(appliance, kind)
  const heartbeats = () =>
    seen("heartbeat").flatMap((item) => (item.kind === "heartbeat" ? [item] : []))
  await until("heartbeat", () =>
    heartbeats().some(({ ports }) => ports.every(({ running }) => running)),
  )
  assert.deepEqual(
    heartbeats()[0]?.ports.map(({ name }) => name),
    ["ether1", "ether2"],
  )
}

const wholeTest = (persona: PersonaName, address: string, seesGlobals: boolean): void => {
  test(`${persona}: changes are posted, ${seesGlobals ? "with" : "without"} globals for scheduled scripts, and removal leaves nothing`, async () => {
    const { appliance, router, desired, pristine, install } = await connectRouter(
      persona,
      address,
      "access",
      {},
      seesGlobals,
    )
    const { os } = router
    const rows = () =>
      ["/system/script", "/system/scheduler", "/tool/netwatch"].map((path) =>
        os.store.table(path).items.map(({ id, values }) => [id, ...values]),
      )
    const [exported, first] = [os.export(""), rows()]
    await install()
    assert.equal(os.export(""), exported, "a second run changes nothing")
    assert.deepEqual(rows(), first)
    const seen = (kind: string) => received(appliance, kind)
    await until("hello", () => seen("hello").length > 0)
    const [hello] = seen("hello")
    assert.equal(hello?.kind === "hello" && hello.globals, seesGlobals ? "seen" : "not-seen")
    assert.equal(
      router.output.some((line) => line.includes("cannot see global variables")),
      !seesGlobals,
    )
    await checkLinks(appliance, router)
    await checkNetwatch(appliance, router)
    await checkHeartbeats(appliance)
    assert.deepEqual(appliance.errors, [])
    assert.deepEqual([...appliance.keys], [`Bearer ${KEY}`])
    assert.deepEqual(scriptErrors(router), [])
    await router.run(makeScript("remove", desired).text)
    assert.equal(os.export(""), pristine)
    await until("no job of ours", () => os.engine.jobs().length === 0)
    if (seesGlobals) assert.deepEqual(os.engine.environment(), [])
  })
}

const queueTests = (): void => {
  test("items queued while the appliance rejects posts are later sent once, in order, ten at a time", async () => {
    const { appliance, router } = await connectRouter(
      "chr-7.22",
      "127.40.99.31",
      "cpe",
      LINK_EVENTS_ONLY,
    )
    await waitForWatcher(router)
    appliance.status = 429
    router.router.setRunning("ether2", false, Date.now())
    await until("the first try", () => appliance.requests === 2)
    await toggle(router, 12)
    assert.deepEqual(linkItems(appliance), [])
    appliance.status = 200
    await until("all of it", () => linkItems(appliance).length >= 13)
    await sleep(500)
    assert.deepEqual(
      linkItems(appliance).map(({ seq }) => seq),
      upTo(13),
    )
    const sizes = appliance.pushes.map(({ items }) => items.length)
    assert.deepEqual(
      [sizes.slice(0, 2), sizes.slice(2).every((size) => size <= 10)],
      [[1, 1], true],
    )
    assert.deepEqual(appliance.errors, [])
  })

  test("a full queue drops the oldest items and reports how many", async () => {
    const { appliance, router } = await connectRouter("ccr1036-6.49", "127.40.99.32", "cpe", {
      ...LINK_EVENTS_ONLY,
      maxQueue: 4,
    })
    await waitForWatcher(router)
    appliance.status = 503
    await toggle(router, 7)
    appliance.status = 200
    await until("what is left", () => linkItems(appliance).length >= 4)
    assert.deepEqual(
      linkItems(appliance).map(({ seq }) => seq),
      upTo(4, 4),
    )
    assert.equal(appliance.pushes.at(-1)?.push.lost, 3)
  })
}

const restartTests = (): void => {
  test("after a restart of the router a new boot id begins, and unchanged links are not reported", async () => {
    const { appliance, router } = await connectRouter(
      "rb5009-7.12",
      "127.40.99.33",
      "cpe",
      LINK_EVENTS_ONLY,
    )
    await waitForWatcher(router)
    router.router.setRunning("ether1", false, Date.now())
    await until("link down", () => linkItems(appliance).length === 1)
    router.os.halt()
    router.router.setRunning("ether1", true, Date.now())
    await sleep(1_100)
    router.os.boot()
    await waitForWatcher(router)
    router.router.setRunning("ether2", false, Date.now())
    await until("link down", () => linkItems(appliance).length > 1)
    await sleep(500)
    assert.deepEqual(states(appliance), ["ether1 down", "ether2 down"])
    const boots = appliance.pushes
      .filter(({ push }) => push.queue === "router")
      .map(({ push }) => push.boot)
    assert.equal(new Set(boots).size, 2)
  })

  for (const seesGlobals of [true, false])
    test(`a watcher that was killed is started again${seesGlobals ? ", and reports changes in between" : " without visible globals"}`, async () => {
      const { appliance, router } = await connectRouter(
        "ccr2004-7.18",
        seesGlobals ? "127.40.99.34" : "127.40.99.44",
        "cpe",
        LINK_EVENTS_ONLY,
        seesGlobals,
      )
      await waitForWatcher(router)
      for (const job of router.os.engine.jobs()) router.os.engine.kill(job.id)
      await until("no watcher runs", () => router.os.engine.jobs().length === 0)
      if (seesGlobals) router.router.setRunning("ether2", false, Date.now())
      await until("another watcher runs", () =>
        router.os.engine.jobs().some(({ name }) => name === "ispvm-watch"),
      )
      if (!seesGlobals) {
        await waitForWatcher(router)
        router.router.setRunning("ether2", false, Date.now())
      }
      await until("it is reported", () => linkItems(appliance).length === 1)
    })
}

const watcherTests = (): void => {
  test("of several watchers the first continues, and reports once", async () => {
    const { appliance, router } = await connectRouter(
      "rb5009-7.12",
      "127.40.99.41",
      "cpe",
      LINK_EVENTS_ONLY,
      false,
    )
    await waitForWatcher(router)
    await router.run(
      ':execute "/system script run ispvm-watch"; :execute "/system script run ispvm-watch"',
    )
    await sleep(500)
    router.router.setRunning("ether2", false, Date.now())
    await until("it is reported", () => linkItems(appliance).length > 0)
    await until(
      "one is left",
      () => router.os.engine.jobs().filter(({ name }) => name === "ispvm-watch").length === 1,
    )
    router.router.setRunning("ether2", true, Date.now())
    await until("it is reported", () => linkItems(appliance).length > 1)
    await sleep(500)
    assert.deepEqual(states(appliance), ["ether2 down", "ether2 up"])
  })

  test("a post that hangs is ended and repeated, and checks continue meanwhile", async () => {
    const { appliance, router } = await connectRouter(
      "chr-7.22",
      "127.40.99.35",
      "cpe",
      LINK_EVENTS_ONLY,
      false,
    )
    await waitForWatcher(router)
    appliance.status = 0
    router.router.setRunning("ether2", false, Date.now())
    await until("it hangs", () => appliance.requests === 2)
    await sleep(1_200)
    router.router.setRunning("ether2", true, Date.now())
    await sleep(500)
    appliance.status = 200
    appliance.stop()
    await until("it goes again", () => linkItems(appliance).length === 2)
    assert.deepEqual(states(appliance), ["ether2 down", "ether2 up"])
    const [first, second] = linkItems(appliance)
    assert.notEqual(first?.up, second?.up)
  })
}

const keyTests = (): void => {
  test("queued items use a new key, and the watcher is replaced", async () => {
    const { appliance, router, desired } = await connectRouter(
      "chr-7.22",
      "127.40.99.36",
      "cpe",
      LINK_EVENTS_ONLY,
    )
    await waitForWatcher(router)
    appliance.status = 401
    router.router.setRunning("ether2", false, Date.now())
    await until("it is rejected", () => appliance.requests === 2)
    const other = `ispvmr1.${"k".repeat(16)}.${"t".repeat(43)}`
    assert.ok(desired.push)
    await router.run(
      makeScript("onboard", { ...desired, profile: "edge", push: { ...desired.push, key: other } })
        .text,
    )
    appliance.status = 200
    appliance.keys.clear()
    await until("it is accepted", () => linkItems(appliance).length === 1)
    assert.deepEqual([...appliance.keys], [`Bearer ${other}`])
    router.router.setRunning("ether2", true, Date.now())
    await until("the next item arrives", () => linkItems(appliance).length === 2)
    await until("the other watcher", () => {
      const [state] = router.os.engine
        .environment()
        .filter(({ name }) => name === "ispvmRouterState")
      return (
        state !== undefined &&
        JSON.stringify(state.value, (_, each) =>
          typeof each === "bigint" ? `${each}` : each,
        ).includes("bgpUp")
      )
    })
    assert.deepEqual(states(appliance), ["ether2 down", "ether2 up"])
  })
}

const rateTests = (): void => {
  test("posts per minute are limited: half of them at once, the others evenly", async () => {
    const { appliance, router } = await connectRouter("chr-7.22", "127.40.99.37", "cpe", {
      ...LINK_EVENTS_ONLY,
      maxPerMinute: 6,
      maxQueue: 500,
    })
    await waitForWatcher(router)
    const posts = () => appliance.pushes.filter(({ push }) => push.queue === "router")
    for (let n = 1; n <= 3; n++) {
      await toggle(router, 1)
      await until("its post", () => posts().length === n)
    }
    await toggle(router, 1)
    await until("the fourth", () => posts().length === 4)
    const [, , third, fourth] = posts()
    assert.ok(
      (fourth?.atMs ?? 0) - (third?.atMs ?? 0) > 15_000,
      "half of six at once, the others every 20 seconds",
    )
  })
}

const peerTests = (): void => {
  for (const [persona, address, menu] of [
    ["ccr1036-6.49", "127.40.99.38", "peer"],
    ["ccr2004-7.18", "127.40.99.39", "session"],
  ] as const) {
    test(`${persona}: neighbours that go down and up are reported with their names`, async () => {
      const appliance = await startFakeAppliance()
      const router = testRouter(persona, address)
      routers.add(router)
      const peer = (name: string, protocol: "bgp" | "ospf", isUp: boolean) => ({
        peer: {
          port: "ether1",
          name,
          address: `10.0.0.${name.length}`,
          protocol,
          remoteAs: 64_500,
        },
        isUp,
        sinceMs: 0,
      })
      let peers = [
        peer("one", "bgp", true),
        peer("three", "bgp", true),
        peer("second", "ospf", true),
      ]
      Object.assign(router.os.network, { peers: () => peers })
      router.os.boot()
      await router.run(
        makeScript(
          "onboard",
          desiredConfigFor(router.router.persona.version, "edge", appliance.url, LINK_EVENTS_ONLY),
        ).text,
      )
      await waitForWatcher(router)
      peers = [peer("one", "bgp", false), peer("three", "bgp", true)]
      const peerItems = () =>
        appliance.pushes
          .flatMap(({ items }) => items)
          .flatMap((item) =>
            item.kind === "peer"
              ? [[item.protocol, item.name, item.address, item.state, item.detail]]
              : [],
          )
      await until("they are gone", () => peerItems().length === 2)
      const name = menu === "peer" ? "one" : "one-1"
      assert.deepEqual(peerItems(), [
        ["bgp", name, "10.0.0.3", "down", menu === "peer" ? "idle" : "gone"],
        ["ospf", "10.0.0.6", "10.0.0.6", "down", "gone"],
      ])
      peers = [peer("one", "bgp", true), peer("three", "bgp", true), peer("second", "ospf", true)]
      await until("they are back", () => peerItems().length === 4)
      assert.deepEqual(peerItems().slice(2), [
        ["bgp", name, "10.0.0.3", "up", "established"],
        ["ospf", "10.0.0.6", "10.0.0.6", "up", "Full"],
      ])
      assert.deepEqual(appliance.errors, [])
    })
  }
}

/** Parts of the scripts, run by themselves. */
const sourceTests = (): void => {
  test("the scripts' JSON preserves any text", async () => {
    const { router } = await connectRouter("ccr1036-6.49", "127.40.99.42", "cpe", LINK_EVENTS_ONLY)
    const source =
      router.os.store.table("/system/script").named("ispvm-watch")?.values.get("source") ?? ""
    const from = source.indexOf(":local inside do={")
    const escaping = source.slice(from, source.indexOf("\n}\n", from) + 3)
    const { scripts, run } = harness(undefined, "6.49.18")
    const unit = fc.oneof(
      fc.integer({ min: 1, max: 0x7f }).map((code) => String.fromCharCode(code)),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(unit, { maxLength: 40 })
          .map((units) => units.join(""))
          .filter((text) => text.isWellFormed() && !text.includes("\0")),
        async (text) => {
          const args = new Map([["given", str(text)]])
          const output = await run(`${escaping}:put [$inside text=$given]`, { args })
          assert.equal(JSON.parse(`"${output}"`), text)
        },
      ),
      { numRuns: 200 },
    )
    await scripts.stop()
  })

  test("sessions are reported when their number changes by a tenth, and by five at least", async () => {
    const { router } = await connectRouter("chr-7.22", "127.40.99.40", "access", LINK_EVENTS_ONLY)
    const source =
      router.os.store.table("/system/script").named("ispvm-sessions")?.values.get("source") ?? ""
    let count = 100
    const { scripts, run } = harness(({ path }) =>
      path === "/ppp/active/print" ? num(count) : { type: "nothing" },
    )
    const text = source.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "\\$")
    const outputs: string[] = []
    await run(`:global state [:toarray ""]; :global look [:parse "${text}"]`)
    for (count of [100, 109, 110, 104, 100, 40, 2, 0, 5])
      outputs.push(
        await run(
          ':global state; :global look; :set state [$look state=$state]; :foreach each in=($state->"added") do={ :put $each }',
        ),
      )
    assert.deepEqual(
      outputs.map((line) => (line === "" ? null : JSON.parse(`{${line}}`))),
      [null, null, [110, 100], null, null, [40, 110], [2, 40], null, null].map((pair) =>
        pair === null ? null : { kind: "sessions", count: pair[0], was: pair[1] },
      ),
    )
    await scripts.stop()
  })
}

// In parallel, because the tests mostly wait.
describe("a router that reports by itself", { concurrency: 20 }, () => {
  for (const [at, [persona, address]] of PERSONAS.entries()) {
    wholeTest(persona, address, at % 2 === 0)
  }

  for (const seesGlobals of [true, false])
    test(`an outage of a port between two checks is reported, from the hello on, ${seesGlobals ? "with" : "without"} globals`, async () => {
      const { appliance, router } = await connectRouter(
        "chr-7.22",
        seesGlobals ? "127.40.99.30" : "127.40.99.43",
        "edge",
        LINK_EVENTS_ONLY,
        seesGlobals,
      )
      await flap(router, 1, "ether1")
      await flap(router, 3)
      await until("both", () => linkItems(appliance).length >= 4)
      await sleep(600)
      assert.deepEqual([...states(appliance)].sort(), [
        "ether1 down",
        "ether1 up",
        "ether2 down3",
        "ether2 up",
      ])
      assert.deepEqual(appliance.errors, [])
    })

  queueTests()

  restartTests()

  watcherTests()

  keyTests()

  rateTests()

  peerTests()

  sourceTests()
})
