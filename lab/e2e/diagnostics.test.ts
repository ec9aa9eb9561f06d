/**
 * Diagnostics on simulated routers, through the appliance and the agent as processes of their own:
 * output while it runs, accounts and their policies, cancel, limits, history and audit.
 */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { type Client, textIn } from "../scenarios/attack/client.ts"
import { openTestbed, type Testbed, until } from "../scenarios/attack/testbed.ts"
import { RouterHost } from "../simulator/routers/host.ts"
import { osBackend, serviceOf, snmpOf } from "../simulator/routers/os/services.ts"
import { type TestRouter, testRouter } from "../simulator/routers/os/test/router.ts"

const PASSWORD = "lab-lab-lab"
const FAR = "192.0.2.77"
const V7 = "127.40.99.1"
const V6 = "127.40.99.2"

let bed: Testbed
let admin: Client
const hosts: RouterHost[] = []
const devices = new Map<string, string>()

/** A router with two accounts, as the companion script makes them. */
const openRouter = async (router: TestRouter, address: string): Promise<void> => {
  await router.run(
    `/user group add name=diagnostics policy=read,api,test; /user add name=diagnose group=diagnostics password=${PASSWORD}`,
  )
  router.network.reached.add(FAR)
  const ports = { api: 8728, apiSsl: 8729, snmp: 1161 }
  const host = new RouterHost(
    {
      address,
      ports,
      backend: osBackend(router.os),
      serviceConfig: {
        service: (which) => serviceOf(router.os, which),
        snmp: snmpOf(router.os),
        isBehindNat: false,
        failed: (what) => assert.fail(what),
      },
    },
    Date.now,
  )
  hosts.push(host)
  await host.open()
}

const created = async (path: string, body: object): Promise<string> =>
  textIn(await admin.send("POST", path, body), "id")

before(async () => {
  await openRouter(testRouter("ccr2116-7.20", V7), V7)
  await openRouter(testRouter("hap-6.49", V6), V6)
  bed = await openTestbed({ ISPVM_ALLOW_LOOPBACK: "1" })
  admin = bed.admin
  await admin.send("PATCH", `/agents/${bed.agentId}`, { allowedNetworks: ["127.0.0.0/8"] })
  const readOnly = { name: "reading", username: "monitor", password: PASSWORD }
  const full = { name: "diagnosing", kind: "diagnostics", username: "diagnose", password: PASSWORD }
  const credentialId = await created("/credentials", readOnly)
  const diagnosticsCredentialId = await created("/credentials", full)
  const methods = { routerosApi: { port: 8728, tls: false, fingerprint: null }, icmp: false }
  const device = { agentId: bed.agentId, credentialId, methods }
  const both = { ...device, diagnosticsCredentialId }
  devices.set("v7", await created("/devices", { name: "v7", address: V7, ...both }))
  devices.set("v6", await created("/devices", { name: "v6", address: V6, ...both }))
  devices.set("reading", await created("/devices", { name: "reading", address: V7, ...device }))
  await until("the agent polls the routers", async () => {
    const { json } = await admin.send("GET", `/devices/${devices.get("v7")}/interfaces`)
    return JSON.stringify(json).includes("ether1") ? true : null
  })
})
after(async () => {
  for (const host of hosts) await host.close()
  await bed?.stop()
})

type Detail = {
  readonly outcome: string | null
  readonly endedAtMs: number | null
  readonly message: string
  readonly account: string
  readonly by: string
  readonly lines: readonly string[]
}
const detailOf = async (run: string): Promise<Detail> =>
  (await admin.send("GET", `/diagnostics/${run}`)).json as Detail
const start = (device: string, diagnostic: object, as: Client = admin) =>
  as.send("POST", `/devices/${devices.get(device)}/diagnostics`, diagnostic)
