/**
 * `npm run scenarios -- --frr`: the faults of `cases.ts` in a network in which FRR routes, with and
 * without BFD. Prints after how long the log of a router and an incident report it, and the cause.
 */
import { table } from "../../bench/figures.ts"
import { firstCauses, unhealthy } from "../../e2e/current-incidents.ts"
import { startDemo, tempDataDir } from "../../e2e/demo-process.ts"
import { type Operator, operatorAt } from "../../e2e/operator.ts"
import { rows, textOf, until } from "../../e2e/rows.ts"
import { type Cause, hasExpectedCauses } from "../../e2e/scenarios.ts"
import { frrError } from "../../simulator/routing/routed-network.ts"
import { UserError } from "../../simulator/user-error.ts"
import { ROUTED_CASES, type RoutedCase } from "./cases.ts"

const START_MS = 600_000
const HEALED_MS = 240_000
/** Late symptoms must not open anything else, and neighbours have to come back. */
const LATE_MS = 8_000
/** Two of OSPF's hellos. */
const ROUTED_MS = 20_000
/** Where no incident is expected. */
const QUIET_MS = 20_000
/** OSPF without BFD gives up after 40 s. */
const DEAD_MS = 50_000
/** The first reading of neighbours may be the last of an agent's first readings. */
const READ_MS = 180_000

type Line = { readonly cells: readonly string[]; readonly differences: readonly string[] }

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const seconds = (ms: number | undefined): string =>
  ms === undefined ? "–" : `${(ms / 1_000).toFixed(1)} s`
const nameOf = (cause: Cause | undefined): string =>
  cause === undefined ? "none" : `${cause.kind} ${cause.name}`

/** Without routers of customers: they have no part in it. */
const unwell = async (operator: Operator): Promise<readonly string[]> =>
  (await unhealthy(operator)).filter((line) => !line.includes('"not-monitored"'))

/** When the appliance got the first report of a lost neighbour from one of these routers. */
const reportedAfterMs = async (
  operator: Operator,
  reporters: readonly string[],
  beganMs: number,
): Promise<number | undefined> => {
  const { items } = await operator.get(`/events?since=${Math.floor(beganMs)}&limit=500`)
  const received = rows(items)
    .filter(
      (event) =>
        reporters.includes(textOf(event, "deviceName")) && textOf(event, "name") === "peer-down",
    )
    .map((event) => Number(event.receivedAtMs) - beganMs)
  return received.length === 0 ? undefined : Math.min(...received)
}

/** What is lost before an agent has read it once was never there. */
const untilRead = async (operator: Operator, routers: readonly string[]): Promise<void> => {
  const { devices } = await operator.get("/topology")
  const ids = rows(devices)
    .filter((device) => routers.includes(textOf(device, "name")))
    .map((device) => textOf(device, "id"))
  await until(`neighbours of ${routers.join(", ")} are known`, READ_MS, async () => {
    const read = ids.map((id) => operator.get(`/devices/${id}/tables/ospf-neighbours`))
    return (await Promise.all(read)).every(({ items }) => rows(items).length > 0)
  })
}

/** The causes as soon as they are the expected ones, otherwise the last that were stated. */
const found = async (
  operator: Operator,
  expected: readonly (readonly Cause[])[],
  withinMs: number,
): Promise<readonly (Cause | undefined)[]> => {
  const endMs = performance.now() + withinMs
  let last: readonly (Cause | undefined)[] = []
  for (;;) {
    const now = await firstCauses(operator)
    if (now.length > 0) last = now
    const isRight = hasExpectedCauses(now, { expected })
    if (performance.now() > endMs) return expected.length === 0 ? now : last
    if (isRight && expected.length > 0) return now
    await pause(250)
  }
}

