/**
 * This release takes over what the first one kept on disk: tables, secrets, authority, an open
 * incident, and what people entered.
 */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { z } from "zod"
import { HistoryMessage, TimelineMessage, Title } from "../src/api/messages.ts"
import { textOf } from "../src/messages/text.ts"
import { type OldData, recorded, restoreFirstRelease } from "./first-release.ts"
import { until } from "./program.ts"
import { sendTls, type TlsAnswer } from "./send-tls.ts"
import { type Json, startWholeAppliance, type WholeAppliance } from "./whole-appliance.ts"

const AGENT_FOLDER = join(import.meta.dirname, "fixtures", "agent-v1")
const PUSHES = join(import.meta.dirname, "fixtures", "push-v1")
const Requests = z.object({
  requests: z.array(
    z.object({ method: z.string(), path: z.string(), body: z.string().nullable() }),
  ),
})
const Identity = z.object({
  agent: z.string(),
  keyPem: z.string(),
  certificatePem: z.string(),
  chainPem: z.string(),
  rootPem: z.string(),
})
const identity = Identity.parse(
  JSON.parse(readFileSync(join(AGENT_FOLDER, "identity.json"), "utf8")),
)

/** For a machine under heavy load. */
const PATIENCE_MS = 90_000

let old: OldData
let appliance: WholeAppliance
/** The open incident as shown before anything is measured. */
let atStart: Json
/** As the recorded agent, with its own certificate. */
const askAsAgent = async (method: string, path: string, body?: object): Promise<TlsAnswer> => {
  const { agentApiUrl } = await appliance.get("/session")
  return await sendTls({
    port: Number(new URL(String(agentApiUrl)).port),
    method,
    path,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body,
    ca: identity.rootPem,
    cert: `${identity.certificatePem}${identity.chainPem}`,
    key: identity.keyPem,
  })
}
const ago = (atMs: number): number => atMs + old.byMs
const Rows = z.array(z.looseObject({}))
const rowsOf = (value: unknown): readonly Json[] => Rows.parse(value)
const itemsOf = async (path: string): Promise<readonly Json[]> =>
  rowsOf((await appliance.get(path)).items)

type Incident = (typeof recorded.incidents)[number]
// Its sentences are legacy text now, which is shown unchanged.
const Sentence = z.union([TimelineMessage, Title, HistoryMessage])
const sentence = (message: unknown): string => textOf(Sentence.parse(message))
const timelineOf = (incident: Json) =>
  rowsOf(incident.timeline).map(({ atMs, who, message }) => ({
    atMs,
    who,
    text: sentence(message),
  }))
const shiftedTimeline = ({ timeline }: Incident) =>
  timeline.map((entry) => ({ ...entry, atMs: ago(entry.atMs) }))

const closedAreUnchanged = async (): Promise<void> => {
  const closed = recorded.incidents.filter(({ isOpen }) => !isOpen)
  assert.ok(closed.length >= 2)
  for (const was of closed) {
    const now = await appliance.get(`/incidents/${was.id}`)
    assert.deepEqual(
      [
        now.number,
        now.state,
        sentence(now.title),
        now.openedAtMs,
        now.closedAtMs,
        now.acknowledgedBy,
        now.confidence,
        rowsOf(now.because).map(sentence),
      ],
      [
        ...[
          was.number,
          "closed",
          was.title,
          ago(was.openedAtMs),
          was.closedAtMs && ago(was.closedAtMs),
        ],
        ...[was.acknowledgedBy, was.confidence, was.because],
      ],
    )
    assert.deepEqual(
      rowsOf(now.causes).map(({ name }) => name),
      was.causes,
    )
    assert.deepEqual(timelineOf(now), shiftedTimeline(was))
    assert.deepEqual(
      rowsOf(now.evidence).map(({ message }) => sentence(message)),
      was.evidence,
    )
    assert.deepEqual(
      rowsOf(now.diagnosisHistory).map(({ atMs, message }) => [atMs, sentence(message)]),
      was.history.map(({ atMs, text }) => [ago(atMs), text]),
    )
  }
}

