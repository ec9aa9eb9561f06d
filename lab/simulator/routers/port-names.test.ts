/** The agent's facts follow interfaces that are renamed or get other indexes. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { withRouter } from "./agent-rig.ts"

type Item = { readonly kind: string; readonly atMs: number; readonly interface?: string }
type Port = { readonly name: string; readonly mac: string | null; readonly ifIndex: number | null }
const factsOf = (items: readonly object[]) =>
  items.find((item) => "kind" in item && item.kind === "facts") as
    | (Item & { readonly interfaces: readonly (Port & { readonly id?: string })[] })
    | undefined
const portsOf = (items: readonly object[]) =>
  items.filter((item) => "kind" in item && item.kind === "interface") as Item[]

for (const source of ["api", "snmp"] as const)
  test(`${source}: two interfaces that swap their names are in facts before their counters`, () =>
    withRouter("ist-core-1", async ({ router, collect }) => {
      const before = factsOf(await collect("facts", source))
      const macOf = (name: string, ports = before?.interfaces) =>
        ports?.find((port) => port.name === name)?.mac
      assert.ok(macOf("ether1") !== macOf("ether2"), "MAC addresses differ")
      assert.equal(factsOf(await collect("interface", source)), undefined)
      assert.equal(factsOf(await collect("interface", source)), undefined, "nothing has changed")
      router.relabelPorts({ ether1: { name: "ether2" }, ether2: { name: "ether1" } })
      const items = await collect("interface", source)
      assert.ok(items[0] !== undefined && "kind" in items[0] && items[0].kind === "facts")
      const after = factsOf(items)
      assert.equal(macOf("ether1", after?.interfaces), macOf("ether2"))
      assert.equal(macOf("ether2", after?.interfaces), macOf("ether1"))
      const atMs = after?.atMs ?? Number.POSITIVE_INFINITY
      assert.ok(portsOf(items).every((port) => port.atMs >= atMs))
      assert.equal(factsOf(await collect("interface", source)), undefined, "once")
    }))

test("snmp: indexes that move are in facts with the names and MAC addresses as before", () =>
  withRouter("ist-core-1", async ({ router, collect }) => {
    const before = factsOf(await collect("facts", "snmp"))?.interfaces ?? []
    await collect("interface", "snmp")
    const changes = before.map(({ name, ifIndex }) => [name, { index: (ifIndex ?? 0) + 40 }])
    router.relabelPorts(Object.fromEntries(changes))
    const after = factsOf(await collect("interface", "snmp"))?.interfaces ?? []
    assert.deepEqual(
      after.map(({ name, mac, ifIndex }) => [name, mac, ifIndex]),
      before.map(({ name, mac, ifIndex }) => [name, mac, (ifIndex ?? 0) + 40]),
    )
  }))

test("api: facts have the router's ids, which stay with a renamed interface", () =>
  withRouter("ist-core-1", async ({ router, collect }) => {
    const before = factsOf(await collect("facts"))?.interfaces ?? []
    const id = before.find(({ name }) => name === "ether1")?.id
    assert.match(id ?? "", /^\*[0-9A-F]+$/)
    await collect("interface")
    router.relabelPorts({ ether1: { name: "uplink" } })
    const after = factsOf(await collect("interface"))?.interfaces ?? []
    assert.equal(after.find(({ name }) => name === "uplink")?.id, id)
    assert.equal(after.length, before.length)
  }))
