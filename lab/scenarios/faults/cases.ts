/**
 * Faults of the simulated network, with the incidents and messages that each has to give. A new one
 * is one more entry.
 */
import type { Operator } from "../../e2e/operator.ts"
import { rows, textOf } from "../../e2e/rows.ts"
import { type Cause, SCENARIOS } from "../../e2e/scenarios.ts"
import type { LabCommand } from "../../simulator/commands.ts"

export type FaultCase = {
  readonly name: string
  readonly command: LabCommand
  /** One list per incident: the causes it may name, several only where they are indistinguishable. */
  readonly expected: readonly (readonly Cause[])[]
  /** False: each incident is held back, and nobody is notified. */
  readonly isNotified: boolean
  /** Before the fault; answers what undoes it. */
  readonly prepare?: (operator: Operator) => Promise<() => Promise<unknown>>
  /** It ends by itself, without a repair. */
  readonly endsAlone?: boolean
  /**
   * Rules that have to notice it. They wait for minutes, before and after: with `--short-holds` an
   * operator has shortened that.
   */
  readonly rules?: readonly string[]
  /** What the page of its incident has to show in a browser. */
  readonly shows?: readonly RegExp[]
}

/** "I am working on this": the window of a link, for half an hour. */
const workOnLink =
  (name: string): NonNullable<FaultCase["prepare"]> =>
  async (operator) => {
    const { links } = await operator.get("/topology")
    const link = rows(links).find((one) => one.name === name)
    const targets = [{ kind: "link", id: textOf(link, "id") }]
    const { id } = await operator.send("POST", "/maintenance/now", { targets, minutes: 30 })
    return () => operator.send("POST", `/maintenance/${String(id)}/end`)
  }

const known = (name: string): FaultCase => {
  const found = SCENARIOS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no scenario ${name}`)
  return { name, command: found.command, expected: found.expected, isNotified: true }
}
const LINK = "bursa-izmir"
const CONFIDENCE = /^(?:almost certain|very likely|likely)$/i

export const CASES: readonly FaultCase[] = [
  known("core link cut"),
  known("router dead"),
  known("upstream lost"),
  known("site power lost"),
  {
    name: "flapping port",
    command: { do: "flap", router: "bur-core-1", port: "sfp-sfpplus2", times: 6 },
    expected: [[{ kind: "link", name: LINK }]],
    isNotified: true,
    endsAlone: true,
  },
  { ...known("agent's management path cut"), name: "agent cut off" },
  known("two faults at once"),
  {
    ...known("core link cut"),
    name: "planned maintenance",
    isNotified: false,
    prepare: workOnLink(LINK),
  },
  {
    name: "loss on a core link",
    command: { do: "degrade", link: LINK, ratio: 0.3 },
    expected: [[{ kind: "link", name: LINK }]],
    isNotified: true,
    rules: ["packet-loss"],
    shows: [CONFIDENCE, /path to izm-core-1 has \d+ % loss/i, /paths that do not take .* are fine/],
  },
  {
    name: "congestion",
    command: { do: "congest", link: "ankara-konya" },
    expected: [[{ kind: "link", name: "ankara-konya" }]],
    isNotified: true,
    rules: ["packet-loss", "interface-drops", "link-saturated"],
    shows: [
      CONFIDENCE,
      /path to kon-core-1 has \d+ % loss/i,
      /ankara-konya has [\d.]+ [MG]bit\/s of 1 Gbit\/s left/,
    ],
  },
]