const playOne = async (operator: Operator, fault: RoutedCase, hasBfd: boolean): Promise<Line> => {
  const expected = hasBfd ? fault.expected : (fault.expectedWithoutBfd ?? fault.expected)
  const from = operator.events.length
  const beganMs = performance.timeOrigin + performance.now()
  await operator.inject(fault.command)
  const isQuiet = expected.length === 0
  const watchMs = isQuiet ? (hasBfd ? QUIET_MS : DEAD_MS) : fault.withinMs
  const causes = await found(operator, expected, watchMs)
  const incidents = operator.events.slice(from).filter(({ name }) => name === "incident")
  const opened = incidents.map(({ receivedAtMs }) => receivedAtMs - beganMs)
  await pause(LATE_MS)
  const reported = await reportedAfterMs(operator, fault.reporters, beganMs)
  await operator.inject({ do: "heal" })
  const isSlow = fault.heals === "slowly"
  await until(
    "the network is well",
    isSlow ? 0 : HEALED_MS,
    async () => (await unwell(operator)).length === 0,
  ).catch(() => undefined)
  // OSPF may find a neighbour later than a probe finds its router.
  await pause(ROUTED_MS)
  const rest = isSlow ? [] : await unwell(operator)
  const isRight = hasExpectedCauses(causes, { expected })
  const number = new Set(incidents.map(({ data }) => textOf(data, "id"))).size
  return {
    cells: [
      fault.name,
      hasBfd ? "yes" : "no",
      seconds(reported),
      seconds(opened.length === 0 ? undefined : Math.min(...opened)),
      `${number}/${expected.length}`,
      causes.map(nameOf).join(", ") || "–",
      isRight && rest.length === 0 ? "ok" : "DIFFERENT",
    ],
    differences: [
      ...(isRight ? [] : [`${fault.name}: expected ${JSON.stringify(expected)}`]),
      ...(rest.length === 0
        ? []
        : [`${fault.name}: still not well: ${rest.join("; ").slice(0, 300)}`]),
    ],
  }
}

const playAll = async (cases: readonly RoutedCase[], hasBfd: boolean): Promise<readonly Line[]> => {
  await using stack = new AsyncDisposableStack()
  const demo = await startDemo(
    {
      dataDir: tempDataDir("routed"),
      args: ["--bare", "--frr", ...(hasBfd ? [] : ["--no-bfd"])],
    },
    START_MS,
  )
  stack.defer(() => demo.stop())
  const operator = await operatorAt(demo.url, demo.email, demo.password)
  stack.defer(async () => operator.close())
  await until("the network is well", START_MS, async () => (await unwell(operator)).length === 0)
  // Ports have to be known before one can go down.
  await pause(ROUTED_MS)
  await untilRead(operator, [...new Set(cases.flatMap(({ reporters }) => reporters))])
  const lines: Line[] = []
  for (const fault of cases) {
    console.error(`${fault.name}, ${hasBfd ? "with" : "without"} BFD …`)
    const line = await playOne(operator, fault, hasBfd)
    console.error(`  ${line.cells.join(" · ")}`)
    lines.push(line)
  }
  return lines
}

/** Answers the exit code. */
export const runRouted = async (
  names: readonly string[],
  bfd: readonly boolean[],
): Promise<number> => {
  const error = frrError()
  if (error !== null) throw new UserError(`nothing was run: FRR cannot run here: ${error}`)
  const cases = ROUTED_CASES.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  )
  if (cases.length === 0)
    throw new UserError(
      `no scenario matches. There are: ${ROUTED_CASES.map(({ name }) => name).join(", ")}`,
    )
  const lines: Line[] = []
  for (const hasBfd of bfd) lines.push(...(await playAll(cases, hasBfd)))
  const head = ["scenario", "BFD", "log after", "incident after", "incidents", "cause named", ""]
  console.log(table([head, ...lines.map(({ cells }) => cells)]))
  for (const one of lines.flatMap(({ differences }) => differences)) console.log(one)
  console.log("Loss is made by nft where packets arrive; tc netem is not used.")
  return lines.some(({ differences }) => differences.length > 0) ? 1 : 0
}