/** Runs of one person and one device are limited: a rejected one is tried again. */
const started = async (device: string, diagnostic: object): Promise<string> => {
  const answer = await until("the run starts", async () => {
    const tried = await start(device, diagnostic)
    return tried.status === 429 ? null : tried
  })
  return textIn(answer, "id")
}
const ended = (run: string): Promise<Detail> =>
  until("the run ends", async () => {
    const detail = await detailOf(run)
    return detail.endedAtMs === null ? null : detail
  })
const run = async (device: string, diagnostic: object): Promise<Detail> =>
  ended(await started(device, diagnostic))
const ping = (address: string, count: number) => ({
  action: "ping",
  from: "router",
  address,
  count,
  bytes: 56,
})

/** The output of a run as open pages get it. */
const watch = async (id: string): Promise<{ first: number; lines: string[] }[]> => {
  const stream = await fetch(`${bed.origin}/api/v1/live?topics=diagnosis:${id}`, {
    headers: { cookie: admin.cookie(), origin: bed.origin },
  })
  assert.ok(stream.ok && stream.body !== null, String(stream.status))
  const parts: { first: number; lines: string[] }[] = []
  let text = ""
  const decoder = new TextDecoder()
  for await (const chunk of stream.body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const block = text.slice(0, end)
      text = text.slice(end + 2)
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (!block.includes("event: diagnosis") || data === undefined) continue
      const part = JSON.parse(data)
      parts.push(part)
      if (part.endedAtMs !== null) return parts
    }
  }
  return parts
}

for (const [device, time] of [
  ["v7", /\d+us$/],
  ["v6", /\d+ms$/],
] as const)
  test(`${device}: a router pings, and each reply is on open pages before the next`, async () => {
    const id = await started(device, ping(FAR, 4))
    const parts = await watch(id)
    const detail = await ended(id)
    assert.equal(detail.outcome, "done", JSON.stringify(detail))
    assert.equal(detail.account, "diagnostics")
    assert.match(detail.lines[0] ?? "", /^SEQ {2}HOST/)
    const replies = detail.lines.filter((line) => /^ {2}\d {2}192\.0\.2\.77/.test(line))
    assert.equal(replies.length, 4)
    for (const line of replies) assert.match(line.trimEnd(), time)
    assert.match(detail.lines.at(-1) ?? "", /^sent=4 received=4 packet-loss=0%/)
    assert.ok(parts.filter(({ lines }) => lines.length > 0).length >= 3, JSON.stringify(parts))
  })

test("an address that does not answer is timeouts, not a failure", async () => {
  const { outcome, lines } = await run("v7", ping("192.0.2.1", 2))
  assert.equal(outcome, "done")
  assert.match(lines.at(-1) ?? "", /^sent=2 received=0 packet-loss=100%/)
})

test("with the read-only account alone the router refuses ping, and the policy is named", async () => {
  const refused = await run("reading", ping(FAR, 1))
  assert.equal(refused.outcome, "not-permitted")
  assert.equal(refused.account, "monitor_readonly")
  assert.deepEqual(refused.lines, [])
  const read = await run("reading", { action: "neighbours" })
  assert.equal(read.outcome, "done")
})

test("a run can be cancelled, and keeps what it has printed", async () => {
  const id = await started("v7", ping(FAR, 20))
  await sleep(2_500)
  assert.equal((await admin.send("POST", `/diagnostics/${id}/cancel`)).status, 204)
  const { outcome, lines } = await ended(id)
  assert.equal(outcome, "cancelled")
  assert.ok(lines.length >= 2 && lines.length < 12, String(lines.length))
})

test("the agent itself pings, without the router", async () => {
  const { outcome, lines, account } = await run("v7", { ...ping(V7, 2), from: "agent" })
  assert.equal(account, "none")
  assert.equal(outcome, "done", lines.join("\n"))
  assert.match(lines.at(-1) ?? "", /^sent=2 received=2 packet-loss=0%/)
})

