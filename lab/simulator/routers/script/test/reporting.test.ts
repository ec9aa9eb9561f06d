/**
 * The scripts that make a router report by itself, run on simulated routers. Posts are parsed with
 * the appliance's own schema.
 */
import assert from "node:assert/strict"
import { after, describe, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { makeScript } from "@ispvm/routeros-scripts/companion"
import type { TestRouter } from "../../os/test/router.ts"
import type { PersonaName } from "../../personas.ts"
import {
  connectRouter,
  type FakeAppliance,
  flap,
  KEY,
  LINK_EVENTS_ONLY,
  linkItems,
  NAME,
  received,
  states,
  stopAll,
  toggle,
  until,
  upTo,
  waitForWatcher,
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

after(stopAll)

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
})
