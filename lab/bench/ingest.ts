/**
 * What it costs to store batches of agents, through the agent API into Postgres, durably. Beside
 * COPY of the same rows into unlogged tables of the same server.
 *   npm run bench -- ingest [--batches 20] [--agents 1,8,64] [--engine embedded|timescale]
 * The real appliance with its own database, or with Debian's Postgres and TimescaleDB (root). In a
 * batch, each agent sends 10 s of its part of 128 devices: a probe a second, and 24 ports once; up
 * to three batches at once, as an agent with a backlog. Batches of one agent also as JSON. A sample
 * is one stored value that is not null. CPU is that of the appliance and of Postgres, with what
 * follows the answer, without what both take at rest; psql's is not counted. "a core": samples for
 * each second of that CPU.
 */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { parseArgs } from "node:util"
import { MAX_BATCHES_AT_ONCE } from "@ispvm/wire"
import { ensureLogin } from "../demo/account.ts"
import { ApplianceClient } from "../demo/appliance-client.ts"
import { UserError } from "../simulator/user-error.ts"
import { ms, percentile, ratio, table } from "./figures.ts"
import { bodyOf, type Client, createClient, createEnrol, FORMS, type Form } from "./ingest-agent.ts"
import { copy, createItems, ROWS_OF_DEVICE, SAMPLES_OF_DEVICE, SECONDS } from "./ingest-items.ts"
import { ENGINES, type Engine, type Rig, startRig } from "./ingest-server.ts"
import { usageBelow } from "./process-usage.ts"

const DEVICES = 128
const ROWS = DEVICES * ROWS_OF_DEVICE
const SAMPLES = DEVICES * SAMPLES_OF_DEVICE
const WARM = 4
const REST_S = 5

/** Enrolled, with the ids of its devices. */
type Sender = { readonly client: Client; readonly ids: readonly string[] }
type Figure = {
  readonly form: Form
  readonly agents: number
  readonly applianceUs: number
  readonly postgresUs: number
  readonly tookMs: readonly number[]
  /** From the first batch to the last answer. */
  readonly seconds: number
  readonly bytes: number
  readonly repeats: number
}

/** Ms. */
type Cpu = { readonly appliance: number; readonly postgres: number }
const usageOfRig = async ({ appliance, server }: Rig): Promise<Cpu> => {
  const metrics = await (await fetch(`${new URL(appliance.url).origin}/metrics`)).text()
  const seconds = /^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN
  return { appliance: 1_000 * Number(seconds), postgres: usageBelow(server.pid).cpuMs }
}
/** CPU in a second without batches. */
const atRest = async (rig: Rig): Promise<Cpu> => {
  const before = await usageOfRig(rig)
  await wait(REST_S * 1_000)
  const after = await usageOfRig(rig)
  return {
    appliance: (after.appliance - before.appliance) / REST_S,
    postgres: (after.postgres - before.postgres) / REST_S,
  }
}

type Bodies = readonly ReturnType<typeof bodyOf>[]
/** Sends all, at most so many at once. Ms of each answer. */
const sendAll = async ({ client, ids }: Sender, bodies: Bodies): Promise<number[]> => {
  const left = [...bodies].reverse()
  const tookMs: number[] = []
  const sendNext = async (): Promise<void> => {
    for (let body = left.pop(); body !== undefined; body = left.pop()) {
      const began = performance.now()
      const { accepted, rejected } = await client.send(body)
      tookMs.push(performance.now() - began)
      if (accepted !== ids.length * ROWS_OF_DEVICE)
        throw new Error(`rejected: ${JSON.stringify(rejected[0])}`)
    }
  }
  await Promise.all(Array.from({ length: MAX_BATCHES_AT_ONCE }, sendNext))
  return tookMs
}

const measure = async (
  rig: Rig,
  senders: readonly Sender[],
  form: Form,
  startMs: number,
  batches: number,
): Promise<Figure> => {
  const bodies = senders.map(({ ids }): Bodies => {
    const [buffer, itemsOf] = [randomUUID(), createItems(ids, startMs)]
    return Array.from({ length: WARM + batches }, (_, n) => {
      const head = { protocol: 1, buffer, number: n + 1, sentAtMs: Date.now() }
      return bodyOf(form, { ...head, items: itemsOf(n) })
    })
  })
  const send = (from: number, to: number) =>
    Promise.all(senders.map((one, n) => sendAll(one, bodies[n]?.slice(from, to) ?? [])))
  await send(0, WARM)
  // What was accepted is evaluated after its answer.
  await wait(1_000)
  const rest = await atRest(rig)
  const repeated = (): number => senders.reduce((sum, { client }) => sum + client.repeats(), 0)
  const [before, beganMs, repeatedBefore] = [await usageOfRig(rig), performance.now(), repeated()]
  const tookMs = (await send(WARM, WARM + batches)).flat()
  const seconds = (performance.now() - beganMs) / 1_000
  await wait(2_000)
  const after = await usageOfRig(rig)
  const all = (performance.now() - beganMs) / 1_000
  const each = (part: keyof Cpu): number =>
    ((after[part] - before[part] - rest[part] * all) * 1_000) / (batches * ROWS)
  return {
    ...{ form, agents: senders.length, tookMs, seconds, repeats: repeated() - repeatedBefore },
    ...{ applianceUs: each("appliance"), postgresUs: each("postgres") },
    bytes:
      bodies.flat().reduce((sum, one) => sum + one.bytes.length, 0) / ((WARM + batches) * ROWS),
  }
}

