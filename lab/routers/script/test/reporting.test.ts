/** The scripts that make a router report by itself, run on simulated routers: what is posted is parsed with the appliance's own schema. */
import assert from "node:assert/strict"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { after, describe, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { Push, PushItem } from "@ispvm/appliance/api/push"
import { type Duty, exampleWish, makeScript, type Wish } from "@ispvm/routeros-scripts/companion"
import { selfSign } from "../../certificate.ts"
import { type Alone, alone } from "../../os/test/router.ts"
import { num } from "../../os/values.ts"
import type { PersonaName } from "../../personas.ts"
import { bench } from "./said.ts"

const HOST = "127.40.99.10"
const KEY = `ispvmr1.${"k".repeat(16)}.${"s".repeat(43)}`
const authority = selfSign("the appliance", HOST, Date.now())

/** Keeps what is posted; answers as it is told. */
type Door = {
  readonly url: string
  readonly pushes: { readonly atMs: number; readonly push: Push; readonly items: readonly PushItem[] }[]
  readonly faults: string[]
  readonly keys: Set<string>
  /** 0: says nothing. */
  status: number
  requests: number
  readonly stop: () => void
}
const servers = new Set<Server>()
const open = async (): Promise<Door> => {
  const server = createServer({ key: authority.keyPem, cert: authority.certificatePem }, (request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      door.requests += 1
      door.keys.add(String(request.headers.authorization))
      const body = Buffer.concat(chunks).toString("utf8")
      try {
        const push = Push.parse(JSON.parse(body))
        if (door.status === 200)
          door.pushes.push({ atMs: Date.now(), push, items: push.items.map((each) => PushItem.parse(each)) })
      } catch (error) {
        door.faults.push(`${String(error)}\n${body}`)
      }
      if (door.status === 0) return
      response.writeHead(door.status, { "content-type": "application/json" })
      response.end(JSON.stringify({ taken: 1, known: 0, refused: [] }))
    })
  })
  servers.add(server)
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
  const { port } = server.address() as AddressInfo
  const door: Door = {
    url: `https://${HOST}:${port}/push/v1`,
    pushes: [],
    faults: [],
    keys: new Set(),
    status: 200,
    requests: 0,
    stop: () => server.closeAllConnections(),
  }
  return door
}
const routers = new Set<Alone>()
after(() => {
  for (const { os } of routers) os.halt()
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})

const until = async (what: string, holds: () => boolean, ms = 12_000): Promise<void> => {
  const end = Date.now() + ms
  while (!holds()) {
    assert.ok(Date.now() < end, `waited in vain: ${what}`)
    await sleep(20)
  }
}

const NAME = 'a "quoted" \\ name $x é?'
const wished = (release: string, duty: Duty, url: string, more: Partial<NonNullable<Wish["push"]>> = {}): Wish => ({
  ...exampleWish(release, duty),
  agents: [],
  api: null,
  snmp: null,
  syslogTo: null,
  harden: null,
  authority: { pem: authority.certificatePem, fingerprint: authority.fingerprint },
  push: {
    url,
    key: KEY,
    heartbeatS: 2,
    atMostAMinute: 50,
    queueMost: 40,
    watches: [
      { name: NAME, host: "10.9.9.9", type: "icmp", intervalS: 1, port: null, lossPercent: null, rttMs: null, measures: true },
    ],
    ...more,
  },
})

const connected = async (persona: PersonaName, address: string, duty: Duty, more: Partial<NonNullable<Wish["push"]>> = {}) => {
  const door = await open()
  const router = alone(persona, address)
  routers.add(router)
  router.os.boot()
  const wish = wished(router.router.persona.version, duty, door.url, more)
  const pristine = router.os.export("")
  const install = () => router.run(makeScript("onboard", wish).text)
  await install()
  return { door, router, wish, pristine, install }
}

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

// Nearly all of it is waiting.
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
      await until("heartbeat", () => seen("heartbeat").length > 1)
      const beat = seen("heartbeat").at(-1)
      assert.ok(beat?.kind === "heartbeat")
      assert.deepEqual(
        beat.ports.map(({ name, running }) => [name, running]),
        [
          ["ether1", true],
          ["ether2", true],
        ],
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
