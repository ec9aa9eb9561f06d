import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { measureOf } from "../../../normalize/units.ts"
import { BerError, integerTlv, oidTlv, tlv } from "../client/ber.ts"
import { communityMessage, readCommunityAnswer, readVersion } from "../client/pdu.ts"
import { accountOf } from "../client/target.ts"
import { NO_ENGINE, readV3, v3Message } from "../client/v3-message.ts"
import { macOf, textOf } from "../client/values.ts"
import { fromDescr } from "./descr-patterns.ts"
import { portNames } from "./port-names.ts"

/** CPU time of the process in microseconds: other processes do not count. */
const cpuOf = (work: () => void): number => {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 3; run += 1) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, user + system)
  }
  return best
}
/**
 * Ten times the input may take ten times as long, with a generous factor for the load of the
 * machine.
 */
const FACTOR = 6
const FLOOR_US = 2_000

const answer = (varbinds: number): Buffer => {
  const list = Array.from({ length: varbinds }, (_, i) =>
    tlv(0x30, oidTlv(`1.3.6.1.2.1.2.2.1.2.${i + 1}`), tlv(4, Buffer.from("port"))),
  )
  const pdu = tlv(0xa2, integerTlv(7), integerTlv(0), integerTlv(0), tlv(0x30, ...list))
  return tlv(0x30, integerTlv(1), tlv(4, Buffer.from("public")), pdu)
}
const readAnswer = (packet: Buffer) => {
  const { body, at } = readVersion(packet)
  return readCommunityAnswer(body, at)
}
const account = accountOf({
  ip: "192.0.2.1",
  port: 161,
  v3: { user: "u", authPassword: "auth-word-1", privPassword: "priv-word-1" },
})

const PARSERS: readonly (readonly [string, (size: number) => () => unknown])[] = [
  [
    "NULs and a letter",
    (size) => {
      const bytes = Buffer.concat([Buffer.alloc(size), Buffer.from("x")])
      return () => textOf(bytes)
    },
  ],
  [
    "blanks and a letter",
    (size) => {
      const bytes = Buffer.from(`${" ".repeat(size)}x`)
      return () => textOf(bytes)
    },
  ],
  [
    "a MAC that is none",
    (size) => {
      const bytes = Buffer.alloc(size, 1)
      return () => macOf(bytes)
    },
  ],
  [
    "a description of blanks",
    (size) => {
      const text = `Cisco IOS ${" ".repeat(size)}x`
      return () => fromDescr(text)
    },
  ],
  [
    "a description of commas",
    (size) => {
      const text = `Juniper Networks, Inc. x${", kernel".repeat(size / 8)}`
      return () => fromDescr(text)
    },
  ],
  [
    "a description of brackets",
    (size) => {
      const text = `Huawei Versatile Routing Platform Software VRP (R) software, Version 8 (${"a ".repeat(size / 2)}`
      return () => fromDescr(text)
    },
  ],
  [
    "a sensor's value of digits",
    (size) => {
      const text = `${"9".repeat(size)}!`
      return () => measureOf("temperature", text, null)
    },
  ],
  [
    "an answer of many values",
    (size) => {
      const packet = answer(Math.floor(size / 30))
      return () => readAnswer(packet)
    },
  ],
  [
    "ports of one name",
    (size) => {
      const indexes = Array.from({ length: size / 30 }, (_, i) => String(i))
      const name = new Map(indexes.map((index) => [index, Buffer.from("Ethernet")]))
      const columns = { name, descr: new Map(), mac: new Map(), alias: new Map() }
      return () => portNames(columns, indexes)
    },
  ],
]
for (const [name, make] of PARSERS)
  test(`time grows linearly with the input: ${name}`, () => {
    const [small, large] = [make(6_000), make(60_000)]
    const repeat = (work: () => unknown) => () => {
      for (let i = 0; i < 20; i += 1) work()
    }
    repeat(small)()
    const [short, long] = [cpuOf(repeat(small)), cpuOf(repeat(large))]
    assert.ok(
      long <= Math.max(short, FLOOR_US) * 10 * FACTOR,
      `${short} µs for 6 kB, ${long} µs for 60 kB`,
    )
  })

/** Bytes changed, cut, doubled or inserted: what a broken or hostile agent sends. */
const mutate = (
  packet: Buffer,
  changes: readonly (readonly [number, number, number])[],
): Buffer => {
  let bytes = Buffer.from(packet)
  for (const [where, what, how] of changes) {
    const at = bytes.length === 0 ? 0 : where % bytes.length
    if (how === 0) bytes[at] = what
    else if (how === 1) bytes = bytes.subarray(0, at)
    else if (how === 2)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + 8), bytes.subarray(at)])
    else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(what), bytes.subarray(at)])
  }
  return bytes
}
const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 })), {
  minLength: 1,
  maxLength: 4,
})

test("a mutated answer is read, or rejected with BerError: nothing else is thrown", () => {
  const packets = [
    answer(12),
    communityMessage("v2c", "public", { kind: "getBulk", oids: ["1.3.6.1"], repetitions: 9 }, 5),
  ]
  fc.assert(
    fc.property(fc.constantFrom(...packets), changes, (packet, list) => {
      try {
        const { varbinds } = readAnswer(mutate(packet, list))
        for (const { value } of varbinds) textOf(value)
      } catch (error) {
        assert.ok(error instanceof BerError, String(error))
      }
    }),
    { numRuns: 3_000 },
  )
})

test("a mutated SNMPv3 message is rejected or read: nothing else is thrown", () => {
  const engine = { ...NO_ENGINE, id: Buffer.from("80001f8880aabbccdd", "hex"), boots: 3, timeS: 99 }
  const packet = v3Message(account, engine, { kind: "get", oids: ["1.3.6.1.2.1.1.3.0"] }, 77)
  fc.assert(
    fc.property(changes, (list) => {
      const bytes = mutate(packet, list)
      try {
        const { body, at } = readVersion(bytes)
        const { read } = readV3(account, bytes, body, at)
        read()
      } catch (error) {
        assert.ok(error instanceof BerError, String(error))
      }
    }),
    { numRuns: 1_000 },
  )
})
