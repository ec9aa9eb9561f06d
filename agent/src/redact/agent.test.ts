/** The whole agent as a process: whatever it sends or stores, a redacted name is not in it. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { test } from "node:test"
import { bareEnvironment } from "../../test/config.ts"
import {
  eventsOf,
  has,
  KEY,
  LINES,
  NAME,
  PEER,
  RAW,
  rowsOf,
  startRig,
  until,
} from "../../test/redaction-rig.ts"
import { pseudonymOf } from "./pseudonyms.ts"

const MAIN = join(import.meta.dirname, "../main.ts")

/** Everything that an agent with these settings sends, stores and logs. */
const watch = async (settings: Readonly<Record<string, string>>) => {
  const rig = await startRig(settings)
  const { items, heartbeats, received } = rig
  let stored: readonly string[] = []
  try {
    await rig.collected()
    await rig.send(LINES)
    await until("events", () => eventsOf(items).length >= LINES.length)
  } catch (error) {
    throw new Error(rig.log(), { cause: error })
  } finally {
    stored = (await rig.stop()).stored
  }
  const notes = heartbeats.at(-1)?.notes ?? []
  return { items, notes, sent: received.join("\n"), stored, log: rig.log() }
}

test("without a redaction the names are there: the search finds them", async () => {
  const { sent, notes } = await watch({ ISPVM_REDACT: "" })
  for (const raw of RAW) assert.ok(has(sent, raw), raw)
  assert.deepEqual(
    notes.filter((note) => note.includes("Redaction")),
    [],
  )
})

test("with it, no name and no address of a customer is sent or stored, and customers still match", async () => {
  const { items, sent, stored, log, notes } = await watch({ ISPVM_REDACT: "users,addresses" })
  for (const raw of RAW) {
    const at = sent.toLowerCase().indexOf(raw.toLowerCase())
    assert.ok(at < 0, `${raw}: ${sent.slice(Math.max(0, at - 300), at + 100)}`)
    for (const bytes of stored) assert.ok(!has(bytes, raw), `stored: ${raw}`)
  }
  for (const text of [sent, log, ...stored]) assert.ok(!text.includes(KEY), "the key")

  const user = pseudonymOf(Buffer.from(KEY), NAME)
  const [session] = rowsOf(items, "sessions")
  assert.equal(session?.values.user, user)
  assert.equal(session?.values.address, "100.64.7.0")
  const messages = eventsOf(items).map(({ message }) => message)
  assert.ok(messages.includes(`<pppoe-${user}>: connected`), messages.join("\n"))
  assert.ok(messages.includes(`${user} logged in, 100.64.7.0 from 02:AB:CD:00:00:00`))
  const up = eventsOf(items).find(({ attributes }) => attributes.client === "100.64.7.0")
  assert.equal(up?.attributes.user, user)
  assert.ok(rowsOf(items, "queues").some(({ values }) => values.name === `<pppoe-${user}>`))

  // What a device or a neighbour is known by is as it was.
  const own = rowsOf(items, "addresses").find(({ values }) => values.interface === "ether1")
  assert.equal(own?.values.address, "192.0.2.20/24")
  assert.equal(rowsOf(items, "neighbours")[0]?.values.address, PEER)
  const down = eventsOf(items).find(
    ({ name, interface: port }) => name === "link-down" && port === "ether1",
  )
  assert.equal(down?.message, "ether1 link down")
  const firewall = eventsOf(items).find(({ attributes }) => attributes.chain === "forward")
  assert.match(firewall?.message ?? "", new RegExp(`^forward: in:<pppoe-${user}> out:ether1`))
  const peer = eventsOf(items).find(({ name }) => name === "peer-down")
  assert.equal(peer?.attributes.address, PEER)
  assert.ok(items.some((item) => item.kind === "interface" && item.interface === "ether1"))
  assert.ok(notes.some((note) => note.includes("names of users are replaced by pseudonyms")))
})

test("without its key the agent does not start, rather than send names", async () => {
  const agent = spawn(process.execPath, [MAIN], {
    env: {
      ...bareEnvironment(),
      ...{ ISPVM_REDACT: "users", ISPVM_REDACT_KEY_FILE: "/nowhere/redact.key" },
    },
    stdio: ["ignore", "pipe", "ignore"],
  })
  let log = ""
  agent.stdout.on("data", (chunk) => {
    log += chunk
  })
  const [code] = await once(agent, "close")
  assert.equal(code, 2)
  assert.match(log, /ISPVM_REDACT_KEY_FILE: ENOENT/)
})
