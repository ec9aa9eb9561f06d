/**
 * Scripts that are on routers stay there for years. What those of the first release post was recorded (fixtures/push-v1) and is
 * posted here, byte for byte, to the push listener of a whole appliance: paths, header, JSON fields and their meaning must stay.
 */
import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { z } from "zod"
import { databaseUrl } from "../src/platform/postgres/database-url.ts"
import { makeAuthority } from "./authority.ts"
import { type TestDatabase, testDatabase } from "./database.ts"
import { until } from "./program.ts"
import { sendTls } from "./send-tls.ts"
import { type Json, startWholeAppliance, type WholeAppliance } from "./whole-appliance.ts"

const FOLDER = join(import.meta.dirname, "fixtures", "push-v1")
const Recorded = z.strictObject({
  recordedAt: z.string(),
  router: z.string(),
  version: z.string(),
  requests: z.array(
    z.strictObject({
      method: z.string(),
      path: z.string(),
      headers: z.array(z.tuple([z.string(), z.string()])),
      body: z.string().nullable(),
      answer: z.strictObject({ status: z.int(), body: z.string().optional() }),
    }),
  ),
})
type Recorded = z.infer<typeof Recorded>
type Post = Recorded["requests"][number]
/** As far as this test reads them; the appliance's own schema is what is tested. */
const Item = z.looseObject({ kind: z.string(), seq: z.int(), up: z.string() })
const Body = z.looseObject({ queue: z.string(), boot: z.string(), items: z.array(Item) })
const Port = z.looseObject({ name: z.string() })
const List = z
  .object({ items: z.array(z.looseObject({})) })
  .transform(({ items }): readonly Json[] => items)

const RELEASES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .sort()
const recordedOf = (file: string): Recorded =>
  Recorded.parse(JSON.parse(readFileSync(join(FOLDER, file), "utf8")))

let db: TestDatabase
let dataDir: string
let appliance: WholeAppliance
/** With today's secret where the recording has none. */
const post = (
  port: number,
  { method, path, headers, body }: Post,
  secret: string | null,
  ca: string | null,
) =>
  sendTls({
    port,
    method,
    path,
    headers: Object.fromEntries(
      headers.map(([name, value]) => [name, value.replace("<secret>", secret ?? "")]),
    ),
    body,
    ca,
  })

/** A device that is to be connected, and what its router is given: the way to the script, and the script's key. */
const connect = async (recorded: Recorded) => {
  const [getCa, getScript, ...pushes] = recorded.requests
  assert.ok(getCa !== undefined && getScript !== undefined)
  const { id } = await appliance.send("POST", "/devices", {
    name: recorded.router,
    address: "192.0.2.1",
  })
  const device = z.string().parse(id)
  const release = recorded.version.split(" ")[0]
  await appliance.send("PUT", `/devices/${device}/companion`, {
    release,
    agentAddresses: ["192.0.2.9"],
  })
  const link = await appliance.send("POST", `/devices/${device}/companion/link`, {
    kind: "onboard",
  })
  const port = Number(new URL(String(link.url)).port)
  const secret =
    /Bearer ([\w-]{43})/.exec(String(link.curl))?.[1] ?? assert.fail("no secret in the command")
  const ca = await post(port, getCa, null, null)
  assert.equal(ca.status, getCa.answer.status)
  const script = await post(port, getScript, secret, ca.text)
  assert.equal(script.status, getScript.answer.status, script.text)
  const key =
    /ispvmr1\.[\w-]{16}\.[\w-]{43}/.exec(script.text)?.[0] ?? assert.fail("no key in the script")
  return { device, pushes, send: (push: Post) => post(port, push, key, ca.text) }
}

const itemsOf = (pushes: readonly Post[]) =>
  pushes.flatMap(({ body }) => Body.parse(JSON.parse(body ?? "null")).items)
/** The events that items lead to: their names, and of links the port. */
const eventsOf = (items: ReturnType<typeof itemsOf>): string[] =>
  items.flatMap((item) => {
    if (item.kind === "heartbeat" || (item.kind === "watch" && item.because === "test")) return []
    if (item.kind === "hello") return ["reported-in"]
    if (item.kind === "sessions") return ["sessions-changed"]
    return [item.kind === "link" ? `link-${item.state} ${item.name}` : `${item.kind}-${item.state}`]
  })

