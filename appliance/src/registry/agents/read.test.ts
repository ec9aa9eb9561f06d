import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { type ReadResult, Task, type TestResult } from "@ispvm/wire"
import { MethodsInput } from "../../api/inventory.ts"
import { textOf } from "../../messages/text.ts"
import { AgentId, OrgId } from "../../platform/ids.ts"
import { type ReadRequest, readMenus } from "./read.ts"
import type { AgentReason } from "./status.ts"
import { createTasks } from "./tasks.ts"

const org = OrgId.parse(randomUUID())
const agent = AgentId.parse(randomUUID())
const never = new AbortController().signal
const tasks = createTasks({ now: () => 0 })
const request: ReadRequest = {
  agentId: agent,
  address: "192.0.2.1",
  methods: MethodsInput.parse({ routerosApi: {}, snmp: {} }),
  secret: { username: "u", password: "p", snmpCommunity: "c", snmpV3: null },
  menus: [{ menu: "/ip/service", properties: ["name", "disabled"] }],
}
const read = (more: Partial<ReadRequest> = {}, reason: AgentReason = "online") => {
  const now = {
    status: reason === "online" ? ("ok" as const) : ("unknown" as const),
    reason,
    sinceMs: null,
  }
  return readMenus({ tasks, agentOf: async () => ({ id: agent, name: "pop", now }) }, org, {
    ...request,
    ...more,
  })
}
/** What the agent at the other end of the poll would answer. */
const answer = async (more: Partial<ReadResult>): Promise<Task> => {
  const [task] = await tasks.take(agent, 1_000, never)
  assert.ok(task?.kind === "read")
  assert.ok(tasks.complete(agent, { kind: "read", id: task.id, trouble: null, menus: [], ...more }))
  return task
}

test("menus are requested as the wire defines them, and their rows come back", async () => {
  const running = read()
  const menus: ReadResult["menus"] = [
    { menu: "/ip/service", rows: [{ name: "api" }], reason: "ok" },
  ]
  const task = await answer({ menus })
  assert.deepEqual(Task.parse(task), task)
  assert.ok(task.kind === "read")
  assert.deepEqual([task.access.snmp, task.access.routerosApi?.username], [null, "u"])
  assert.deepEqual(await running, { ok: true, menus })
})

test("an offline agent, a missing account and a rejection by the router each have a reason and a remedy", async () => {
  const rejected = read()
  await answer({
    trouble: { reason: "wrong-credentials", message: "the router refused the login" },
  })
  const answers = [
    await read({}, "offline"),
    await read({}, "never-enrolled"),
    await read({ methods: MethodsInput.parse({}) }),
    await rejected,
  ]
  assert.deepEqual(
    answers.map((each) => (each.ok ? "ok" : each.reason)),
    ["offline", "never-enrolled", "no-account", "wrong-credentials"],
  )
  for (const each of answers)
    assert.ok(!each.ok && textOf(each.remedy).length > 10 && each.message.length > 10)
})

test("a result of another kind or agent does not end the wait", async () => {
  const running = read()
  const [task] = await tasks.take(agent, 1_000, never)
  const id = task?.id ?? ""
  const tested: TestResult = {
    kind: "test-access",
    id,
    ok: true,
    steps: [],
    fingerprint: null,
    facts: null,
  }
  const result: ReadResult = { kind: "read", id, trouble: null, menus: [] }
  assert.deepEqual(
    [tasks.complete(agent, tested), tasks.complete(AgentId.parse(randomUUID()), result)],
    [false, false],
  )
  assert.ok(tasks.complete(agent, result))
  assert.deepEqual(await running, { ok: true, menus: [] })
})