const registryIsComplete = async (): Promise<void> => {
  const { devices } = await appliance.get("/topology")
  const shown = rowsOf(devices).map((device) => ({
    ...{ id: device.id, name: device.name, address: device.address, siteName: device.siteName },
    ...{ version: device.version, board: device.board, serial: device.serial },
    isMonitored: device.agentId !== null,
  }))
  const byName = (one: { name?: unknown }, other: { name?: unknown }) =>
    String(one.name) < String(other.name) ? -1 : 1
  assert.deepEqual(shown.toSorted(byName), recorded.devices.toSorted(byName))
  const accounts = (await itemsOf("/accounts")).map(({ email, name, role }) => ({
    email,
    name,
    role,
  }))
  assert.deepEqual(accounts.toSorted(byName), recorded.accounts.toSorted(byName))
  const credentials = (await itemsOf("/credentials")).map(({ id, name, username }) => ({
    id,
    name,
    username,
  }))
  assert.deepEqual(credentials.toSorted(byName), recorded.credentials.toSorted(byName))
  const audit = new Map((await itemsOf("/audit?limit=200")).map((entry) => [entry.id, entry]))
  for (const { id, atMs, ...entry } of recorded.audit)
    assert.partialDeepStrictEqual(
      audit.get(id),
      { ...entry, atMs: ago(atMs) },
      JSON.stringify(entry),
    )
}

const routersAreKept = async (): Promise<void> => {
  for (const was of recorded.companions) {
    const now = await appliance.get(`/devices/${was.deviceId}/companion`)
    const { applianceHost } = z.looseObject({ applianceHost: z.string() }).parse(now.desired)
    const hello = z.looseObject({ version: z.string(), done: z.array(z.string()) }).parse(now.hello)
    const { accepted: taken } = z.looseObject({ accepted: z.int() }).parse(now.pushes)
    assert.deepEqual(
      {
        deviceId: now.deviceId,
        lastPushFrom: now.lastPushFrom,
        taken,
        ...{ version: hello.version, done: hello.done },
        keys: rowsOf(now.keys).map(({ id }) => id),
        watched: rowsOf(now.netwatch).map(({ name, host }) => [name, host]),
        applianceHost,
      },
      was,
    )
  }
}

const agentIsRecognised = async (): Promise<void> => {
  const answer = await askAsAgent("GET", "/assignment/v1?revision=")
  assert.equal(answer.status, 200, answer.text)
  const Access = z.object({
    routerosApi: z.object({ username: z.string(), password: z.string() }).nullable(),
    snmp: z
      .looseObject({
        community: z.string().optional(),
        v3: z.looseObject({ authPassword: z.string().nullable() }).optional(),
      })
      .nullable(),
  })
  const { devices } = z
    .object({ devices: z.array(z.object({ name: z.string(), access: Access })) })
    .parse(JSON.parse(answer.text))
  const mine = recorded.devices.filter(({ isMonitored }) => isMonitored)
  assert.deepEqual(
    devices.map(({ name }) => name).toSorted(),
    mine.map(({ name }) => name).toSorted(),
  )
  const access = (name: string) => devices.find((device) => device.name === name)?.access
  assert.equal(access("ist-core-1")?.routerosApi?.password, recorded.routerPassword)
  assert.equal(access("ist-transit-1")?.snmp?.community, recorded.routerCommunity)
}

const authorityIsKept = async (): Promise<void> => {
  assert.equal((await askAsAgent("GET", "/ca")).text, identity.rootPem)
  const { devices } = await appliance.get("/topology")
  const router = rowsOf(devices).find(({ name }) => name === "sam-agg-1")
  const link = await appliance.send("POST", `/devices/${router?.id}/companion/link`, {
    kind: "onboard",
  })
  const port = Number(new URL(String(link.url)).port)
  const { requests } = Requests.parse(JSON.parse(readFileSync(join(PUSHES, "7.18.json"), "utf8")))
  const [getCa, , hello] = requests
  assert.ok(getCa !== undefined && hello !== undefined)
  const ask = {
    port,
    headers: { authorization: `Bearer ${recorded.routerKey}` },
    ca: identity.rootPem,
  }
  const ca = await sendTls({ ...ask, method: getCa.method, path: getCa.path })
  assert.equal(ca.text, identity.rootPem)
  const answer = await sendTls({
    ...ask,
    method: hello.method,
    path: hello.path,
    body: hello.body,
  })
  assert.deepEqual(
    [answer.status, JSON.parse(answer.text)],
    [200, { taken: 0, known: 1, refused: [] }],
  )
}

