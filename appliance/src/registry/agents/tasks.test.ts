import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { DeviceId, LIMITS, type Task, type TestResult } from "@ispvm/wire"
import { AgentId } from "../../platform/ids.ts"
import { createTasks, type TestTask } from "./tasks.ts"

const agent = AgentId.parse(randomUUID())
const other = AgentId.parse(randomUUID())
const never = new AbortController().signal
const confirm = (): Task => ({
  kind: "confirm",
  id: randomUUID(),
  devices: [DeviceId.parse(randomUUID())],
  because: "a log line",
})
const reload = (): Task => ({ kind: "reload", id: randomUUID() })
const access = { address: "192.0.2.1", routerosApi: null, snmp: null, icmp: true, tcpPort: null }
const testTask = (): TestTask => ({
  kind: "test-access",
  id: randomUUID(),
  access,
  deadlineMs: 100,
})
const resultOf = (id: string): TestResult => ({
  kind: "test-access",
  id,
  ok: true,
  steps: [],
  fingerprint: null,
  facts: null,
})
const make = () => {
  const time = { nowMs: 0 }
  return { time, tasks: createTasks({ now: () => time.nowMs }) }
}

test("tasks are delivered once, in order, to their agent alone", async () => {
  const { tasks } = make()
  const [first, second] = [confirm(), confirm()]
  tasks.queue(agent, first)
  tasks.queue(agent, second)
  assert.deepEqual(await tasks.take(other, 0, never), [])
  assert.deepEqual(await tasks.take(agent, 0, never), [first, second])
  assert.deepEqual(await tasks.take(agent, 0, never), [])
})

test("a waiting poll is answered as soon as a task is queued", async () => {
  const { tasks } = make()
  const poll = tasks.take(agent, 60_000, never)
  const task = confirm()
  tasks.queue(agent, task)
  assert.deepEqual(await poll, [task])
})

test("a poll ends empty when its wait is over", async () => {
  assert.deepEqual(await make().tasks.take(agent, 1, never), [])
})

test("a newer poll replaces the older one, which ends empty", async () => {
  const { tasks } = make()
  const older = tasks.take(agent, 60_000, never)
  const newer = tasks.take(agent, 60_000, never)
  assert.deepEqual(await older, [])
  const task = confirm()
  tasks.queue(agent, task)
  assert.deepEqual(await newer, [task])
})

test("an aborted poll takes no task", async () => {
  const { tasks } = make()
  const gone = new AbortController()
  const poll = tasks.take(agent, 60_000, gone.signal)
  gone.abort()
  assert.deepEqual(await poll, [])
  const task = confirm()
  tasks.queue(agent, task)
  assert.deepEqual(await tasks.take(agent, 0, never), [task])
})

test("repeated reloads are one task, and a probe requested ten seconds ago is dropped", async () => {
  const { tasks, time } = make()
  const first = reload()
  for (const task of [first, reload(), confirm(), reload()]) tasks.queue(agent, task)
  time.nowMs = 10_000
  assert.deepEqual(await tasks.take(agent, 0, never), [first])
})

test("no more tasks than the contract allows are delivered at once, and the queue is bounded", async () => {
  const { tasks } = make()
  for (let made = 0; made < 1_000; made += 1) tasks.queue(agent, confirm())
  let received = 0
  for (;;) {
    const some = await tasks.take(agent, 0, never)
    if (some.length === 0) break
    assert.ok(some.length <= LIMITS.tasksAtOnce)
    received += some.length
  }
  assert.equal(received, 256)
})

test("a test result reaches its requester once, and only from the agent that was asked", async () => {
  const { tasks } = make()
  const task = testTask()
  const running = tasks.run(agent, task, 60_000)
  assert.deepEqual(await tasks.take(agent, 0, never), [task])
  assert.equal(tasks.complete(other, resultOf(task.id)), false)
  assert.equal(tasks.complete(agent, resultOf(randomUUID())), false)
  assert.equal(tasks.complete(agent, resultOf(task.id)), true)
  assert.equal((await running)?.ok, true)
  assert.equal(tasks.complete(agent, resultOf(task.id)), false)
})

test("a test without a result before its deadline gives null", async () => {
  assert.equal(await make().tasks.run(agent, testTask(), 1), null)
})

test("dropping an agent ends its poll and its tests, and those of no other agent", async () => {
  const { tasks } = make()
  const [poll, otherPoll] = [tasks.take(agent, 60_000, never), tasks.take(other, 60_000, never)]
  const running = tasks.run(agent, testTask(), 60_000)
  tasks.drop(agent)
  assert.equal((await poll).length, 1) // It was delivered before the drop.
  assert.equal(await running, null)
  const task = confirm()
  tasks.queue(other, task)
  assert.deepEqual(await otherPoll, [task])
  const last = tasks.take(other, 60_000, never)
  tasks.drop()
  assert.deepEqual(await last, [])
})
