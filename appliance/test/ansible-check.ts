/** Of `npm run test:ansible`: check mode, changes and errors of the collection's modules. */
import assert from "node:assert/strict"
import { after, test } from "node:test"
import { z } from "zod"
import { type AnsibleRig, openAnsible, reasonToSkip } from "./ansible-rig.ts"

const skip = reasonToSkip() ?? false
let opened: Promise<AnsibleRig> | undefined
const rig = (): Promise<AnsibleRig> => {
  opened ??= openAnsible()
  return opened
}
after(async () => {
  await (await opened)?.close()
})
const it = (name: string, work: (ansible: AnsibleRig) => Promise<void>): void =>
  void test(`Ansible: ${name}`, { skip }, async () => work(await rig()))

it("check mode describes a whole network on an empty appliance and makes nothing", async (ansible) => {
  const { play, get } = ansible
  const first = await play("network.yml", "--check")
  assert.deepEqual([first.code, first.changed], [0, 5], first.text)
  assert.match(
    first.text.replaceAll(/\s+/g, " "),
    /no region named 'West'. Without check mode, this fails/,
  )
  assert.deepEqual(await get("/sites"), { items: [], next: null })
  const made = await play("network.yml")
  assert.deepEqual([made.code, made.changed], [0, 5], made.text)
  const again = await play("network.yml")
  assert.deepEqual([again.code, again.changed], [0, 0], again.text)
})

it("a change is shown before it is made", async ({ play, get }) => {
  const checked = await play("changes.yml", "--check", "--diff")
  assert.deepEqual([checked.code, checked.changed], [0, 5], checked.text)
  assert.match(checked.text, /-\s+"latitude": 39.93/)
  assert.match(checked.text, /\+\s+"latitude": 39.95/)
  assert.match(JSON.stringify(await get("/sites")), /39\.93/)
  const made = await play("changes.yml")
  assert.deepEqual([made.code, made.changed], [0, 5], made.text)
  const methods = z.object({ routerosApi: z.unknown() })
  const { items } = z
    .object({ items: z.array(z.object({ name: z.string(), methods })) })
    .parse(await get("/devices"))
  assert.deepEqual(
    items.map((device) => [device.name, device.methods.routerosApi]),
    [["izm-core-1", { port: 8_730, tls: true, fingerprint: "ab".repeat(32) }]],
  )
})

it("an error names what is wrong", async ({ play }) => {
  const { text } = await play("errors.yml")
  const expected: Readonly<Record<string, RegExp>> = {
    "A token of nobody": /token-unknown/,
    "No token": /Set token, or the environment/,
    "An address without a scheme": /Write it as https:/,
    "An address where nothing listens": /does not answer/,
    "A latitude beyond the pole": /latitude: must be at most 90/,
    "A region that does not exist": /no region named 'East'. Known: West/,
    "A device without an address": /A new device needs an address/,
    "A device with a wrong address": /address: /,
    "The last administrator": /last-admin/,
  }
  const parts = text.split(/^TASK \[/m).slice(1)
  assert.equal(parts.length, Object.keys(expected).length)
  for (const part of parts) {
    const name = part.slice(0, part.indexOf("]"))
    assert.match(part, expected[name] ?? /^$/, name)
    assert.match(part, /FAILED!/, name)
  }
})
