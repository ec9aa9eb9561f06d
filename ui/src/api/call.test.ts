import assert from "node:assert/strict"
import { test } from "node:test"
import { createCall } from "./call.ts"
import { ApiError } from "./problem.ts"

const callWith = (answer: Response) => {
  const requests: { url: string; init: RequestInit }[] = []
  let logouts = 0
  const fetcher: typeof fetch = async (url, init) => {
    requests.push({ url: String(url), init: init ?? {} })
    return answer
  }
  const call = createCall(fetcher, () => {
    logouts += 1
  })
  return { call, requests, logouts: () => logouts }
}

test("call: parameters of the path and the query are encoded, undefined ones left out", async () => {
  const { call, requests } = callWith(Response.json({ items: [], next: null }))
  await call("GET /devices/{id}/events", {
    params: { id: "a/b" },
    query: { interface: "ether1 uplink", limit: 5, since: undefined },
  })
  assert.equal(requests[0]?.url, "/api/v1/devices/a%2Fb/events?interface=ether1+uplink&limit=5")
  assert.equal(requests[0]?.init.body, undefined)
})
test("call: a body is sent as JSON", async () => {
  const { call, requests } = callWith(Response.json({ id: "x" }, { status: 201 }))
  await call("POST /regions", { body: { name: "North" } })
  assert.equal(requests[0]?.init.method, "POST")
  assert.equal(requests[0]?.init.body, '{"name":"North"}')
  assert.equal(new Headers(requests[0]?.init.headers).get("content-type"), "application/json")
})
test("call: 204 answers nothing", async () => {
  const { call } = callWith(new Response(null, { status: 204 }))
  assert.equal(await call("DELETE /session"), undefined)
})
test("call: a problem document is thrown, and 401 ends the session", async () => {
  const { call, logouts } = callWith(
    Response.json({ status: 401, code: "logged-out", title: "Log in" }, { status: 401 }),
  )
  await assert.rejects(
    call("GET /sites"),
    (error) => error instanceof ApiError && error.code === "logged-out",
  )
  assert.equal(logouts(), 1)
})
test("call: a body, a parameter or a path that the appliance does not take is a type error", () => {
  const { call } = callWith(new Response(null, { status: 204 }))
  const wrong = (): void => {
    // @ts-expect-error the name is missing
    void call("POST /regions", { body: {} })
    // @ts-expect-error no parameter
    void call("GET /devices/{id}")
    // @ts-expect-error no such endpoint
    void call("GET /nothing")
  }
  assert.equal(typeof wrong, "function")
})
