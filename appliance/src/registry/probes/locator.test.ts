import assert from "node:assert/strict"
import { test } from "node:test"
import type { ProbeSegment } from "../../api/probes.ts"
import { locateFaults, type Target } from "./locator.ts"

/** `seen`: by agent, `+` answers, `-` does not, `?` is not known. */
const target = (
  name: string,
  segment: ProbeSegment,
  seen: string,
  site: string | null = null,
): Target => ({
  name,
  segment,
  site,
  views: [...seen].map((sign, index) => ({
    agent: `agent ${index + 1}`,
    isUp: sign === "?" ? null : sign === "+",
  })),
})
const places = (targets: readonly Target[]): unknown =>
  locateFaults(targets).map(({ place, site, probes, explains }) => [place, site, probes, explains])

const CASES: readonly (readonly [string, readonly Target[], unknown])[] = [
  [
    "all is well, and what nobody knows is no fault",
    [target("dns", "service", "+++"), target("transit", "upstream", "???")],
    [],
  ],
  [
    "one customer's gateway is silent, the aggregation answers: last mile",
    [
      target("olt", "aggregation", "++", "Izmir"),
      target("customer 1", "last-mile", "--", "Izmir"),
      target("customer 2", "last-mile", "++", "Izmir"),
    ],
    [["last-mile", "Izmir", ["customer 1"], 0]],
  ],
  [
    "the aggregation of a site is silent: it explains its customers, and no other site",
    [
      target("olt", "aggregation", "--", "Izmir"),
      target("customer 1", "last-mile", "--", "Izmir"),
      target("customer 2", "last-mile", "--", "Izmir"),
      target("customer 3", "last-mile", "++", "Ankara"),
    ],
    [["aggregation", "Izmir", ["olt"], 2]],
  ],
  [
    "without a probe of the aggregation, all customers of a site at once are its aggregation",
    [
      target("customer 1", "last-mile", "--", "Izmir"),
      target("customer 2", "last-mile", "--", "Izmir"),
      target("customer 3", "last-mile", "++", "Ankara"),
    ],
    [["aggregation", "Izmir", ["customer 1", "customer 2"], 0]],
  ],
  [
    "all upstream targets are silent: the services behind them are explained",
    [
      target("transit a", "upstream", "--"),
      target("transit b", "upstream", "--"),
      target("web", "service", "--"),
      target("olt", "aggregation", "++", "Izmir"),
    ],
    [["upstream", null, ["transit a", "transit b"], 1]],
  ],
  [
    "one of two upstream targets is silent: it alone",
    [target("transit a", "upstream", "--"), target("transit b", "upstream", "++")],
    [["upstream", null, ["transit a"], 0]],
  ],
  [
    "a resolver fails for all agents while the upstream answers: service",
    [target("transit", "upstream", "++"), target("resolver", "service", "--")],
    [["service", null, ["resolver"], 0]],
  ],
  [
    "one agent reaches nothing of what others reach: the agent, and nothing else",
    [
      target("transit", "upstream", "+-+"),
      target("resolver", "service", "+-+"),
      target("olt", "aggregation", "+-+", "Izmir"),
    ],
    [["agent", null, ["olt", "resolver", "transit"], 3]],
  ],
  [
    "an agent that is cut off does not hide what the others see",
    [
      target("transit", "upstream", "+-+"),
      target("web", "service", "+-+"),
      target("resolver", "service", "---"),
    ],
    [
      ["agent", null, ["resolver", "transit", "web"], 3],
      ["service", null, ["resolver"], 0],
    ],
  ],
  [
    "a target that one agent of several does not reach, which reaches others: the path",
    [target("transit", "upstream", "++"), target("web", "service", "-+")],
    [["path", null, ["web"], 0]],
  ],
  [
    "one failing target says nothing about an agent that probes nothing else",
    [target("web", "service", "-+")],
    [["path", null, ["web"], 0]],
  ],
  [
    "a single agent that reaches nothing is not called the fault: nobody saw anything else",
    [target("transit", "upstream", "-"), target("web", "service", "-")],
    [["upstream", null, ["transit"], 1]],
  ],
]
for (const [name, targets, expected] of CASES)
  test(name, () => assert.deepEqual(places(targets), expected))

test("agents that see a fault and those that do not are named", () => {
  const [path] = locateFaults([
    target("transit", "upstream", "+++"),
    target("web", "service", "-+-"),
  ])
  assert.deepEqual([path?.agents, path?.others], [["agent 1", "agent 3"], ["agent 2"]])
})
