/**
 * The process that plans and sends is killed at random moments. Counted at the receiver: what was
 * opened is closed, each by one delivery, and nothing is closed that was not opened.
 */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { soakFactor, soakKills } from "../../../test/config.ts"
import { openNotifyRig, webhookInput } from "./test/notify-rig.ts"
import { httpReceiver, type Received } from "./test/receivers.ts"

const CHILD = join(import.meta.dirname, "test", "notify-child.ts")
const KILLS = soakKills() ?? 6 * soakFactor()
const MAX_RUN_MS = 1_200
/** A channel takes twenty messages a second. */
const END_MS = 60_000 + KILLS * 500

const started = async (args: readonly string[]): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["ignore", "pipe", "inherit"] })
  assert.ok(child.stdout)
  await once(child.stdout, "data")
  return child
}

const byThread = (received: readonly Received[]) => Map.groupBy(received, ({ json }) => json.thread)

test(`${KILLS} kills at random moments: each notification that opened is closed once`, async (t) => {
  const receiver = await httpReceiver()
  // Some answers are lost, some say no.
  const refused = new Set<Received>()
  receiver.react = (request) => {
    const dice = Math.random()
    if (dice < 0.05) return "cut"
    if (dice >= 0.15) return { status: 200 }
    refused.add(request)
    return { status: 503 }
  }
  const masterKey = randomBytes(32)
  const rig = await openNotifyRig(masterKey)
  await rig.channel(webhookInput("NOC", receiver.url))
  await rig.notify.stop()
  t.after(async () => {
    await rig.end()
    await receiver.close()
  })
  for (let kill = 0; kill < KILLS; kill += 1) {
    const first = String(1 + kill * 1_000)
    const child = await started([rig.db.url, rig.db.org, masterKey.toString("hex"), first])
    await delay(Math.random() * MAX_RUN_MS)
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  receiver.react = () => ({ status: 200 })
  const last = await openNotifyRig(masterKey, rig.db)
  t.after(() => last.notify.stop())
  await last.closeAll()
  await last.until("nothing is on its way", async () => (await last.pending()) === 0, END_MS)
  let repeats = 0
  // What was answered with 503 is not there: if it is over by then, it is not sent again.
  const taken = receiver.received.filter((one) => !refused.has(one))
  for (const [thread, messages] of byThread(taken)) {
    const keys = new Map<string, Set<string>>()
    for (const { json, headers } of messages) {
      const event = String(json.event)
      keys.set(event, (keys.get(event) ?? new Set()).add(String(headers["idempotency-key"])))
    }
    const count = (event: string): number => keys.get(event)?.size ?? 0
    repeats += messages.length - [...keys.values()].reduce((sum, { size }) => sum + size, 0)
    assert.deepEqual([count("opened"), count("resolved")], [1, 1], String(thread))
    const order = messages.map(({ json }) => json.event)
    assert.ok(order.indexOf("opened") < order.indexOf("resolved"), String(thread))
  }
  const threads = byThread(taken).size
  // How many depends on the machine: on a busy one, a process does little before its end.
  assert.ok(threads > 1, `${threads} incidents were notified`)
  t.diagnostic(
    `${KILLS} kills, ${threads} incidents notified and closed, ${repeats} repeats with the same key`,
  )
  assert.deepEqual(last.faults, [])
})
