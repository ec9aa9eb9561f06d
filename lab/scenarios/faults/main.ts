/**
 * `npm run scenarios [-- NAME …]`: breaks the simulated network of the demo in every way of
 * `cases.ts`, with receivers on loopback, and prints what an operator got: incidents, whether the
 * cause is named, messages and their closes. Exits 1 on any difference.
 */
import { parseArgs } from "node:util"
import { table } from "../../bench/figures.ts"
import { isHealthy } from "../../e2e/current-incidents.ts"
import { startDemo, tempDataDir } from "../../e2e/demo-process.ts"
import { openIncidentPage } from "../../e2e/incident-page.ts"
import { operatorAt } from "../../e2e/operator.ts"
import { until } from "../../e2e/rows.ts"
import { reportFailure, UserError } from "../../simulator/user-error.ts"
import { ROUTED_CASES } from "../routing/cases.ts"
import { runRouted } from "../routing/routed.ts"
import { CASES } from "./cases.ts"
import { type Played, play } from "./play.ts"
import { openReceivers } from "./receivers.ts"
import { shortenHolds } from "./short-holds.ts"

/** Long, because other programs may use the machine; a difference shows within seconds as a rule. */
const LIMITS = { foundMs: 45_000, healedMs: 120_000, messagesMs: 30_000 }
/** The default pack waits up to 5 min before and 5 min after, and its windows fill meanwhile. */
const LIMITS_OF_RULES = { ...LIMITS, foundMs: 600_000, healedMs: 600_000 }
const START_MS = 600_000

const chosen = (names: readonly string[]) => {
  const cases = CASES.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  )
  if (cases.length === 0)
    throw new UserError(
      `no scenario matches. There are: ${CASES.map(({ name }) => name).join(", ")}`,
    )
  return cases
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const print = (played: readonly Played[]): void => {
  const head = [
    "scenario",
    "incidents",
    "cause named",
    "messages",
    "closes",
    "first after",
    "took",
    "",
  ]
  const lines = played.map((one) => [
    ...[one.name, one.incidents, one.cause, one.messages, one.closes],
    one.firstAfterMs === null ? "–" : seconds(one.firstAfterMs),
    seconds(one.tookMs),
    one.differences.length === 0 ? "ok" : "DIFFERENT",
  ])
  console.log(table([head, ...lines]))
  for (const { name, differences } of played)
    for (const one of differences) console.log(`${name}: ${one}`)
}

const USAGE = `usage: npm run scenarios [-- NAME …] [--short-holds]

  NAME  scenarios whose name contains it; all if omitted. There are:
        ${CASES.map(({ name }) => name).join("\n        ")}

  --short-holds  the rules of loss and congestion wait 20 s instead of the minutes of the default
                 pack, changed as an operator changes them

Breaks the simulated network in each way, with receivers on loopback, and prints incidents, causes,
messages and their closes. Exits 1 on any difference.

  --frr            FRR routes between the routers (root only): other faults, and detection times
  --bfd, --no-bfd  with --frr: one of the two; both if omitted. Names are then of:
        ${ROUTED_CASES.map(({ name }) => name).join("\n        ")}`

const run = async (): Promise<number> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      frr: { type: "boolean", default: false },
      bfd: { type: "boolean", default: false },
      "no-bfd": { type: "boolean", default: false },
      "short-holds": { type: "boolean", default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  if (values.frr) {
    const both = values.bfd === values["no-bfd"]
    return runRouted(positionals, both ? [true, false] : [values.bfd])
  }
  const cases = chosen(positionals)
  await using stack = new AsyncDisposableStack()
  const receivers = await openReceivers()
  stack.defer(() => receivers.close())
  const demo = await startDemo({ dataDir: tempDataDir("scenarios") }, START_MS)
  stack.defer(() => demo.stop())
  const operator = await operatorAt(demo.url, demo.email, demo.password)
  stack.defer(async () => operator.close())
  await until("the network is well", START_MS, () => isHealthy(operator))
  await receivers.addTo(operator)
  const page = cases.some(({ shows }) => shows !== undefined) ? await openIncidentPage(demo) : null
  stack.defer(async () => page?.close())
  const played: Played[] = []
  for (const fault of cases) {
    console.error(`${fault.name} …`)
    const { rules = [] } = fault
    const undo = await shortenHolds(operator, values["short-holds"] ? rules : [])
    played.push(
      await play(operator, receivers, fault, rules.length === 0 ? LIMITS : LIMITS_OF_RULES, page),
    )
    await undo()
    const { tookMs = 0, differences = [] } = played.at(-1) ?? {}
    console.error(`  ${differences.length === 0 ? "ok" : "DIFFERENT"} after ${seconds(tookMs)}`)
  }
  print(played)
  return played.some(({ differences }) => differences.length > 0) ? 1 : 0
}

try {
  process.exitCode = await run()
} catch (error) {
  reportFailure(error)
}
