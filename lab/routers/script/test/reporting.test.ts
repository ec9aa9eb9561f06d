/** The scripts that make a router report by itself, run on simulated routers: what is posted is parsed with the appliance's own schema. */
import assert from "node:assert/strict"
import { after, describe, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { makeScript } from "@ispvm/routeros-scripts/companion"
import fc from "fast-check"
import { type Alone, alone } from "../../os/test/router.ts"
import { num, str } from "../../os/values.ts"
import type { PersonaName } from "../../personas.ts"
import { connected, type Door, KEY, NAME, open, routers, stopAll, until, wished } from "./reporting.ts"
import { bench } from "./said.ts"

const faultsOf = ({ router }: Alone): readonly string[] =>
  router.log.filter(({ topics, message }) => topics.includes("error") && message.includes("ispvm")).map(({ message }) => message)

const PERSONAS: readonly (readonly [PersonaName, string])[] = [
  ["ccr1036-6.49", "127.40.99.21"],
  ["rb5009-7.12", "127.40.99.22"],
  ["ccr2004-7.18", "127.40.99.23"],
  ["chr-7.22", "127.40.99.24"],
]

const linked = (door: Door) => door.pushes.flatMap(({ items }) => items.filter((item) => item.kind === "link"))
const ALONE = { heartbeatS: 0, watches: [] } as const
const watching = async (router: Alone): Promise<void> => {
  await until("the watcher", () => router.os.engine.jobs().some(({ name }) => name === "ispvm-watch"))
  await sleep(400)
}
/** As the watcher would queue them; `name` as it stands in a script. */
const queue = (router: Alone, count: number, name = "p"): Promise<unknown> =>
  router.run(String.raw`:global ispvmRouterPut
:global ispvmRouterText
:local added [:toarray ""]
:for at from=1 to=${count} do={ :set added ($added , ("\"kind\":\"link\",\"state\":\"up\",\"name\":\"" . [$ispvmRouterText text="${name}"] . $at . "\"")) }
$ispvmRouterPut added=$added`)
const upTo = (count: number, from = 1): readonly number[] => Array.from({ length: count }, (_, at) => at + from)

after(stopAll)

// Beside each other: nearly all of it is waiting.
describe("a router that reports by itself", { concurrency: 6 }, () => {
  for (const [persona, address] of PERSONAS) {
    test(`${persona}: a link that falls, netwatch and the heartbeat are posted, and taking it out leaves nothing`, async () => {
      const { door, router, wish, pristine, install } = await connected(persona, address, "access")
      const { os } = router
      const rows = () =>
        ["/system/script", "/system/scheduler", "/tool/netwatch"].map((path) =>
          os.store.table(path).items.map(({ id, values }) => [id, ...values]),
        )
      const [exported, first] = [os.export(""), rows()]
      await install()
      assert.equal(os.export(""), exported, "a second run changes nothing")
      assert.deepEqual(rows(), first)
      const seen = (kind: string) => door.pushes.flatMap(({ items }) => items).filter((item) => item.kind === kind)
      await until("hello", () => seen("hello").length > 0)
      await until("the watcher", () => os.engine.jobs().some(({ name }) => name === "ispvm-watch"))
      await sleep(500)
      router.router.setRunning("ether2", false, Date.now())
      await until("link down", () => seen("link").length === 1, 3_000)
      router.router.setRunning("ether2", true, Date.now())
      await until("link up", () => seen("link").length === 2, 3_000)
      assert.deepEqual(
        seen("link").map((item) => item.kind === "link" && [item.seq, item.name, item.state]),
        [
          [1, "ether2", "down"],
          [2, "ether2", "up"],
        ],
      )
      router.world.reached.add("10.9.9.9")
      await until("netwatch", () => seen("watch").some((item) => item.kind === "watch" && item.state === "up"))
      const [watch] = seen("watch")
      assert.ok(watch?.kind === "watch")
      assert.deepEqual([watch.name, watch.host], [NAME, "10.9.9.9"])
      if (!os.isV6) {
        const measured = () =>
          seen("watch").flatMap((item) => (item.kind === "watch" && item.because === "test" && item.rtt !== null ? [item] : []))
        await until("figures", () => measured().length > 0, 20_000)
        assert.deepEqual([measured()[0]?.loss, typeof measured()[0]?.rtt], [0, "number"])
      }
      const beats = () => seen("heartbeat").flatMap((item) => (item.kind === "heartbeat" ? [item] : []))
      await until("heartbeat", () => beats().some(({ ports }) => ports.every(({ running }) => running)))
      assert.deepEqual(
        beats()[0]?.ports.map(({ name }) => name),
        ["ether1", "ether2"],
      )
      assert.deepEqual(door.faults, [])
      assert.deepEqual([...door.keys], [`Bearer ${KEY}`])
      assert.deepEqual(faultsOf(router), [])
      await router.run(makeScript("remove", wish).text)
      assert.equal(os.export(""), pristine)
      await until("no job of ours", () => os.engine.jobs().length === 0, 5_000)
      assert.deepEqual(os.engine.environment(), [])
    })
  }

  test("what is queued while the appliance refuses is sent in order, ten at a time, once, when it takes again", async () => {
    const { door, router } = await connected("chr-7.22", "127.40.99.31", "cpe", ALONE)
    await watching(router)
    door.status = 429
    await queue(router, 23, `q\\"\\\\\\01\\1F\\C3\\A9`)
    await until("the first try", () => door.requests === 2)
    await queue(router, 2)
    assert.deepEqual(linked(door), [])
    door.status = 200
    await until("all of it", () => linked(door).length >= 25)
    await sleep(500)
    assert.deepEqual(
      linked(door).map(({ seq }) => seq),
      upTo(25),
    )
    assert.deepEqual(
      door.pushes.map(({ items }) => items.length),
      [1, 10, 10, 5],
    )
    assert.equal(linked(door)[0]?.kind === "link" && linked(door)[0]?.name, 'q"\\\u0001\u001fé1')
    assert.deepEqual(door.faults, [])
  })

  test("a queue that is full drops the oldest and says how many", async () => {
    const { door, router } = await connected("ccr1036-6.49", "127.40.99.32", "cpe", { ...ALONE, queueMost: 12 })
    await watching(router)
    door.status = 503
    await queue(router, 5)
    await until("the first try", () => door.requests === 2)
    await queue(router, 10)
    door.status = 200
    await until("what is left", () => linked(door).length >= 12)
    assert.deepEqual(
      linked(door).map(({ seq }) => seq),
      upTo(12, 4),
    )
    assert.equal(door.pushes.at(-1)?.push.lost, 3)
  })

  test("after a restart of the router a new boot begins, and no link is told that did not change", async () => {
    const { door, router } = await connected("rb5009-7.12", "127.40.99.33", "cpe", ALONE)
    await watching(router)
    router.router.setRunning("ether1", false, Date.now())
    await until("link down", () => linked(door).length === 1)
    router.os.halt()
    router.router.setRunning("ether1", true, Date.now())
    await sleep(1_100)
    router.os.boot()
    await watching(router)
    router.router.setRunning("ether2", false, Date.now())
    await until("link down", () => linked(door).length > 1)
    await sleep(500)
    assert.deepEqual(
      linked(door).map((item) => item.kind === "link" && [item.seq, item.name, item.state]),
      [
        [1, "ether1", "down"],
        [1, "ether2", "down"],
      ],
    )
    const boots = door.pushes.filter(({ push }) => push.queue === "router").map(({ push }) => push.boot)
    assert.equal(new Set(boots).size, 2)
  })

  test("a watcher that was killed is started again, and tells what changed while there was none", async () => {
    const { door, router } = await connected("ccr2004-7.18", "127.40.99.34", "cpe", ALONE)
    await watching(router)
    for (const job of router.os.engine.jobs()) router.os.engine.kill(job.id)
    await until("nobody watches", () => router.os.engine.jobs().length === 0)
    router.router.setRunning("ether2", false, Date.now())
    await until("it is told", () => linked(door).length === 1, 12_000)
  })

  test("of several watchers the last one watches, and tells once", async () => {
    const { door, router } = await connected("rb5009-7.12", "127.40.99.41", "cpe", ALONE)
    await watching(router)
    await router.run(':execute "/system script run ispvm-watch"; :execute "/system script run ispvm-watch"')
    await sleep(1_000)
    assert.equal(router.os.engine.jobs().filter(({ name }) => name === "ispvm-watch").length, 1)
    router.router.setRunning("ether2", false, Date.now())
    await until("it is told", () => linked(door).length > 0)
    await sleep(1_000)
    assert.equal(linked(door).length, 1)
  })

  test("a sender that hangs is replaced, and does no harm when it comes back", async () => {
    const { door, router } = await connected("chr-7.22", "127.40.99.35", "cpe", ALONE)
    await watching(router)
    door.status = 0
    await queue(router, 3)
    await until("it hangs", () => door.requests === 2)
    door.status = 200
    await router.run(":global ispvmRouterPushAt; :set ispvmRouterPushAt ($ispvmRouterPushAt - 3m)")
    await until("another sends", () => linked(door).length === 3, 8_000)
    door.stop()
    await until("the first has ended", () => !router.os.engine.jobs().some(({ name }) => name === "ispvm-push"))
    await queue(router, 1)
    await until("the next", () => linked(door).length > 3)
    assert.deepEqual(
      linked(door).map(({ seq }) => seq),
      upTo(4),
    )
  })

  test("another key is taken up by senders that wait, and the watcher is replaced by another one", async () => {
    const { door, router, wish } = await connected("chr-7.22", "127.40.99.36", "cpe", ALONE)
    await watching(router)
    door.status = 401
    await queue(router, 1)
    await until("it is refused", () => door.requests === 2)
    const other = `ispvmr1.${"k".repeat(16)}.${"t".repeat(43)}`
    assert.ok(wish.push)
    await router.run(makeScript("onboard", { ...wish, duty: "edge", push: { ...wish.push, key: other } }).text)
    door.status = 200
    door.keys.clear()
    await until("it is taken", () => linked(door).length === 1)
    assert.deepEqual([...door.keys], [`Bearer ${other}`])
    await until("the other watcher", () => router.os.engine.environment().some(({ name }) => name === "ispvmRouterBgpUp"))
  })

  test("no more go in a minute than are allowed: half of them at once, the others evenly", async () => {
    const { door, router } = await connected("chr-7.22", "127.40.99.37", "cpe", { ...ALONE, atMostAMinute: 22, queueMost: 500 })
    await watching(router)
    await queue(router, 130)
    await until("eleven", () => linked(door).length >= 110)
    await sleep(2_000)
    assert.equal(linked(door).length, 110)
    await until("the twelfth", () => linked(door).length > 110, 8_000)
  })

  for (const [persona, address, menu] of [
    ["ccr1036-6.49", "127.40.99.38", "peer"],
    ["ccr2004-7.18", "127.40.99.39", "session"],
  ] as const) {
    test(`${persona}: neighbours that go and come are told, with their names`, async () => {
      const door = await open()
      const router = alone(persona, address)
      routers.add(router)
      const peer = (name: string, protocol: "bgp" | "ospf", isUp: boolean) => ({
        peer: { port: "ether1", name, address: `10.0.0.${name.length}`, protocol, remoteAs: 64_500 },
        isUp,
        sinceMs: 0,
      })
      let peers = [peer("one", "bgp", true), peer("three", "bgp", true), peer("second", "ospf", true)]
      Object.assign(router.os.world, { peers: () => peers })
      router.os.boot()
      await router.run(makeScript("onboard", wished(router.router.persona.version, "edge", door.url, ALONE)).text)
      await watching(router)
      await until("they are known", () => router.os.engine.environment().some(({ name }) => name === "ispvmRouterOspfUp"))
      peers = [peer("one", "bgp", false), peer("three", "bgp", true)]
      const told = () =>
        door.pushes
          .flatMap(({ items }) => items)
          .flatMap((item) => (item.kind === "peer" ? [[item.protocol, item.name, item.address, item.state, item.detail]] : []))
      await until("they are gone", () => told().length === 2)
      const name = menu === "peer" ? "one" : "one-1"
      assert.deepEqual(told(), [
        ["bgp", name, "10.0.0.3", "down", menu === "peer" ? "idle" : "gone"],
        ["ospf", "10.0.0.6", "10.0.0.6", "down", "gone"],
      ])
      peers = [peer("one", "bgp", true), peer("three", "bgp", true), peer("second", "ospf", true)]
      await until("they are back", () => told().length === 4)
      assert.deepEqual(told().slice(2), [
        ["bgp", name, "10.0.0.3", "up", "established"],
        ["ospf", "10.0.0.6", "10.0.0.6", "up", "Full"],
      ])
      assert.deepEqual(door.faults, [])
    })
  }

  test("any text comes through the scripts' JSON as it was", async () => {
    const { router } = await connected("ccr1036-6.49", "127.40.99.42", "cpe", ALONE)
    const functions = router.os.store.table("/system/script").named("ispvm-functions")?.values.get("source") ?? ""
    const { scripts, say } = bench(undefined, "6.49.18")
    await say(functions)
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
          const said = await say(":global ispvmRouterText; :put [$ispvmRouterText text=$given]", { args })
          assert.equal(JSON.parse(`"${said}"`), text)
        },
      ),
      { numRuns: 200 },
    )
    await scripts.stop()
  })

  test("sessions are told when their number changes by a tenth, and by five at least", async () => {
    const { router } = await connected("chr-7.22", "127.40.99.40", "access", ALONE)
    const source = router.os.store.table("/system/script").named("ispvm-sessions")?.values.get("source") ?? ""
    let count = 100
    const { scripts, say } = bench(({ path }) => (path === "/ppp/active/print" ? num(count) : { type: "nothing" }))
    await say(":global ispvmRouterPut do={ :foreach each in=$added do={ :put $each } }")
    const told: string[] = []
    for (count of [100, 109, 110, 104, 100, 40, 2, 0, 5]) told.push(await say(source))
    assert.deepEqual(
      told.map((line) => (line === "" ? null : JSON.parse(`{${line}}`))),
      [null, null, [110, 100], null, null, [40, 110], [2, 40], null, null].map((pair) =>
        pair === null ? null : { kind: "sessions", count: pair[0], was: pair[1] },
      ),
    )
    await scripts.stop()
  })
})
