import assert from "node:assert/strict"
import { test } from "node:test"
import { HistoryMessage, Reason, TimelineMessage, Title } from "../api/messages.ts"
import { duration, many, names } from "./en-phrases.ts"
import { stateName } from "./states.ts"
import { textOf } from "./text.ts"

const listed = (all: string, more = 0) => ({
  items: [...all].map((name) => ({ id: name, name })),
  more,
})

test("counts, lists and durations are written as people write them", () => {
  assert.deepEqual([many(1, "device"), many(3, "device")], ["1 device", "3 devices"])
  assert.deepEqual(
    [names(listed("a")), names(listed("abc")), names(listed("abcd", 2))],
    ["a", "a, b and c", "a, b, c, d and 2 more"],
  )
  assert.deepEqual(
    [duration(900), duration(61_000), duration(120_000), duration(7_500_000)],
    ["1 s", "1 min 1 s", "2 min", "2 h 5 min"],
  )
})

test("a sentence from before messages were data is shown word for word", () => {
  const message = { code: "legacy-text", params: { text: "Link A–B is cut; 2 behind it" } } as const
  assert.equal(textOf(Title.parse(message)), message.params.text)
  assert.equal(textOf(Reason.parse(message)), message.params.text)
  assert.equal(textOf(TimelineMessage.parse(message)), message.params.text)
  assert.equal(textOf(HistoryMessage.parse(message)), message.params.text)
})

test("a device that has left the inventory is still a part of the sentence", () => {
  const of = (id: string | null) =>
    textOf({ code: "symptom.not-answering", params: { device: { id, name: null } } })
  assert.match(of("7"), /^a removed device /)
  assert.match(of(null), /^an unknown device /)
})

test("a message with an unknown code or with wrong params is rejected", () => {
  assert.throws(() => Title.parse({ code: "title.other", params: {} }))
  assert.throws(() => Reason.parse({ code: "reason.no-other-path", params: { devices: "2" } }))
})

const finding = (own: object) => ({
  ...{ rule: { id: "r", en: "OSPF neighbour is not Full", tr: "OSPF komşusu Full değil" } },
  ...{ device: { id: "1", name: "edge-1" }, subject: "10.255.0.2 sfp1", limit: null },
  ...{ value: 7, state: "Down", unit: "state", forMs: 60_000, text: null },
  ...own,
})
test("a state is a word, and the other end of a session the name of its device", () => {
  const peer = { id: "2", name: "core-2" }
  const texts = (own: object) => {
    const params = finding(own)
    return (["en", "tr"] as const).map((language) =>
      textOf({ code: "symptom.rule", params }, language),
    )
  }
  assert.deepEqual(texts({ peer }), [
    "OSPF neighbour is not Full: core-2 (10.255.0.2) on sfp1 of edge-1 (Down)",
    "OSPF komşusu Full değil: edge-1 üzerinde core-2 (10.255.0.2), sfp1 (Down)",
  ])
  const own = { text: { en: "{name} of {device}: {value}", tr: "{device} {name}: {value}" } }
  assert.deepEqual(texts({ peer, ...own }), [
    "core-2 (10.255.0.2) on sfp1 of edge-1: Down",
    "edge-1 core-2 (10.255.0.2), sfp1: Down",
  ])
  // By SNMP, a neighbour is known by two addresses.
  assert.match(
    texts({ peer, subject: "10.255.0.2 10.0.0.6" })[0] ?? "",
    /: core-2 \(10.255.0.2 10.0.0.6\) of edge-1 /,
  )
  // A session that carries the name of its peer; a condition that is met or not.
  assert.match(texts({ peer, subject: "to-core-2" })[0] ?? "", /: to-core-2 of edge-1 /)
  assert.match(texts({ state: undefined, value: 1, unit: "bool" })[0] ?? "", /of edge-1$/)
})

test("a title names the neighbour, its interface and its state", () => {
  const text = {
    en: "OSPF neighbour {name} of {device} is not full: {value}",
    tr: "{device}: OSPF komşusu {name} Full değil: {value}",
  }
  const title = (tense: "present" | "past", more: number) => ({
    code: "title.rule" as const,
    params: {
      ...{ rule: { id: "r", en: "OSPF neighbour is not Full", tr: "OSPF komşusu Full değil" } },
      ...{ thing: { noun: "link" as const, id: "1", name: "a–b" }, interface: null, more, tense },
      ...{ subject: "10.0.0.1 ether3", peer: { id: "2", name: "ist-core-1" } },
      found: { text, state: "Init" },
    },
  })
  assert.equal(
    textOf(title("present", 0)),
    "OSPF neighbour ist-core-1 (10.0.0.1) on ether3 of link a–b is not full: Init",
  )
  assert.equal(
    textOf(title("past", 1)),
    "OSPF neighbour ist-core-1 (10.0.0.1) on ether3 of link a–b is not full: Init, and 1 more (over)",
  )
  assert.match(textOf(title("present", 0), "tr"), /OSPF komşusu ist-core-1 \(10.0.0.1\), ether3 /)
})

test("states are written as their protocols do, by whatever name they come", () => {
  for (const [state, name] of [
    ...[["exchange-start", "ExStart"] as const, ["ExStart", "ExStart"] as const],
    ...[["two-way", "2-Way"] as const, ["TwoWay", "2-Way"] as const, ["2-Way", "2-Way"] as const],
    ...[["openconfirm", "OpenConfirm"] as const, ["opensent", "OpenSent"] as const],
    ...[["full", "Full"] as const, ["down", "Down"] as const, ["initializing", "Initializing"]],
    ...[["short-circuit", "Short circuit"] as const],
  ] as const)
    assert.equal(stateName(state), name)
})
