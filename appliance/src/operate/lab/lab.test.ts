import assert from "node:assert/strict"
import { createServer } from "node:http"
import { test } from "node:test"
import type { LabState } from "../../api/lab.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { createLab } from "./lab.ts"

const state: LabState = {
  cutLinks: ["a-b"],
  deadRouters: [],
  poweredOffSites: [],
  lostUpstreams: [],
  lossRatio: 0,
  agentRunning: true,
  managementPathDown: false,
  uplinkDown: false,
  mode: "namespace",
}
const rejectionOf = (work: Promise<unknown>) =>
  work.then(
    () => assert.fail("expected a refusal"),
    (error: unknown) => {
      assert.ok(error instanceof HttpError)
      return { status: error.status, code: error.code, message: error.message }
    },
  )

test("commands are passed on; what the network refuses, breaks or never answers is told apart, and its address is not told", async () => {
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += chunk
    const answer = (status: number, json: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json))
    if (body.includes("unknown")) return answer(400, { message: "there is no router unknown" })
    if (body.includes("broken")) return answer(500, { message: "oops" })
    if (body.includes("strange")) return answer(200, { hello: 1 })
    return answer(200, state)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  assert.ok(typeof address === "object" && address !== null)
  const lab = createLab({ url: `http://127.0.0.1:${address.port}/hidden` })
  assert.deepEqual(await lab.state(), state)
  assert.deepEqual(await lab.execute({ do: "cut", link: "a-b" }), state)
  const kill = (router: string) => rejectionOf(lab.execute({ do: "kill", router }))
  assert.deepEqual(await kill("unknown"), {
    status: 422,
    code: "lab-rejected",
    message: "there is no router unknown",
  })
  assert.equal((await kill("broken")).status, 502)
  assert.equal((await kill("strange")).status, 502)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  const away = await rejectionOf(lab.state())
  assert.equal(away.code, "lab-away")
  assert.doesNotMatch(away.message, /hidden/)
})

test("without a simulated network the answer is 404", async () => {
  assert.equal((await rejectionOf(createLab({ url: null }).state())).status, 404)
})
