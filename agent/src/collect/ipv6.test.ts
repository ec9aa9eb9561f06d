/** Every way to read a device, against ::1: real sockets, a real fping. */
import assert from "node:assert/strict"
import dgram from "node:dgram"
import { networkInterfaces } from "node:os"
import { test } from "node:test"
import { AssignedDevice, type Event, type PingSample } from "@ispvm/wire"
import { fakeDevice, integer, octets } from "../../test/fake-device.ts"
import { type CommandHandler, fakeRouter, sentence } from "../../test/fake-router.ts"
import type { Collectors, Tier } from "./collector.ts"
import { findFping } from "./reachability/fping.ts"
import { Pinger } from "./reachability/ping.ts"
import { createResolver } from "./reachability/resolve.ts"
import { tcpProbe } from "./reachability/tcp-probe.ts"
import { systemDial } from "./routeros/client/dial.ts"
import { selfSigned } from "./routeros/client/self-signed.ts"
import { testAccess } from "./routeros/collectors/access-check.ts"
import { createRouterOsCollectors } from "./routeros/collectors/collectors.ts"
import { createSnmpCollectors } from "./snmp/collectors/collectors.ts"
import { startSyslog } from "./syslog/syslog.ts"

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === "::1"),
)
const skip = hasIpv6 ? false : "this machine has no ::1: 6 cases did not run"
const never = new AbortController().signal
const now = (): number => Date.now()
// The name has an address as a resolver may print it, so that addresses are compared and not texts.
const resolver = createResolver({ now, lookup: async () => ["0:0:0:0:0:0:0:1"] })

const device = (
  access: Partial<AssignedDevice["access"]>,
  address = "v6.example",
): AssignedDevice =>
  AssignedDevice.parse({
    id: "00000000-0000-4000-8000-000000000001",
    name: "v6",
    access: { address, routerosApi: null, snmp: null, icmp: false, tcpPort: null, ...access },
    intervals: { pingMs: 200, interfaceMs: 0, healthMs: 0, factsMs: 0 },
  })
const poll = async (set: Collectors, tier: Tier, of: AssignedDevice) => {
  try {
    return (await set.all.find(({ reads }) => reads === tier)?.collect(of, never)) ?? []
  } finally {
    await set.close()
  }
}
const answering: CommandHandler = ({ socket, command, tag }) => {
  if (command === "/system/resource/print")
    socket.write(sentence("!re", "=uptime=1h", "=version=7.20", ...tag))
  socket.write(sentence("!done", ...tag))
}

test("IPv6: a name or address is pinged and probed by TCP, and its round trip measured", {
  skip,
}, async (t) => {
  const router = await fakeRouter(answering, { host: "::1" })
  t.after(() => router.close())
  const icmp = await findFping("fping", never)
  const sampled = Promise.withResolvers<PingSample>()
  const pinger = new Pinger({
    icmpProbe: icmp.ok ? icmp.icmpProbe : null,
    icmpLoop: icmp.ok ? icmp.icmpLoop : null,
    tcpProbe,
    resolve: resolver.first,
    now,
    steady: () => performance.now(),
    random: () => 0,
    emit: (sample) => sample.because === "confirm" && sampled.resolve(sample),
    onAnswers: () => undefined,
    onToolFailed: (message) => assert.fail(message),
  })
  // Both would race, and the first answer is reported.
  const one = device({ icmp: true, tcpPort: icmp.ok ? null : router.port })
  pinger.apply([one])
  pinger.confirm([one.id])
  const { answers, icmp: pings } = await sampled.promise
  await pinger.stop()
  assert.equal(answers, true)
  if (icmp.ok) assert.ok((pings?.received ?? 0) > 0 && (pings?.rttUs ?? 0) > 0)
})

test("IPv6: a port is open or refused", { skip }, async () => {
  const router = await fakeRouter(answering, { host: "::1" })
  assert.equal(await tcpProbe("::1", router.port, 1_000), "accepted")
  await router.close()
  assert.equal(await tcpProbe("::1", router.port, 1_000), "refused")
})

test("IPv6: the API is read over TLS, and tested", { skip }, async (t) => {
  const tls = selfSigned("v6")
  const router = await fakeRouter(answering, { host: "::1", tls })
  t.after(() => router.close())
  const routerosApi = {
    port: router.port,
    tls: true,
    fingerprint: tls.fingerprint,
    username: "u",
    password: "p",
  }
  const dial = { ...systemDial, lookup: resolver.all }
  const [health] = await poll(
    createRouterOsCollectors({ clock: { now }, dial }),
    "health",
    device({ routerosApi }),
  )
  assert.ok(health?.kind === "health")
  assert.equal(health.uptimeS, 3_600)
  for (const address of ["::1", "v6.example"]) {
    const { steps } = await testAccess(device({ routerosApi }, address).access, never, { dial })
    assert.deepEqual(
      steps.map(({ reason }) => reason),
      ["ok", "ok", "ok", "ok", "ok"],
    )
  }
})

test("IPv6: SNMP is read", { skip }, async (t) => {
  const snmp = await fakeDevice(
    new Map([
      ["1.3.6.1.2.1.1.5.0", octets("v6")],
      ["1.3.6.1.2.1.25.1.1.0", integer(123_400, 0x43)],
    ]),
    { host: "::1" },
  )
  t.after(() => snmp.close())
  const of = device({ snmp: { port: snmp.port, community: "right" } })
  const [health] = await poll(createSnmpCollectors({ now, resolve: resolver.first }), "health", of)
  assert.ok(health?.kind === "health")
  assert.equal(health.uptimeS, 1_234)
})

for (const bind of ["::1", "::"])
  test(`IPv6: syslog on ${bind} identifies its sender`, { skip }, async () => {
    const received = Promise.withResolvers<Event>()
    const syslog = await startSyslog({
      port: 0,
      bind,
      resolve: resolver.first,
      now,
      newId: () => "00000000-0000-4000-8000-0000000000aa",
      emit: (event) => received.resolve(event),
      onLink: () => undefined,
      onUnknownSender: (address) => received.reject(new Error(`a stranger: ${address}`)),
    })
    syslog.apply([device({})])
    await new Promise(setImmediate)
    const socket = dgram.createSocket("udp6")
    socket.send("interface,info ether1 link down", syslog.port ?? 0, "::1", () => socket.close())
    try {
      assert.equal((await received.promise).interface, "ether1")
    } finally {
      await syslog.stop()
    }
  })
