import assert from "node:assert/strict"
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { type AssignedRedaction, Item, type Redacted } from "@ispvm/wire"
import fc from "fast-check"
import { readAssigned, writeAssigned } from "./stored.ts"
import { createSwitches, type Floor } from "./switches.ts"

const key = "a".repeat(43)
const assigned = (version: number, ...hide: Redacted[]): AssignedRedaction => ({
  version,
  hide,
  key,
})
const switchesWith = (floor: Floor, stored: AssignedRedaction | null = null) => {
  const saved: (AssignedRedaction | null)[] = []
  return { saved, ...createSwitches({ floor, stored, save: (next) => saved.push(next) }) }
}
const NAMES = fc.subarray<Redacted>(["users", "addresses"])

test("whatever the appliance sends, the floor stays", () => {
  const messages = fc.array(fc.option(NAMES, { nil: null }), { maxLength: 6 })
  fc.assert(
    fc.property(NAMES, messages, (hide, sent) => {
      const { redactor, apply } = switchesWith({ hide, key: Buffer.from("the host's own key") })
      for (const [index, more] of sent.entries()) {
        apply(more === null ? null : assigned(index + 1, ...more))
        const shown = redactor.text("<pppoe-ayse> 100.64.7.9")
        const last = more ?? []
        const isHidden = (name: Redacted) => hide.includes(name) || last.includes(name)
        assert.equal(shown.includes("ayse"), !isHidden("users"))
        assert.equal(shown.includes("100.64.7.9"), !isHidden("addresses"))
      }
    }),
    { numRuns: 100 },
  )
})

test("what is hidden changes only with a switch or the key, and each message is kept", () => {
  const { apply, saved, report } = switchesWith({ hide: [], key: null })
  assert.equal(apply(assigned(1)), false)
  assert.equal(apply(assigned(2, "users")), true)
  assert.equal(apply(assigned(2, "users")), false)
  assert.equal(apply(assigned(3, "users")), false)
  assert.equal(apply({ ...assigned(4, "users"), key: "b".repeat(43) }), true)
  assert.equal(apply(null), true)
  assert.deepEqual(
    saved.map((each) => each?.version ?? null),
    [1, 2, 3, 4, null],
  )
  assert.equal(report().keyOf, null)
})

test("the host's key has priority, and what it already hides is nothing new", () => {
  const { apply, report, redactor } = switchesWith({
    hide: ["users"],
    key: Buffer.from("the host's own key"),
  })
  const before = redactor.text("<pppoe-ayse>")
  assert.equal(apply(assigned(1, "users")), false)
  assert.equal(redactor.text("<pppoe-ayse>"), before)
  assert.deepEqual(
    [report().floor, report().hide, report().version, report().keyOf],
    [["users"], ["users"], 1, "host"],
  )
})

test("names of interfaces that were learned before a switch stay readable after it", () => {
  const { apply, redactor } = switchesWith({ hide: [], key: null })
  redactor.items([
    Item.parse({
      ...{ kind: "dhcp", device: "00000000-0000-4000-8000-000000000001", atMs: 1 },
      ...{ source: "routeros-api", server: "sunucu-7", leases: 1, addresses: null },
    }),
  ])
  apply(assigned(1, "users"))
  assert.equal(redactor.logMessage("dhcp,info", "sunucu-7 assigned fatma"), "sunucu-7 assigned …")
})

test("the file is the owner's alone, and a damaged one hides everything", () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-stored-"))
  const file = join(folder, "redaction.json")
  try {
    assert.equal(readAssigned(file), null)
    writeAssigned(file, assigned(7, "users"))
    assert.deepEqual(readAssigned(file), assigned(7, "users"))
    assert.equal(statSync(file).mode & 0o777, 0o600)
    writeFileSync(file, '{"version":7,"hide":[')
    assert.deepEqual(readAssigned(file)?.hide, ["users", "addresses"])
    writeAssigned(file, null)
    assert.equal(readAssigned(file), null)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("the key of configurations: from the host's key if there is one, else the appliance's, and never kept", () => {
  const sent = Buffer.alloc(32, 5).toString("base64url")
  const without = switchesWith({ hide: [], key: null })
  assert.equal(without.configurationKey(), null)
  without.useConfigurationKey(sent)
  assert.deepEqual(without.configurationKey(), Buffer.alloc(32, 5))
  without.useConfigurationKey(null)
  assert.equal(without.configurationKey(), null)
  assert.deepEqual(without.saved, [])

  const host = Buffer.from("the host's own key")
  const own = switchesWith({ hide: [], key: host })
  const before = own.configurationKey()
  own.useConfigurationKey(sent)
  assert.deepEqual(own.configurationKey(), before)
  assert.equal(before?.length, 32)
  assert.ok(!before?.equals(host))
})