test("traceroute, interface, BGP, OSPF, log and configuration are read", async () => {
  const trace = await run("v7", { action: "traceroute", from: "router", address: FAR })
  assert.equal(trace.outcome, "done")
  assert.match(trace.lines.join("\n"), /HOP {2}ADDRESS[\s\S]*1 {4}192\.0\.2\.77/)
  const port = await run("v7", { action: "interface", interface: "ether1" })
  assert.match(port.lines.join("\n"), /name: ether1[\s\S]*rx-bits-per-second: /)
  const bgp = await run("v7", { action: "bgp" })
  assert.match(bgp.lines.join("\n"), /^routing bgp session \(0\)/)
  const oldBgp = await run("v6", { action: "bgp" })
  assert.match(oldBgp.lines.join("\n"), /^routing bgp peer \(0\)/)
  assert.equal((await run("v7", { action: "ospf" })).outcome, "done")
  const log = await run("v6", { action: "log", lines: 3 })
  assert.equal(log.lines.length, 3)
  const services = await run("v7", { action: "configuration", section: "services" })
  assert.match(services.lines.join("\n"), /\/ip service\nadd .*name=telnet/)
})

test("arguments are checked before anything is sent", async () => {
  const wrong: readonly object[] = [
    ping("example.net", 1),
    ping("192.0.2.1 interface=ether1", 1),
    ping(FAR, 21),
    { ...ping(FAR, 1), bytes: 65_000 },
    { ...ping(FAR, 1), extra: "=interval=0" },
    { action: "interface", interface: "ether99" },
    { action: "interface", interface: "ether1\n=once=" },
    { action: "configuration", section: "/user" },
    { action: "/system/reboot" },
    { action: "traceroute", from: "router", address: null },
  ]
  for (const each of wrong) {
    const { status, text } = await start("v7", each)
    assert.equal(status, 422, `${JSON.stringify(each)}: ${text}`)
  }
})

test("viewers can neither run, read nor watch; operators can", async () => {
  const viewer = await bed.logIn(await bed.account("viewer"))
  const id = await started("v7", { action: "neighbours" })
  assert.equal((await start("v7", { action: "neighbours" }, viewer)).status, 403)
  assert.equal((await viewer.send("GET", `/diagnostics/${id}`)).status, 403)
  assert.equal((await viewer.send("GET", `/live?topics=diagnosis:${id}`)).status, 403)
  const operator = await bed.logIn(await bed.account("operator"))
  assert.equal((await operator.send("GET", `/diagnostics/${id}`)).status, 200)
})

test("runs are limited by person and device", async () => {
  const limited = await bed.logIn(await bed.account("operator"))
  const statuses: number[] = []
  for (let count = 0; count < 12; count += 1)
    statuses.push((await start("v6", { action: "neighbours" }, limited)).status)
  assert.ok(statuses.includes(429), statuses.join())
  assert.equal(statuses[0] === 201 || statuses[0] === 429, true)
})

test("history and audit name who ran what, and how it ended", async () => {
  const answer = await admin.send("GET", `/devices/${devices.get("reading")}/diagnostics`)
  const { runs, accounts, agent } = answer.json as {
    runs: Detail[]
    accounts: object
    agent: string
  }
  assert.deepEqual(accounts, { monitor_readonly: true, diagnostics: false })
  assert.equal(agent, "ready")
  assert.deepEqual(
    runs.map(({ outcome, by }) => [outcome, by]),
    [
      ["done", bed.login.email],
      ["not-permitted", bed.login.email],
    ],
  )
  const audit = await admin.send("GET", "/audit?action=diagnostics.ended&limit=200")
  const entries = (audit.json as { items: { actor: string; detail: Record<string, unknown> }[] })
    .items
  const refused = entries.find(({ detail }) => detail.outcome === "not-permitted")
  assert.equal(refused?.actor, bed.login.email)
  assert.equal(refused?.detail.action, "ping")
  assert.equal(refused?.detail.address, FAR)
  assert.ok(!JSON.stringify(audit.json).includes(PASSWORD))
})
