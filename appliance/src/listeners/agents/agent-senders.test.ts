/**
 * Two machines with one identity at the agent API: both are served, the second gets no tasks, and
 * it is reported.
 */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { openRig, type Rig } from "../../../test/agent-rig.ts"
import type { Agent } from "../../api/agents.ts"
import { textOf } from "../../messages/text.ts"
import { conflict } from "../../platform/http/http-error.ts"
import { AgentId } from "../../platform/ids.ts"

let rig: Rig
let steadyMs = 0
before(async () => {
  rig = await openRig({ steady: () => steadyMs })
})
after(() => rig.close())

const heartbeat = (over: object = {}) => ({
  protocol: 1,
  atMs: rig.clock.now(),
  version: "0.1.0",
  startedAtMs: 1,
  hostname: "pop",
  revision: "",
  devices: 0,
  bufferBatches: 0,
  bufferBytes: 0,
  oldestBufferedAtMs: null,
  capabilities: { icmp: true, syslogPort: null },
  notes: [],
  ...over,
})
const notesOf = ({ notes }: Agent): readonly string[] => notes.map((note) => textOf(note))
const batch = () => ({
  protocol: 1,
  buffer: randomUUID(),
  number: 1,
  sentAtMs: rig.clock.now(),
  items: [],
})
const audited = async (id: string): Promise<string[]> =>
  (
    await rig.dbs.ui.asOrg(
      rig.org,
      (tx) =>
        tx<
          { action: string }[]
        >`select action from audit.entry where subject_id = ${id} order by id`,
    )
  ).map(({ action }) => action)

test("two alternating processes are reported, and only the first one gets tasks", async () => {
  const { id, client } = await rig.enrolled("cloned")
  const [first, second] = [randomUUID(), randomUUID()]
  const sendHeartbeat = async (boot: string) => {
    steadyMs += 1_000
    const answer = await rig.send(
      "POST",
      "/heartbeat/v1",
      heartbeat({ hostname: boot === first ? "pop-a" : "pop-b" }),
      client,
      {
        "ispvm-boot": boot,
      },
    )
    assert.equal(answer.status, 200)
  }
  for (const boot of [first, second, first, second, first, second]) await sendHeartbeat(boot)
  const agent = await rig.agents.one(rig.org, id)
  assert.deepEqual(
    [agent.status, agent.statusReason, agent.hostname],
    ["degraded", "identity-shared", "pop-a"],
  )
  assert.match(
    notesOf(agent)[0] ?? "",
    /^Two machines use this agent's identity: pop-a .* and pop-b .* To keep another machine, stop its agent/,
  )
  assert.deepEqual(
    rig.problems.map(({ reason }) => reason),
    ["identity-shared"],
  )
  const task = {
    kind: "confirm",
    id: randomUUID(),
    devices: [randomUUID()],
    because: "test",
  } as const
  rig.agents.queue(AgentId.parse(id), { kind: "reload", id: task.id })
  const poll = (boot: string) =>
    rig.send("GET", "/tasks/v1?wait=0", null, client, { "ispvm-boot": boot })
  assert.deepEqual((await poll(second)).json.tasks, [])
  assert.deepEqual((await poll(first)).json.tasks, [{ kind: "reload", id: task.id }])
  await rig.send("POST", "/ingest/v1/batches", batch(), client, { "ispvm-boot": second })
  assert.equal(rig.batches.at(-1)?.sender.isSecond, true)
  await rig.send("POST", "/ingest/v1/batches", batch(), client, { "ispvm-boot": first })
  assert.equal(rig.batches.at(-1)?.sender.isSecond, false)
  // The row is written asynchronously; the request does not wait for it.
  for (let n = 0; n < 100 && !(await audited(id)).includes("agent.identity-shared"); n += 1)
    await sleep(20)
  assert.ok((await audited(id)).includes("agent.identity-shared"))
})

test("a buffer conflict is answered 409, recorded and audited, and is not an error of the agent", async () => {
  const { id, client } = await rig.enrolled("restored")
  await rig.send("POST", "/heartbeat/v1", heartbeat(), client, { "ispvm-boot": randomUUID() })
  rig.whenBatch(() => Promise.reject(conflict("buffer-conflict", "another content")))
  const answer = await rig.send("POST", "/ingest/v1/batches", batch(), client, {
    "ispvm-boot": randomUUID(),
  })
  rig.whenBatch(async () => undefined)
  assert.deepEqual([answer.status, answer.json.code], [409, "buffer-conflict"])
  const agent = await rig.agents.one(rig.org, id)
  assert.equal(agent.status, "ok")
  assert.match(notesOf(agent)[0] ?? "", /restored from a snapshot, or is a copy/)
})

test("a wrong clock is a problem with its amount, reported within five heartbeats", async () => {
  const { id, client } = await rig.enrolled("wrong-clock")
  const boot = randomUUID()
  const sendHeartbeat = (skewMs: number) =>
    rig.send(
      "POST",
      "/heartbeat/v1",
      heartbeat({ atMs: rig.clock.now() + skewMs, notes: ["This agent's clock is 1 s ahead."] }),
      client,
      {
        "ispvm-boot": boot,
      },
    )
  await sendHeartbeat(-2_000)
  assert.equal((await rig.agents.one(rig.org, id)).status, "ok")
  for (let n = 0; n < 5; n += 1) await sendHeartbeat(-3_600_000)
  const agent = await rig.agents.one(rig.org, id)
  assert.deepEqual(
    [agent.status, agent.statusReason, agent.clockSkewMs],
    ["degraded", "clock-skew", -3_600_000],
  )
  assert.equal(notesOf(agent).filter((note) => /clock/.test(note)).length, 1)
  assert.match(notesOf(agent)[0] ?? "", /1 h behind .* corrected.*timedatectl/)
})

test("batches of many agents at once wait for their turn, and none is sent away", async () => {
  const clients = []
  for (let n = 0; n < 7; n += 1) clients.push((await rig.enrolled(`many-${n}`)).client)
  const gate = Promise.withResolvers<void>()
  let [running, most] = [0, 0]
  rig.whenBatch(async () => {
    running += 1
    most = Math.max(most, running)
    await gate.promise
    running -= 1
  })
  const sent = clients.flatMap((client) =>
    Array.from({ length: 3 }, () => rig.send("POST", "/ingest/v1/batches", batch(), client)),
  )
  while (running < 16) await sleep(5)
  await sleep(50)
  assert.equal(running, 16)
  gate.resolve()
  const statuses = (await Promise.all(sent)).map(({ status }) => status)
  assert.deepEqual(statuses, Array(21).fill(200))
  assert.equal(most, 16)
  rig.whenBatch(async () => undefined)
})
