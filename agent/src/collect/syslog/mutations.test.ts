/**
 * Mutated messages into each parser: no crash, no hang, level memory. `ISPVM_MUTATIONS` is how many
 * (2,000 by default).
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice, Event } from "@ispvm/wire"
import { mutations } from "../../../test/config.ts"
import { BerError } from "../snmp/client/ber.ts"
import { readPdu, readVersion } from "../snmp/client/pdu.ts"
import { notificationOf, readCommunityNotification } from "../traps/trap-message.ts"
import { TrapEngine } from "../traps/trap-v3.ts"
import { eventOf } from "./events.ts"
import { createFrames } from "./frames.ts"
import { interpret } from "./interpret.ts"
import { parseLine } from "./lines.ts"

const LINES = [
  "<30>Nov  8 17:06:34 edge-1 <pppoe-anna>: terminating... - peer is not responding",
  "dhcp,info dhcp1 assigned 10.0.0.7 for AA:BB:CC:00:11:22 anna's phone",
  '<165>1 2026-06-10T14:48:17.003Z edge-1 routeros - ID47 [x@1 a="b"] ether1 link down',
  "2026-06-10T14:48:17.265-0500 edge-1 CEF:0|MikroTik|RB4011|7.20.4|16|interface,info|Low|dvchost=edge-1 msg=ether1 link down, a\\=b",
  "<13>Jun 23 12:13:10 relay <30>Jun 23 12:13:09 North Tower ipsec,error 192.0.2.9 failed to get valid proposal.",
  "firewall,info drop wan input: in:ether1 out:(unknown 0), connection-state:new src-mac aa:bb:cc:00:11:22, proto TCP (SYN), 192.0.2.9:1->192.0.2.1:23, NAT x, len 40",
  "wireless,info AA:BB:CC:00:11:22@wlan1: disconnected, received deauth: class 3 (7), signal strength -70",
].map((line) => Buffer.from(line))
const PACKETS = [
  "303b0201010409747261702d776f7264a72b020101020100020100302030" +
    "0e06082b060102010103004302007b300e060a2b06010603010104010006002a",
  "30260201000406707562" + "6c6963a41906062b0601040101400401020304020102020100430101300e",
  "304f0201033011020446" +
    "5b5795020300ffe3040104020103041030" +
    "0e0400020100020100040004000400302504" +
    "1180001f8880747c0e530fd20e6b000000000400a00e02047745b1de0201000201003000",
].map((hex) => Buffer.from(hex, "hex"))

/** A linear congruential generator: the same mutations in each run. */
const createRandom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
type Random = ReturnType<typeof createRandom>
const mutate = (base: Buffer, random: Random): Buffer => {
  let bytes = Buffer.from(base)
  for (let n = 1 + random(4); n > 0; n -= 1) {
    const at = random(bytes.length + 1)
    const part = bytes.subarray(at, at + random(40))
    const options = [
      () => Buffer.concat([bytes.subarray(0, at), Buffer.of(random(256)), bytes.subarray(at + 1)]),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(20))]),
      () =>
        Buffer.concat([
          bytes.subarray(0, at),
          ...Array<Buffer>(1 + random(60)).fill(part),
          bytes.subarray(at),
        ]),
    ]
    bytes = options[random(options.length)]?.() ?? bytes
  }
  return bytes
}

const device = AssignedDevice.shape.id.parse("00000000-0000-4000-8000-000000000001")
const NAMES = { names: new Set(["edge-1"]), ports: new Set(["ether1"]) }
const readLine = (bytes: Buffer): void => {
  const { line, meaning } = interpret(parseLine(bytes.toString("utf8")), NAMES)
  Event.parse(eventOf("00000000-0000-4000-8000-000000000002", device, 1, line, meaning))
}
const readFrames = (bytes: Buffer, random: Random): void => {
  const frames = createFrames(
    () => undefined,
    () => undefined,
  )
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random(64)
    if (!frames.push(bytes.subarray(at, at + size))) return
    at += size
  }
  frames.flush()
  assert.ok(frames.pending() <= bytes.length)
}
const engine = new TrapEngine(() => 1_000)
const ACCOUNT = {
  user: "watcher",
  auth: { protocol: "SHA1", password: "auth-word-1" },
  priv: { protocol: "AES128", password: "priv-word-1" },
} as const
const readTrap = (packet: Buffer): void => {
  try {
    const { version, body, at } = readVersion(packet)
    if (version === 3) engine.read(packet, body, at, [ACCOUNT])
    else readCommunityNotification(body, at, version)
    notificationOf(readPdu(body, at))
  } catch (error) {
    if (!(error instanceof BerError)) throw error
  }
}

const PARSERS: readonly (readonly [
  string,
  readonly Buffer[],
  (bytes: Buffer, random: Random) => void,
])[] = [
  ["lines", LINES, readLine],
  ["frames", LINES, readFrames],
  ["traps", PACKETS, readTrap],
]
for (const [name, bases, read] of PARSERS)
  test(`${mutations()} mutated ${name}: no crash, no hang, level memory`, (t) => {
    const random = createRandom(7)
    const began = process.cpuUsage().user
    let longestMs = 0
    let heap = 0
    for (let n = 0; n < mutations(); n += 1) {
      const bytes = mutate(bases[n % bases.length] ?? Buffer.alloc(0), random)
      const before = process.cpuUsage().user
      read(bytes, random)
      longestMs = Math.max(longestMs, (process.cpuUsage().user - before) / 1_000)
      if (n % 500 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed)
    }
    const us = (process.cpuUsage().user - began) / mutations()
    t.diagnostic(
      `${us.toFixed(0)} µs each, ${longestMs.toFixed(0)} ms at most, ${Math.round(heap / 2 ** 20)} MiB heap`,
    )
    assert.ok(longestMs < 2_000)
    assert.ok(heap < 512 * 2 ** 20)
  })
