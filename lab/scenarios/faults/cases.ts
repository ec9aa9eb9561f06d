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
  // Loss on a core link and congestion belong here, as soon as the simulator has them.
]