type Items = ReturnType<typeof itemsOf>
const assertEvents = async (device: string, items: Items): Promise<void> => {
  const events = List.parse(await appliance.get(`/devices/${device}/events?limit=200`))
  assert.deepEqual(
    events
      .filter(({ source }) => source === "push")
      .map(({ name, interface: port }) => (port === null ? name : `${name} ${port}`))
      .toSorted(),
    eventsOf(items).toSorted(),
  )
}

/** What the companion page shows of the router's reports. */
const assertCompanion = async (device: string, items: Items): Promise<void> => {
  const hello = items.find(({ kind }) => kind === "hello")
  const view = await until("the report", async () => {
    const found = await appliance.get(`/devices/${device}/companion`)
    return found.hello === null ? null : found
  })
  assert.partialDeepStrictEqual(view.hello, {
    version: hello?.version,
    done: hello?.done,
    failed: hello?.failed,
  })
  assert.partialDeepStrictEqual(view.pushes, {
    accepted: items.length,
    duplicates: 1,
    rejected: 0,
  })
  const netwatch = items.filter(({ kind, because }) => kind === "watch" && because === "change")
  const states = new Map(netwatch.map(({ name, state }) => [name, state]))
  const shown = z.array(z.looseObject({ name: z.string(), state: z.string() })).parse(view.netwatch)
  assert.deepEqual(new Map(shown.map(({ name, state }) => [name, state])), states)
}

/** What the last heartbeat says of the device and of its ports. */
const assertHeartbeat = async (device: string, items: Items): Promise<void> => {
  const heartbeat = items.findLast(({ kind }) => kind === "heartbeat")
  assert.ok(heartbeat !== undefined)
  const { version, board, identity, every } = heartbeat
  const now = await appliance.get(`/devices/${device}`)
  assert.deepEqual(
    [now.version, now.board, now.identity, now.reportsEveryS, Math.round(Number(now.cpuPct))],
    [version, board, identity, every, Number(heartbeat.cpu)],
  )
  const ports = List.parse(await appliance.get(`/devices/${device}/interfaces`))
  const reported = z.array(Port).parse(heartbeat.ports)
  assert.deepEqual(
    ports.map(({ name, running }) => [name, running]).toSorted(),
    reported.map(({ name, running }) => [name, running]).toSorted(),
  )
  assert.ok(
    ports.some(({ rxBps }) => typeof rxBps === "number" && rxBps > 0),
    "two heartbeats make rates",
  )
}

const isStoredAsItWas = async (file: string): Promise<void> => {
  const recorded = recordedOf(file)
  const { device, pushes, send } = await connect(recorded)
  for (const push of pushes) {
    const answer = await send(push)
    assert.equal(answer.status, push.answer.status, answer.text)
    assert.deepEqual(JSON.parse(answer.text), JSON.parse(push.answer.body ?? ""))
  }
  const items = itemsOf(pushes)
  const [again] = pushes
  assert.deepEqual(again && JSON.parse((await send(again)).text), {
    taken: 0,
    known: 1,
    refused: [],
  })
  await assertEvents(device, items)
  await assertCompanion(device, items)
  await assertHeartbeat(device, items)
}

const hasEachKind = (): void => {
  const kinds = ["heartbeat", "hello", "link", "peer", "sessions", "watch"]
  assert.deepEqual(
    RELEASES.map((file) => [
      file,
      [...new Set(itemsOf(recordedOf(file).requests.slice(2)).map(({ kind }) => kind))].toSorted(),
    ]),
    ["6.49.json", "7.12.json", "7.18.json", "7.22.json"].map((file) => [file, kinds]),
  )
}

// The hooks stand inside: beside another file's tests in one process they would run before all of them.
describe("what scripts of the first release post", () => {
  before(async () => {
    db = await testDatabase({ isSetUp: false })
    dataDir = mkdtempSync(join(tmpdir(), "ispvm-pushes-"))
    await makeAuthority(dataDir)
    copyFileSync(db.passwordsFile, join(dataDir, "database.json"))
    appliance = await startWholeAppliance(dataDir, databaseUrl(db.superuser))
    await appliance.setUp()
  })
  after(async () => {
    await appliance?.app.stop()
    await db.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  for (const file of RELEASES)
    test(`RouterOS ${file.replace(".json", "")}: what a script of the first release posts is taken and stored as it was`, () =>
      isStoredAsItWas(file))

  test("each release's recording holds each kind of message", hasEachKind)
})
