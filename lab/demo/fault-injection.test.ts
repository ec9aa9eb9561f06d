import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { LabCommand, type LabState } from "../simulator/commands.ts"
import { CommandError } from "../simulator/control-server.ts"
import { type FaultInjection, startFaultInjection } from "./fault-injection.ts"

const UI = "http://127.0.0.1:8080"
const state: LabState = {
  cutLinks: [],
  deadRouters: [],
  poweredOffSites: [],
  lostUpstreams: [],
  degradedLinks: [],
  congestedLinks: [],
  bgpDown: [],
  withoutSessions: [],
  fadedOptics: [],
  ospfDown: [],
  isisDown: [],
  deviceFaults: [],
  possibleFaults: {},
  ospfLinks: [],
  isisLinks: [],
  lossRatio: 0,
  agentRunning: true,
  managementPathDown: false,
  uplinkDown: false,
  mode: "loopback",
}
let applied: LabCommand[] = []
let injection: FaultInjection

before(async () => {
  injection = await startFaultInjection({
    origins: [UI],
    state: () => state,
    apply: async (command) => {
      if (command.do === "cut" && command.link === "nowhere")
        throw new CommandError("no link nowhere")
      if (command.do === "kill") throw new Error("the router does not stop")
      applied.push(command)
      return { ...state, cutLinks: ["a-b"] }
    },
  })
})
after(() => injection.stop())

const post = (body: string, origin?: string) =>
  fetch(injection.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(origin === undefined ? {} : { origin }) },
    body,
  })
const command = (given: LabCommand) => JSON.stringify(LabCommand.parse(given))

test("a page of the appliance reads the state, injects a fault and gets the state after it", async () => {
  applied = []
  const before = await fetch(injection.url, { headers: { origin: UI } })
  assert.deepEqual(await before.json(), state)
  assert.equal(before.headers.get("access-control-allow-origin"), UI)
  const cut = await post(command({ do: "cut", link: "a-b" }), UI)
  assert.deepEqual([cut.status, await cut.json()], [200, { ...state, cutLinks: ["a-b"] }])
  assert.deepEqual(applied, [{ do: "cut", link: "a-b" }])
  const preflight = await fetch(injection.url, { method: "OPTIONS", headers: { origin: UI } })
  assert.deepEqual(
    [preflight.status, preflight.headers.get("access-control-allow-headers")],
    [204, "content-type"],
  )
})

test("a page of another site is rejected, and so is an address without the secret", async () => {
  applied = []
  const foreign = await post(command({ do: "heal" }), "http://evil.example")
  assert.deepEqual(
    [foreign.status, foreign.headers.get("access-control-allow-origin")],
    [403, null],
  )
  const guess = await fetch(new URL("/guess", injection.url), { method: "POST", body: "{}" })
  assert.equal(guess.status, 404)
  assert.deepEqual(applied, [])
})

test("an unknown name or command is the caller's error, a failing simulation is not", async () => {
  const statusOf = async (body: string) => (await post(body)).status
  assert.equal(await statusOf(command({ do: "cut", link: "nowhere" })), 422)
  assert.equal(await statusOf("{"), 422)
  assert.equal(await statusOf(JSON.stringify({ do: "dance" })), 422)
  assert.equal(await statusOf(`"${"x".repeat(70_000)}"`), 422)
  assert.equal(await statusOf(command({ do: "kill", router: "r" })), 500)
})
