import assert from "node:assert/strict"
import { test } from "node:test"
import type { ReactiveController, ReactiveControllerHost } from "lit"
import { ApiError } from "../api/problem.ts"
import { ActionController } from "./action.ts"
import { RequestController } from "./request.ts"

/** A host that updates on request. */
const makeHost = () => {
  const controllers: ReactiveController[] = []
  const host: ReactiveControllerHost = {
    addController: (controller) => controllers.push(controller),
    removeController: () => undefined,
    requestUpdate: () => undefined,
    updateComplete: Promise.resolve(true),
  }
  return {
    host,
    connect: () => {
      for (const each of controllers) each.hostConnected?.()
    },
    disconnect: () => {
      for (const each of controllers) each.hostDisconnected?.()
    },
    update: () => {
      for (const each of controllers) each.hostUpdate?.()
    },
  }
}
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const refused = (status: number): ApiError => new ApiError(status, "x", `refused ${status}`)

const makeRequest = (answers: readonly (string | Error)[]) => {
  const { host, connect, disconnect, update } = makeHost()
  let key: readonly [string] | null = ["a"]
  const asked: string[] = []
  const request = new RequestController<string, readonly [string]>(host, {
    key: () => key,
    load: async ([id]) => {
      asked.push(id)
      const answer = answers[asked.length - 1] ?? ""
      if (answer instanceof Error) throw answer
      return answer
    },
    isGone: (error) => error instanceof ApiError && error.status === 404,
  })
  const go = async (next: readonly [string] | null = key): Promise<void> => {
    key = next
    update()
    await nextTurn()
  }
  return { request, asked, go, connect, disconnect }
}

test("request: it loads once for a key, and again for another", async () => {
  const { request, asked, go, connect } = makeRequest(["one", "two"])
  connect()
  assert.equal(request.state.phase, "loading")
  await go()
  await go()
  assert.equal(request.value, "one")
  await go(["b"])
  assert.equal(request.value, "two")
  assert.deepEqual(asked, ["a", "b"])
})
test("request: a failed first load is failed, and a reload repairs it", async () => {
  const { request, go, connect } = makeRequest([refused(503), "one"])
  connect()
  await go()
  assert.equal(request.state.phase, "failed")
  await request.reload()
  assert.equal(request.value, "one")
})
test("request: a failed reload keeps the value and says it is stale", async () => {
  const { request, go, connect } = makeRequest(["one", refused(503), "two"])
  connect()
  await go()
  await request.reload()
  assert.equal(request.value, "one")
  assert.ok(request.isStale)
  await request.reload()
  assert.equal(request.value, "two")
  assert.ok(!request.isStale)
})
test("request: what is gone is dropped", async () => {
  const { request, go, connect } = makeRequest(["one", refused(404)])
  connect()
  await go()
  await request.reload()
  assert.equal(request.state.phase, "failed")
})
test("request: while another key loads its value may stay; if that fails, it is not shown as its answer", async () => {
  const { host, connect, update } = makeHost()
  let key = "a"
  let isSame = false
  const answers: (string | Error)[] = ["one", refused(503), "two", refused(503)]
  const request = new RequestController(host, {
    key: () => [key] as const,
    load: async () => {
      const answer = answers.shift() ?? ""
      if (answer instanceof Error) throw answer
      return answer
    },
    keepsValue: () => true,
    isSame: () => isSame,
  })
  const go = async (next: string): Promise<void> => {
    key = next
    update()
    await nextTurn()
  }
  connect()
  await go("a")
  const failing = go("b")
  assert.equal(request.value, "one")
  await failing
  assert.equal(request.state.phase, "failed")
  assert.equal(request.value, undefined)
  await request.reload()
  assert.equal(request.value, "two")
  // Versions of one thing: the value is old, but an answer.
  isSame = true
  await go("c")
  assert.deepEqual([request.state.phase, request.value], ["stale", "two"])
})
test("request: without a key nothing is requested", async () => {
  const { request, asked, go, connect } = makeRequest(["one"])
  connect()
  await go(null)
  assert.deepEqual(asked, [])
  assert.equal(request.state.phase, "loading")
})
test("request: a host that returns to the page loads again", async () => {
  const { asked, go, connect, disconnect } = makeRequest(["one", "two"])
  connect()
  await go()
  disconnect()
  connect()
  await go()
  assert.deepEqual(asked, ["a", "a"])
})
test("request: an answer to an earlier key is ignored", async () => {
  const { host, connect, update } = makeHost()
  const answers = new Map<string, (value: string) => void>()
  let key = "a"
  const request = new RequestController(host, {
    key: () => [key] as const,
    load: ([id]) => new Promise<string>((resolve) => answers.set(id, resolve)),
  })
  connect()
  update()
  key = "b"
  update()
  await nextTurn()
  answers.get("b")?.("new")
  await nextTurn()
  answers.get("a")?.("old")
  await nextTurn()
  assert.equal(request.value, "new")
})

test("action: a refusal is kept until the next action, and one runs at a time", async () => {
  const { host } = makeHost()
  const action = new ActionController<"save">(host)
  assert.equal(
    await action.run("save", async () => {
      throw refused(409)
    }),
    null,
  )
  assert.equal(action.message, "refused 409")
  const running = action.run("save", async () => "done")
  assert.ok(action.isBusy)
  assert.equal(await action.run("save", async () => "second"), null)
  assert.deepEqual(await running, { value: "done" })
  assert.equal(action.message, "")
})
test("action: an error of the UI itself is thrown", async () => {
  const action = new ActionController(makeHost().host)
  await assert.rejects(
    action.run("save", async () => {
      throw new TypeError("a fault")
    }),
    TypeError,
  )
  assert.ok(!action.isBusy)
})
