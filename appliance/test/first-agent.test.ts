/**
 * The data folder of an agent of the first release (fixtures/agent-v1): an identity, and what it
 * measured while its appliance was away. Today's agent starts on a copy of it and delivers every
 * item, in order, to a whole appliance.
 */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, before, describe, test } from "node:test"
import { gunzipSync } from "node:zlib"
import { z } from "zod"
import { bareEnvironment } from "./config.ts"
import { type OldData, restoreFirstRelease, shiftTimes } from "./first-release.ts"
import { until } from "./program.ts"
import { startWholeAppliance, type WholeAppliance } from "./whole-appliance.ts"

const FIXTURE = join(import.meta.dirname, "fixtures", "agent-v1")
const MAIN = join(import.meta.dirname, "..", "..", "agent", "src", "main.ts")

/** For a machine under heavy load. */
const PATIENCE_MS = 90_000

const Item = z.looseObject({ kind: z.string(), device: z.string(), atMs: z.int() })
const Slice = z.object({ id: z.int(), at_ms: z.int(), json: z.string() })

/** As in the ledger of batches: items, their order and all of their fields in one digest. */
const digestOf = (items: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(items)).digest("hex")

/**
 * A copy whose times are moved by `byMs`. Table and columns are those of the first release's file.
 * Gives the items in the buffer, oldest first, and the number of its next batch.
 */
const copyFolder = (into: string, byMs: number) => {
  copyFileSync(join(FIXTURE, "identity.json"), join(into, "identity.json"))
  writeFileSync(
    join(into, "buffer.sqlite"),
    gunzipSync(readFileSync(join(FIXTURE, "buffer.sqlite.gz"))),
  )
  const file = new DatabaseSync(join(into, "buffer.sqlite"))
  const move = file.prepare("update slice set at_ms = ?, json = ? where id = ?")
  const items: unknown[] = []
  for (const row of z
    .array(Slice)
    .parse(file.prepare("select id, at_ms, json from slice order by id").all())) {
    const json = shiftTimes(row.json, byMs)
    move.run(row.at_ms + byMs, json, row.id)
    items.push(...z.array(z.unknown()).parse(JSON.parse(json)))
  }
  const meta = z
    .object({ buffer: z.string(), number: z.int(), is_open: z.int() })
    .parse(file.prepare("select buffer, number, is_open from meta").get())
  file.close()
  return { items, buffer: meta.buffer, firstNumber: meta.number + (meta.is_open === 1 ? 0 : 1) }
}

let old: OldData
let folder: string
let appliance: WholeAppliance
let agent: ChildProcess | undefined
/** The agent of this release, on that folder. */
const startAgent = async (): Promise<ChildProcess> => {
  const { agentApiUrl } = await appliance.get("/session")
  return spawn(process.execPath, [MAIN], {
    env: {
      ...bareEnvironment(),
      ISPVM_URL: `https://127.0.0.1:${new URL(String(agentApiUrl)).port}`,
      ISPVM_AGENT_DATA_DIR: folder,
      ISPVM_AGENT_HEALTH_PORT: "0",
      ISPVM_SYSLOG_PORT: "0",
      ISPVM_SYSLOG_BIND: "127.0.0.1",
      LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "inherit", "inherit"],
  })
}

type Delivered = {
  readonly number: string
  readonly items: number
  readonly ack: { readonly accepted: number; readonly rejected: readonly unknown[] }
  readonly content: Buffer
}
const whenDelivered = (buffer: string, firstNumber: number, items: number) =>
  until(
    "everything is delivered",
    async () => {
      const rows: readonly Delivered[] = await old.sql<Delivered[]>`
        select number, items, ack, content from ingest.batch
        where buffer = ${buffer} and number >= ${firstNumber} order by received_at, number`
      return rows.reduce((sum, row) => sum + row.items, 0) >= items ? rows : null
    },
    PATIENCE_MS,
  )

/** In order, without a gap, and word for word. */
const assertDelivered = (
  delivered: readonly Delivered[],
  raw: readonly unknown[],
  firstNumber: number,
): void => {
  assert.deepEqual(
    delivered.map(({ number }) => Number(number)),
    delivered.map((_, index) => firstNumber + index),
  )
  let first = 0
  for (const { items: sent, ack, content } of delivered) {
    assert.deepEqual([ack.accepted, ack.rejected], [sent, []])
    const expected = raw.slice(first, first + sent)
    first += sent
    // The last batch may contain what the agent has measured since.
    if (expected.length === sent) assert.equal(content.toString("hex"), digestOf(expected))
  }
}

/** Every item is a row of its table. */
const assertStored = async (items: readonly z.infer<typeof Item>[]): Promise<void> => {
  const ofKind = (kind: string) => items.filter((item) => item.kind === kind)
  assert.deepEqual([...new Set(items.map(({ kind }) => kind))].toSorted(), [
    "event",
    "facts",
    "health",
    "interface",
    "ping",
    "sensor",
  ])
  const from = new Date(Math.min(...items.map(({ atMs }) => atMs)))
  const to = new Date(Math.max(...items.map(({ atMs }) => atMs)))
  const { sql } = old
  const count = async (rows: Promise<readonly { count: string }[]>) =>
    Number((await rows)[0]?.count)
  const rowsIn = (table: string) =>
    count(sql`select count(*) from ${sql(table)} where ts between ${from} and ${to}`)
  assert.equal(await rowsIn("series.ping"), ofKind("ping").length)
  assert.equal(await rowsIn("series.interface_counters"), ofKind("interface").length)
  assert.equal(await rowsIn("series.device_health"), ofKind("health").length)
  assert.equal(await rowsIn("series.metric_custom"), ofKind("sensor").length)
  const ids = ofKind("event").map(({ id }) => String(id))
  assert.equal(
    await count(sql`select count(*) from events.event where id in ${sql(ids)}`),
    ids.length,
  )
  for (const { device, atMs, version } of ofKind("facts")) {
    const [row] = await sql<
      { version: string; at: Date }[]
    >`select version, facts_at as at from inventory.device where id = ${device}`
    assert.ok(row !== undefined && row.version === version && row.at.getTime() >= atMs)
  }
}

const deliversEverything = async (): Promise<void> => {
  const { items: raw, buffer, firstNumber } = copyFolder(folder, old.byMs)
  const items = z.array(Item).parse(raw)
  agent = await startAgent()
  const delivered = await whenDelivered(buffer, firstNumber, items.length)
  agent.kill("SIGTERM")
  assert.deepEqual(await once(agent, "exit"), [0, null])
  assertDelivered(delivered, raw, firstNumber)
  await assertStored(items)
}

// The hooks are inside, because outside they would run before the tests of all files of this
// process.
describe("the data folder of an agent of the first release", () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "ispvm-first-agent-"))
    // The simulated routers' addresses become loopback, which an agent contacts only if it is
    // allowed to.
    old = await restoreFirstRelease((table, text) =>
      table === "inventory.device" ? text.replaceAll('"10.40.', '"127.40.') : text,
    )
    appliance = await startWholeAppliance(old.dataDir, old.url)
  })
  after(async () => {
    agent?.kill("SIGKILL")
    await appliance?.app.stop()
    await old?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  test(
    "today's agent delivers every item of the first release's buffer, in order, and none is rejected",
    deliversEverything,
  )
})