const prepare = async (rig: Rig, counts: readonly number[]): Promise<readonly Sender[][]> => {
  const { appliance, agentApiPort } = rig
  const client = new ApplianceClient(appliance.url)
  await ensureLogin(client, join(appliance.dataDir, "login.json"), appliance.setupCode)
  const enrol = createEnrol(agentApiPort)
  const methods = { routerosApi: null, snmp: null, icmp: true, tcpPort: null }
  const groups: Sender[][] = []
  for (const [group, count] of counts.entries()) {
    const senders: Sender[] = []
    for (let n = 0; n < count; n += 1) {
      const agentId = await client.add("/agents", { name: `agent-${group}-${n}`, siteId: null })
      const ids: string[] = []
      for (let device = n; device < DEVICES; device += count) {
        const address = `10.1.${group}.${device + 1}`
        const place = { name: `router-${group}-${device}`, address, roles: [], siteId: null }
        const rest = { methods, note: "", agentId, credentialId: null }
        ids.push(await client.add("/devices", { ...place, ...rest }))
      }
      const identity = await enrol(await client.token(agentId))
      senders.push({ ids, client: createClient(agentApiPort, identity, ids.length) })
    }
    groups.push(senders)
  }
  return groups
}

const print = (figures: readonly Figure[], batches: number, copyUs: number): void => {
  const rows = [
    [
      ...["agents", "form", "bytes a row", "µs appliance", "µs Postgres", "of COPY", "rows/s"],
      ...["samples/s", "a core", "ack p50", "ack p95", "sent again"],
    ],
  ]
  for (const figure of figures) {
    const { agents, form, bytes, applianceUs, postgresUs, seconds, tookMs, repeats } = figure
    const together = applianceUs + postgresUs
    rows.push([
      ...[`${agents}`, form, bytes.toFixed(1), applianceUs.toFixed(1), postgresUs.toFixed(1)],
      ...[(copyUs / together).toFixed(3), Math.round((batches * ROWS) / seconds).toLocaleString()],
      Math.round((batches * SAMPLES) / seconds).toLocaleString(),
      Math.round((1e6 / together) * (SAMPLES / ROWS)).toLocaleString(),
      ...[ms(percentile(tookMs, 50)), ms(percentile(tookMs, 95)), `${repeats}`],
    ])
  }
  console.log(table(rows))
  console.log(`COPY, unlogged: ${copyUs.toFixed(2)} µs Postgres a row`)
  const [json, columns] = FORMS.map((form) => figures.find((one) => one.form === form))
  if (json !== undefined && columns !== undefined)
    console.log(`appliance, columns to JSON: ${ratio(columns.applianceUs, json.applianceUs)}`)
}

type Options = {
  readonly batches: number
  readonly agents: readonly number[]
  readonly engine: Engine
}
const optionsOf = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      batches: { type: "string", default: "20" },
      agents: { type: "string", default: "1,8,64" },
      engine: { type: "string", default: "embedded" },
    },
  })
  const batches = Number(values.batches)
  if (!Number.isInteger(batches) || batches < 1 || batches > 300)
    throw new UserError(`--batches ${values.batches}: a whole number from 1 to 300`)
  const agents = values.agents.split(",").map(Number)
  if (!agents.every((count) => Number.isInteger(count) && count >= 1 && count <= DEVICES))
    throw new UserError(`--agents ${values.agents}: whole numbers from 1 to ${DEVICES}, as 1,8,64`)
  const engine = ENGINES.find((one) => one === values.engine)
  if (engine === undefined)
    throw new UserError(`--engine ${values.engine}: ${ENGINES.join(" or ")}`)
  return { batches, agents, engine }
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { batches, agents, engine } = optionsOf(args)
  const rig = await startRig(engine)
  try {
    const groups = await prepare(rig, agents)
    const figures: Figure[] = []
    const spanMs = (WARM + batches) * SECONDS * 1_000
    const startMs = Date.now() - (groups.length + 3) * spanMs
    const formsOf = (senders: readonly Sender[]) =>
      senders.length === 1 ? FORMS : FORMS.filter((form) => form === "columns")
    for (const senders of groups)
      for (const form of formsOf(senders)) {
        const at = startMs + figures.length * spanMs
        figures.push(await measure(rig, senders, form, at, batches))
      }
    for (const { client } of groups.flat()) client.close()
    const ids = Array.from({ length: DEVICES }, (_, n) => `${n}`)
    print(figures, batches, await copy(rig.server, createItems(ids, startMs), batches))
    return true
  } finally {
    await rig.stop()
  }
}
