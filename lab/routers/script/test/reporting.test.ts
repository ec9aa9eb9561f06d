/** The scripts that make a router report by itself, run on simulated routers: what is posted is parsed with the appliance's own schema. */
import assert from "node:assert/strict"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { after, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { Push, PushItem } from "@ispvm/appliance/api/push"
import { type Duty, exampleWish, makeScript, type Wish } from "@ispvm/routeros-scripts/companion"
import { selfSign } from "../../certificate.ts"
import { type Alone, alone } from "../../os/test/router.ts"
import type { PersonaName } from "../../personas.ts"

const HOST = "127.40.99.10"
const KEY = `ispvmr1.${"k".repeat(16)}.${"s".repeat(43)}`
const authority = selfSign("the appliance", HOST, Date.now())

/** Keeps what is posted; answers as it is told. */
type Door = {
  readonly url: string
  readonly pushes: { readonly atMs: number; readonly push: Push; readonly items: readonly PushItem[] }[]
  readonly faults: string[]
  readonly keys: Set<string>
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

for (const [persona, address] of PERSONAS) {
  test(`${persona}: a link that falls, netwatch and the heartbeat are posted, and taking it out leaves nothing`, async () => {
    const { door, router, wish, pristine, install } = await connected(persona, address, "access")
    const { os } = router
    const first = os.export("")
    await install()
    assert.equal(os.export(""), first, "a second run changes nothing")
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
    await until("heartbeat", () => seen("heartbeat").length > 1)
    const [beat] = seen("heartbeat")
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

test("what is queued while the appliance refuses is sent in order, once, when it takes again", async () => {
  const { door, router } = await connected("chr-7.22", "127.40.99.25", "cpe", { heartbeatS: 0, watches: [] })
  await until("the watcher", () => router.os.engine.jobs().some(({ name }) => name === "ispvm-watch"))
  await sleep(500)
  door.status = 429
  for (let n = 0; n < 13; n += 1) {
    router.router.setRunning("ether2", n % 2 === 1, Date.now())
    await sleep(400)
  }
  const items = () => door.pushes.flatMap(({ items }) => items).filter((item) => item.kind === "link")
  assert.deepEqual(items(), [])
  door.status = 200
  await until("all of it", () => items().length >= 13, 15_000)
  await sleep(600)
  assert.deepEqual(
    items().map(({ seq }) => seq),
    Array.from({ length: 13 }, (_, at) => at + 1),
  )
  assert.deepEqual(door.faults, [])
  assert.ok(door.pushes.every(({ push }) => push.items.length <= 10 && push.lost === 0))
})
