/** Plays one fault on a real appliance and a simulated network, and compares what follows. */
import { causeOf, isHealthy, unhealthy } from "../../e2e/current-incidents.ts"
import type { IncidentPage } from "../../e2e/incident-page.ts"
import type { Operator } from "../../e2e/operator.ts"
import { rows, textOf, titleOf, until } from "../../e2e/rows.ts"
import { hasExpectedCauses, isSame } from "../../e2e/scenarios.ts"
import type { FaultCase } from "./cases.ts"
import type { Message, Receivers } from "./receivers.ts"

export type Played = {
  readonly name: string
  readonly incidents: string
  readonly cause: string
  readonly messages: string
  readonly closes: string
  readonly firstAfterMs: number | null
  readonly tookMs: number
  readonly differences: readonly string[]
}
export type Limits = {
  readonly foundMs: number
  readonly healedMs: number
  readonly messagesMs: number
}

const RECEIVERS = ["webhook", "pagerduty", "telegram"] as const
const MIN_LAST_MS = 8_000

/** A wait that is over after its time; what is wrong then is said by what follows. */
const waited = async (check: () => Promise<boolean>, withinMs: number): Promise<void> => {
  await until("a scenario", withinMs, check).catch(() => undefined)
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const incidentsSince = (operator: Operator, from: number): ReadonlyMap<string, unknown> =>
  new Map(
    operator.events
      .slice(from)
      .filter(({ name }) => name === "incident")
      .map(({ data }) => [textOf(data, "id"), data]),
  )

const causesNow = async (operator: Operator) =>
  rows((await operator.get("/incidents?state=open")).items).map((incident) =>
    causeOf(rows(incident.causes)[0]),
  )

const compareMessages = (
  { expected, isNotified }: FaultCase,
  sent: readonly Message[],
): readonly string[] => {
  const wanted = isNotified ? expected.length : 0
  return RECEIVERS.flatMap((receiver) =>
    (["opened", "resolved"] as const).flatMap((event) => {
      const own = sent.filter((one) => one.receiver === receiver && one.event === event)
      const threads = new Set(own.map(({ thread }) => thread)).size
      const isThreaded = receiver !== "telegram"
      return own.length === wanted && (!isThreaded || threads === wanted)
        ? []
        : [
            `${receiver}: ${own.length} ${event} in ${threads} threads, expected ${wanted}: ${own.map((one) => one.text.split("\n")[0]).join(" | ")}`,
          ]
    }),
  )
}

export const play = async (
  operator: Operator,
  receivers: Receivers,
  fault: FaultCase,
  limits: Limits,
  page: IncidentPage | null = null,
): Promise<Played> => {
  const { name, command, expected, isNotified } = fault
  const differences: string[] = []
  const from = operator.events.length
  const fromMessage = receivers.messages.length
  const undo = (await fault.prepare?.(operator)) ?? (async () => undefined)
  const nowMs = (): number => performance.timeOrigin + performance.now()
  const beganMs = nowMs()
  await operator.inject(command)
  await waited(async () => hasExpectedCauses(await causesNow(operator), fault), limits.foundMs)
  const causes = await causesNow(operator)
  const isFound = hasExpectedCauses(causes, fault)
  const shown = causes.map((cause) => cause?.name ?? "none").join(", ")
  if (!isFound) differences.push(`cause ${shown || "none"}, expected ${JSON.stringify(expected)}`)
  // Late symptoms must not open anything else.
  await pause(Math.max(0, MIN_LAST_MS - (nowMs() - beganMs)))
  const [first] = rows((await operator.get("/incidents?state=open")).items)
  const { shows = [] } = fault
  if (page !== null && first !== undefined && shows.length > 0)
    differences.push(...(await page.lacks(fault.name, textOf(first, "id"), shows, limits.foundMs)))
  if (fault.endsAlone !== true) await operator.inject({ do: "heal" })
  await waited(() => isHealthy(operator), limits.healedMs)
  if (!(await isHealthy(operator)))
    differences.push(`still not well: ${(await unhealthy(operator)).join("; ").slice(0, 300)}`)
  await undo()
  const sent = () => receivers.messages.slice(fromMessage)
  await waited(async () => compareMessages(fault, sent()).length === 0, limits.messagesMs)
  await pause(2_000)
  differences.push(...compareMessages(fault, sent()))
  const incidents = incidentsSince(operator, from)
  if (incidents.size !== expected.length)
    differences.push(
      `${incidents.size} incidents, expected ${expected.length}: ${[...incidents.values()].map(titleOf).join(" | ")}`,
    )
  const opened = sent().filter(
    ({ event, receiver }) => event === "opened" && receiver === "webhook",
  )
  const isNamed = (one: Message): boolean =>
    expected.flat().some((cause) => isSame(cause, { ...cause, name: one.cause ?? "" }))
  const named = opened.filter(isNamed).length
  const resolved = sent().filter(({ event }) => event === "resolved")
  const firsts = opened.map(({ atMs }) => atMs - beganMs)
  return {
    name,
    incidents: `${incidents.size}/${expected.length}`,
    cause: isNotified
      ? `${isFound ? "yes" : "NO"}, ${named}/${opened.length} in the first message`
      : `${isFound ? "yes" : "NO"}, held back`,
    messages: `${sent().length - resolved.length}`,
    closes: `${resolved.length}`,
    firstAfterMs: firsts.length === 0 ? null : Math.min(...firsts),
    tookMs: nowMs() - beganMs,
    differences,
  }
}
