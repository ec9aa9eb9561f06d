/**
 * What notifications cost: planning at many open incidents, and a burst of them to receivers on
 * loopback. On a database of its own; prints one line of JSON. `npm run bench -- notify` runs it.
 *   node appliance/test/notify-measure.ts [incidents]
 */
import { randomBytes, randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { emptyIncident, type Incident } from "../src/flow/incidents/model.ts"
import { saveAll } from "../src/flow/incidents/save.ts"
import { createReplanning } from "../src/flow/notify/dispatch/replanning.ts"
import { createNotify, type Notify } from "../src/flow/notify/notify.ts"
import { planIncidents } from "../src/flow/notify/plan-incidents.ts"
import { openIncidents } from "../src/flow/notify/store.ts"
import { channelInput, webhookInput } from "../src/flow/notify/test/notify-rig.ts"
import { httpReceiver, telegramAnswer } from "../src/flow/notify/test/receivers.ts"
import { createHostClock } from "../src/platform/clock.ts"
import { IncidentId } from "../src/platform/ids.ts"
import { type TestDatabase, testDatabase } from "./database.ts"
import { makeActor } from "./make.ts"

type Cost = { readonly wallMs: number; readonly cpuMs: number }
const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs: performance.now() - began, cpuMs: (user + system) / 1_000 }
}

const makeIncident = (number: number): Incident => ({
  ...emptyIncident(IncidentId.parse(randomUUID()), number, Date.now()),
  severity: "major",
  title: { code: "legacy-text", params: { text: `Link ${number} is cut` } },
})

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? 0

/** The most messages beyond what a burst and a rate allow, in any span; at most 0 keeps them. */
const beyond = (atMs: readonly number[], burst: number, perSecond: number): number => {
  let most = Number.NEGATIVE_INFINITY
  for (const [first, from] of atMs.entries())
    for (const [index, to] of atMs.entries())
      if (index >= first)
        most = Math.max(most, index - first + 1 - burst - ((to - from) / 1_000) * perSecond)
  return most
}

const measure = async (
  db: TestDatabase,
  notify: Notify,
  count: number,
  tookMs: readonly number[],
  at: Readonly<Record<string, readonly number[]>>,
) => {
  const { dbs, org } = db
  const clock = createHostClock(() => undefined)
  const save = (incident: Incident) =>
    saveAll(dbs.jobs, org, { changed: [incident], lines: [], history: [] }, notify.afterSave)
  const pending = async (): Promise<number> =>
    (await notify.backlog(org)).reduce((sum, one) => sum + one.count, 0)
  const incidents = Array.from({ length: count }, (_, index) => makeIncident(index + 1))
  const beganMs = performance.now()
  let savedMs = 0
  const burst = await costOf(async () => {
    for (const incident of incidents) await save(incident)
    savedMs = performance.now() - beganMs
    while ((await pending()) > 0) await delay(100)
  })
  const first = tookMs.length
  const lastMs = Object.fromEntries(
    Object.entries(at).map(([name, times]) => [name, (times.at(-1) ?? Number.NaN) - beganMs]),
  )
  const [one] = incidents
  if (one === undefined) throw new Error("no incident")
  const change = await costOf(() => save({ ...one, severity: "critical" }))
  await delay(1_500)
  const all = await costOf(() =>
    dbs.jobs.asOrg(org, async (tx) =>
      planIncidents(tx, org, await openIncidents(tx, org), Date.now()),
    ),
  )
  // A tick half a minute after the last one, in which nothing has changed.
  let nowMs = Date.now()
  const replanning = createReplanning({
    db: dbs.jobs,
    clock: { ...clock, steady: { now: () => nowMs } },
  })
  await replanning.run(org)
  nowMs += 31_000
  const idle = await costOf(() => replanning.run(org))
  const ends = await costOf(async () => {
    for (const incident of incidents)
      await save({ ...incident, state: "closed", closedAtMs: Date.now() })
    while ((await pending()) > 0) await delay(100)
  })
  const dispatch = tookMs.slice(0, first)
  return {
    ...{ burst, savedMs, lastMs, change, all, idle, ends, dispatched: dispatch.length },
    ...{ p50Ms: percentile(dispatch, 0.5), p95Ms: percentile(dispatch, 0.95) },
  }
}

const main = async (): Promise<void> => {
  const count = Number(process.argv[2] ?? 500)
  const db = await testDatabase()
  const { dbs, org } = db
  const at: Record<string, number[]> = { webhook: [], telegram: [] }
  const http = await httpReceiver((request, index) => {
    const isHook = request.path === "/hook"
    at[isHook ? "webhook" : "telegram"]?.push(performance.now())
    return isHook ? { status: 200 } : telegramAnswer(index)
  })
  const tookMs: number[] = []
  const faults: unknown[] = []
  const onError = (error: unknown): void => void faults.push(error)
  const notify = createNotify({
    ...{
      jobs: dbs.jobs,
      ui: dbs.ui,
      clock: createHostClock(onError),
      orgs: async () => [{ id: org }],
    },
    ...{ masterKey: randomBytes(32), baseUrl: () => null, onError },
    onDispatched: (ms) => void tookMs.push(ms),
  })
  await notify.start(async () => undefined)
  const actor = makeActor(org)
  const first = { isInFirstPolicy: true }
  await notify.channels.create(actor, { ...webhookInput("Hook", `${http.url}/hook`), ...first })
  const telegram = { kind: "telegram", chatId: "7", baseUrl: http.url } as const
  await notify.channels.create(actor, channelInput("Chat", telegram, { token: "1:T" }, first))
  const figures = await measure(db, notify, count, tookMs, at)
  const { webhook = [], telegram: chat = [] } = at
  const limits = { webhook: beyond(webhook, 50, 20), telegram: beyond(chat, 1, 1 / 3) }
  const messages = { webhook: webhook.length, telegram: chat.length }
  console.log(JSON.stringify({ count, ...figures, limits, messages, faults: faults.length }))
  await notify.stop()
  await http.close()
  await db.close()
}

await main()
