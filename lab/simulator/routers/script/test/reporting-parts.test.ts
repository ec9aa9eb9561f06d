/** What the scripts report of neighbours and sessions, and their parts, run by themselves. */
import assert from "node:assert/strict"
import { after, describe, test } from "node:test"
import { makeScript } from "@ispvm/routeros-scripts/companion"
import fc from "fast-check"
import { testRouter } from "../../os/test/router.ts"
import { num, str } from "../../os/values.ts"
import { harness } from "./harness.ts"
import {
  connectRouter,
  desiredConfigFor,
  LINK_EVENTS_ONLY,
  routers,
  startFakeAppliance,
  stopAll,
  until,
  waitForWatcher,
} from "./reporting.ts"

after(stopAll)

const peerTests = (): void => {
  for (const [persona, address, menu] of [
    ["ccr1036-6.49", "127.40.99.38", "peer"],
    ["ccr2004-7.18", "127.40.99.39", "session"],
  ] as const) {
    test(`${persona}: neighbours that go down and up are reported with their names`, async () => {
      const appliance = await startFakeAppliance()
      const router = testRouter(persona, address)
      routers.add(router)
      const peer = (name: string, protocol: "bgp" | "ospf", isUp: boolean) => ({
        peer: {
          port: "ether1",
          name,
          address: `10.0.0.${name.length}`,
          protocol,
          remoteAs: 64_500,
        },
        isUp,
        sinceMs: 0,
      })
      let peers = [
        peer("one", "bgp", true),
        peer("three", "bgp", true),
        peer("second", "ospf", true),
      ]
      Object.assign(router.os.network, { peers: () => peers })
      router.os.boot()
      await router.run(
        makeScript(
          "onboard",
          desiredConfigFor(router.router.persona.version, "edge", appliance.url, LINK_EVENTS_ONLY),
        ).text,
      )
      await waitForWatcher(router)
      peers = [peer("one", "bgp", false), peer("three", "bgp", true)]
      const peerItems = () =>
        appliance.pushes
          .flatMap(({ items }) => items)
          .flatMap((item) =>
            item.kind === "peer"
              ? [[item.protocol, item.name, item.address, item.state, item.detail]]
              : [],
          )
      await until("they are gone", () => peerItems().length === 2)
      const name = menu === "peer" ? "one" : "one-1"
      assert.deepEqual(peerItems(), [
        ["bgp", name, "10.0.0.3", "down", menu === "peer" ? "idle" : "gone"],
        ["ospf", "10.0.0.6", "10.0.0.6", "down", "gone"],
      ])
      peers = [peer("one", "bgp", true), peer("three", "bgp", true), peer("second", "ospf", true)]
      await until("they are back", () => peerItems().length === 4)
      assert.deepEqual(peerItems().slice(2), [
        ["bgp", name, "10.0.0.3", "up", "established"],
        ["ospf", "10.0.0.6", "10.0.0.6", "up", "Full"],
      ])
      assert.deepEqual(appliance.errors, [])
    })
  }
}

/** Parts of the scripts, run by themselves. */
const sourceTests = (): void => {
  test("the scripts' JSON preserves any text", async () => {
    const { router } = await connectRouter("ccr1036-6.49", "127.40.99.42", "cpe", LINK_EVENTS_ONLY)
    const source =
      router.os.store.table("/system/script").named("ispvm-watch")?.values.get("source") ?? ""
    const from = source.indexOf(":local inside do={")
    const escaping = source.slice(from, source.indexOf("\n}\n", from) + 3)
    const { scripts, run } = harness(undefined, "6.49.18")
    const unit = fc.oneof(
      fc.integer({ min: 1, max: 0x7f }).map((code) => String.fromCharCode(code)),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(unit, { maxLength: 40 })
          .map((units) => units.join(""))
          .filter((text) => text.isWellFormed() && !text.includes("\0")),
        async (text) => {
          const args = new Map([["given", str(text)]])
          const output = await run(`${escaping}:put [$inside text=$given]`, { args })
          assert.equal(JSON.parse(`"${output}"`), text)
        },
      ),
      { numRuns: 200 },
    )
    await scripts.stop()
  })

  test("sessions are reported when their number changes by a tenth, and by five at least", async () => {
    const { router } = await connectRouter("chr-7.22", "127.40.99.40", "access", LINK_EVENTS_ONLY)
    const source =
      router.os.store.table("/system/script").named("ispvm-sessions")?.values.get("source") ?? ""
    let count = 100
    const { scripts, run } = harness(({ path }) =>
      path === "/ppp/active/print" ? num(count) : { type: "nothing" },
    )
    const text = source.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "\\$")
    const outputs: string[] = []
    await run(`:global state [:toarray ""]; :global look [:parse "${text}"]`)
    for (count of [100, 109, 110, 104, 100, 40, 2, 0, 5])
      outputs.push(
        await run(
          ':global state; :global look; :set state [$look state=$state]; :foreach each in=($state->"added") do={ :put $each }',
        ),
      )
    assert.deepEqual(
      outputs.map((line) => (line === "" ? null : JSON.parse(`{${line}}`))),
      [null, null, [110, 100], null, null, [40, 110], [2, 40], null, null].map((pair) =>
        pair === null ? null : { kind: "sessions", count: pair[0], was: pair[1] },
      ),
    )
    await scripts.stop()
  })
}

// In parallel, because the tests mostly wait.
describe("what a router reports by itself", { concurrency: 20 }, () => {
  peerTests()

  sourceTests()
})
