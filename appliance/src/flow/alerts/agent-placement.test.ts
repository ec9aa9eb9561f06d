import assert from "node:assert/strict"
import { test } from "node:test"
import { AgentId, DeviceId, LinkId } from "../../platform/ids.ts"
import { entryPointsOf } from "./agent-placement.ts"

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const agent = AgentId.parse(uuid(900))
const SITE = uuid(800)

/** Entries of one agent as names, an assumed one with a question mark. */
const entries = (
  links: readonly string[],
  more: { at?: string; onSite?: readonly string[]; alone?: readonly string[] } = {},
) => {
  const names = [...new Set([...links.flatMap((link) => link.split("-")), ...(more.alone ?? [])])]
  const id = (name: string) => DeviceId.parse(uuid(names.indexOf(name) + 1))
  const devices = names.map((name) => ({
    id: id(name),
    name,
    roles: [],
    agentId: agent,
    siteId: more.onSite?.includes(name) === true ? SITE : null,
    reportsEveryS: null,
  }))
  const lines = links.map((name, index) => {
    const [a = "", b = ""] = name.split("-")
    return {
      id: LinkId.parse(uuid(500 + index)),
      name,
      a: { deviceId: id(a), interface: null },
      b: { deviceId: id(b), interface: null },
    }
  })
  const found = entryPointsOf(
    [{ id: agent, deviceId: more.at === undefined ? null : id(more.at), siteId: SITE }],
    devices,
    lines,
  )
  return (found.get(agent) ?? []).map(
    (one) => `${names.find((name) => id(name) === one.deviceId)}${one.isAssumed ? "?" : ""}`,
  )
}

const CHAIN = ["A-B", "B-C", "C-D", "D-E"]
const cases: [string, ReturnType<typeof entries>, string[]][] = [
  ["what the operator says wins", entries(CHAIN, { at: "E", onSite: ["B"] }), ["E"]],
  ["else the device at the agent's site", entries(CHAIN, { onSite: ["D"] }), ["D?"]],
  [
    "and of several there the one with most links",
    entries([...CHAIN, "D-F"], { onSite: ["B", "D"] }),
    ["D?"],
  ],
  ["else the middle of a tree", entries(CHAIN), ["C?"]],
  [
    "else the best connected of the rings at the heart",
    entries(["A-B", "B-C", "C-A", "C-D", "A-E", "E-F", "E-G", "E-H"]),
    ["A?"],
  ],
  [
    "a part of its own has an entry of its own",
    entries(["A-B", "B-C", "X-Y", "Y-Z"], { at: "A" }),
    ["A", "Y?"],
  ],
  [
    "a device without any link is seen directly",
    entries(["A-B"], { at: "A", alone: ["S"] }),
    ["A", "S"],
  ],
  ["a pair is entered at one of its two", entries(["A-B"]), ["A?"]],
]
for (const [name, found, expected] of cases) test(name, () => assert.deepEqual(found, expected))