/** Batches of the recorded agent: every monitored device, and one port, once. */
const createReport = () => {
  const monitored = recorded.devices.filter(({ isMonitored }) => isMonitored)
  const buffer = randomUUID()
  let number = 0
  return async (atMs: number, isDead: (name: string) => boolean): Promise<void> => {
    number += 1
    const pings = monitored.map(({ id, name }) => ({
      kind: "ping",
      device: id,
      atMs,
      answers: !isDead(name),
      icmp: isDead(name)
        ? { sent: 7, received: 0, rttUs: null, jitterUs: null }
        : { sent: 1, received: 1, rttUs: 900, jitterUs: null },
      tcp: isDead(name) ? "silent" : null,
      because: isDead(name) ? "missed" : "round",
    }))
    const far = monitored.find(({ name }) => name === "sam-agg-1")
    const port = {
      kind: "interface",
      device: far?.id,
      interface: "ether1",
      atMs,
      source: "routeros-api",
      running: !isDead("sam-acc-1"),
      disabled: false,
      ...{ rxBps: 0, txBps: 0, rxPps: 0, txPps: 0, errorsPs: 0, dropsPs: 0 },
    }
    const batch = { protocol: 1, buffer, number, sentAtMs: Date.now(), items: [...pings, port] }
    const answer = await askAsAgent("POST", "/ingest/v1/batches", batch)
    assert.partialDeepStrictEqual(JSON.parse(answer.text), {
      accepted: batch.items.length,
      rejected: [],
    })
  }
}

const openIncidentGoesOn = async (): Promise<void> => {
  const [open, ...more] = recorded.incidents.filter(({ isOpen }) => isOpen)
  assert.ok(open !== undefined)
  assert.deepEqual(more, [])
  const detail = () => appliance.get(`/incidents/${open.id}`)
  const was = atStart
  assert.deepEqual(
    [was.number, was.state, was.openedAtMs],
    [open.number, "open", ago(open.openedAtMs)],
  )
  // An open incident is described anew, in the words of this release.
  assert.match(sentence(was.title), /^Link sam-acc-1-uplink is cut, or router sam-acc-1 is/)
  assert.deepEqual(
    rowsOf(was.symptomList).map(({ deviceName, interface: port, phase, sinceMs }) => [
      deviceName,
      port,
      phase === "down",
      sinceMs,
    ]),
    recorded.symptoms.map(({ deviceName, interface: port, isDown, sinceMs }) => [
      deviceName,
      port,
      isDown,
      ago(sinceMs),
    ]),
  )

  const report = createReport()
  // What an agent has measured while the appliance was away: still dead at first, then well.
  const startMs = ago(recorded.applianceStoppedAtMs)
  for (const second of [1, 2, 3])
    await report(startMs + second * 1_000, (name) => name === "sam-acc-1")
  const openNow = (await itemsOf("/incidents?state=open")).filter(({ title }) =>
    JSON.stringify(title).includes("sam-acc-1"),
  )
  assert.deepEqual(
    openNow.map(({ number }) => number),
    [open.number],
  )
  for (let atMs = startMs + 4_000; atMs < Date.now(); atMs += 2_000) await report(atMs, () => false)
  const closed = await until(
    "the incident closed",
    async () => {
      await report(Date.now(), () => false)
      const now = await detail()
      return now.state === "closed" ? now : null
    },
    PATIENCE_MS,
  )
  assert.deepEqual(timelineOf(closed).slice(0, open.timeline.length), shiftedTimeline(open))
  assert.equal(rowsOf(closed.timeline).at(-1)?.kind, "closed")
}

// The hooks are inside, because outside they would run before the tests of all files of this
// process.
describe("the data folder of an appliance of the first release", () => {
  before(async () => {
    old = await restoreFirstRelease()
    appliance = await startWholeAppliance(old.dataDir, old.url)
    await appliance.logIn(recorded.login.email, recorded.login.password)
    atStart = await appliance.get(
      `/incidents/${recorded.incidents.find(({ isOpen }) => isOpen)?.id}`,
    )
  })
  after(async () => {
    await appliance?.app.stop()
    await old?.remove()
  })

  test(
    "closed incidents are shown unchanged: cause, evidence, every text of timeline and history",
    closedAreUnchanged,
  )
  test("inventory, accounts, credentials and audit are there", registryIsComplete)
  test(
    "self-reporting routers keep their profile, their keys and what they have reported",
    routersAreKept,
  )
  test(
    "the recorded agent is recognised, and gets its devices with the stored secrets",
    agentIsRecognised,
  )
  test(
    "agents and routers find the authority of their root, and a router's key and reports are known",
    authorityIsKept,
  )
  test(
    "the open incident continues as the same one, and is closed by new measurements",
    openIncidentGoesOn,
  )
})
