/** A whole agent as a process, while the appliance switches what it hides. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as wait } from "node:timers/promises"
import {
  eventsOf,
  has,
  KEY,
  LINES,
  NAME,
  RAW,
  rowsOf,
  startRig,
  until,
} from "../../test/redaction-rig.ts"
import { REPEAT_WINDOW_MS } from "../collect/syslog/repeats.ts"
import { pseudonymOf } from "./pseudonyms.ts"

const ORG_KEY = "k".repeat(43)
const both = { version: 1, hide: ["users" as const, "addresses" as const], key: ORG_KEY }

const assertHidden = (sent: readonly string[]): void => {
  for (const text of sent)
    for (const raw of RAW)
      assert.ok(
        !has(text, raw),
        `${raw}: ${text.slice(Math.max(0, text.toLowerCase().indexOf(raw.toLowerCase()) - 300))}`,
      )
}

test("after the switch nothing that is received has a raw name: new readings, the backlog, a restart", async () => {
  const rig = await startRig({ ISPVM_REDACT_KEY_FILE: "" })
  const { items, received, reports, state } = rig
  try {
    await rig.collected()
    await rig.send(LINES)
    await until("events", () => eventsOf(items).length >= LINES.length)
    for (const raw of RAW) assert.ok(has(received.join("\n"), raw), raw)
    assert.deepEqual(reports.at(-1), {
      ...{ floor: [], hide: [], version: 0, keyOf: null, keyCheck: null },
    })

    // A backlog of raw lines, while the appliance accepts nothing and then sets the switch.
    state.isClosed = true
    // The same lines sooner are copies of the first ones, however late a busy agent has read those.
    await wait(2 * REPEAT_WINDOW_MS)
    await rig.send(LINES)
    await rig.buffered(2 * LINES.length)
    assert.ok((rig.heartbeats.at(-1)?.bufferBatches ?? 0) > 0)
    rig.assign(both)
    await until("report", () => reports.at(-1)?.version === 1)
    const [before, events] = [received.length, eventsOf(items).length]
    // Nothing is accepted before the restart. The first reading after it may come before the backlog.
    const since = items.length
    assert.deepEqual(reports.at(-1)?.hide, ["users", "addresses"])
    assert.equal(reports.at(-1)?.keyOf, "appliance")
    await rig.restart()
    await until("restarted", () => received.slice(before).some((text) => text.includes("/tasks/")))
    state.isClosed = false
    await until("backlog sent", () => eventsOf(items).length >= events + LINES.length)
    await until("sessions again", () => rowsOf(items.slice(since), "sessions").length > 0)
    assertHidden(received.slice(before))
    const user = pseudonymOf(Buffer.from(ORG_KEY), NAME)
    const rows = rowsOf(items.slice(since), "sessions")
    assert.equal(rows[0]?.values.user, user)
    const messages = eventsOf(items.slice(0)).map(({ message }) => message)
    assert.ok(messages.includes(`<pppoe-${user}>: connected`), messages.join("\n"))

    // Switched off, names are sent as they are read; nothing that was sent changes.
    rig.assign({ ...both, version: 2, hide: [] })
    await until("off", () => reports.at(-1)?.version === 2)
    const from = items.length
    await until("raw rows", () =>
      rowsOf(items.slice(from), "sessions").some(({ values }) => values.user === NAME),
    )
  } catch (error) {
    throw new Error(rig.log().slice(-5_000), { cause: error })
  } finally {
    await rig.stop()
  }
})

test("the appliance cannot switch off what the host hides, and the host's key makes the pseudonyms", async () => {
  const rig = await startRig({ ISPVM_REDACT: "users" })
  const { items, received, reports } = rig
  try {
    rig.assign({ ...both, hide: [] })
    await rig.collected()
    await until("report", () => reports.at(-1)?.version === 1)
    assert.deepEqual([reports.at(-1)?.floor, reports.at(-1)?.hide], [["users"], []])
    rig.assign({ ...both, version: 2, hide: ["addresses"] })
    await until("added", () => reports.at(-1)?.version === 2)
    const before = received.length
    assert.equal(reports.at(-1)?.keyOf, "host")
    await rig.send(LINES)
    await until("events", () => eventsOf(items).length >= LINES.length)
    assertHidden(received.slice(before))
    const names = RAW.filter((raw) => /[a-z]{4}/.test(raw))
    for (const raw of names) assert.ok(!has(received.join("\n"), raw), raw)
    const user = pseudonymOf(Buffer.from(KEY), NAME)
    assert.ok(rowsOf(items, "sessions").some(({ values }) => values.user === user))
  } catch (error) {
    throw new Error(rig.log().slice(-5_000), { cause: error })
  } finally {
    await rig.stop()
  }
})
