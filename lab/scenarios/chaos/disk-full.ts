/**
 * The disk of the database fills up while the appliance runs: the fault is shown, no device is
 * shown up, and nothing is lost.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { UserError } from "../../simulator/user-error.ts"
import { openRig, type Rig, within } from "./rig.ts"
import { type Check, check, type Scenario } from "./scenario.ts"
import type { ScriptedAgent } from "./scripted-agent.ts"

const SIZE = "400m"
const FULL_MS = 20_000

/** Fills the remaining space, down to the last block. */
const fill = async (file: string): Promise<void> => {
  const handle = await open(file, "w")
  try {
    for (const size of [1 << 20, 4_096]) {
      try {
        for (;;) await handle.write(Buffer.alloc(size))
      } catch {
        // Full at this size.
      }
    }
  } finally {
    await handle.close()
  }
}

/** Batches with an event each. Like the real agent: in order, and again until acknowledged. */
const createDelivery = (agent: ScriptedAgent, hub: string, bulk: () => readonly object[]) => {
  const messages: string[] = []
  const pending: (readonly object[])[] = []
  /** Sends the oldest batch. */
  const deliver = async (): Promise<boolean> => {
    const [oldest] = pending
    if (oldest === undefined) return true
    const { status } = await agent.send(oldest)
    if (status === 200) pending.shift()
    return status === 200
  }
  return {
    messages,
    /** Measures one batch and sends the oldest. */
    measure: (): Promise<boolean> => {
      const message = `event ${messages.length + 1}`
      messages.push(message)
      pending.push([...bulk(), { ...agent.portEvent(hub, "ether9", true), message }])
      return deliver()
    },
    /** Null while batches are left. */
    drain: async (): Promise<true | null> => {
      while (await deliver()) if (pending.length === 0) return true
      return null
    },
  }
}
type Delivery = ReturnType<typeof createDelivery>

/** Counts of the batches sent while the disk was full. */
const sendWhileFull = async (rig: Rig, delivery: Delivery) => {
  const counts = { offered: 0, accepted: 0, rejected: 0 }
  let notReadyAfterMs: number | null = null
  const began = performance.now()
  while (performance.now() - began < FULL_MS) {
    counts.offered += 1
    if (await delivery.measure()) counts.accepted += 1
    else counts.rejected += 1
    if (notReadyAfterMs === null && !(await rig.ready()))
      notReadyAfterMs = performance.now() - began
    await wait(500)
  }
  return { ...counts, notReadyAfterMs }
}

const checkFull = async (
  rig: Rig,
  hub: string,
  { offered, accepted, rejected, notReadyAfterMs }: Awaited<ReturnType<typeof sendWhileFull>>,
): Promise<readonly Check[]> => {
  const status = await rig.deviceStatus(hub).catch(() => null)
  const problems = await rig.problems().catch(() => [])
  const hasProblem = problems.some(({ reason }) => reason === "storage-failing")
  return [
    check(
      "batches are rejected while the disk is full",
      rejected > 0,
      `${rejected} of ${offered}, ${accepted} accepted`,
    ),
    check(
      "readiness fails",
      notReadyAfterMs !== null,
      notReadyAfterMs === null ? "never" : `after ${Math.round(notReadyAfterMs)} ms`,
    ),
    check("the router is not shown up", status?.status !== "ok", status ?? "no answer"),
    check("the screen reports it", hasProblem, problems),
  ]
}

const checkRecovery = async (rig: Rig, hub: string): Promise<readonly Check[]> => {
  const isReady = await within(60_000, async () => ((await rig.ready()) ? true : null))
  const isUp = await within(30_000, async () =>
    (await rig.deviceStatus(hub))?.status === "ok" ? true : null,
  )
  return [
    check("it is ready again by itself", isReady !== null, "within 60 s"),
    check("the router is up again", isUp !== null, "within 30 s"),
  ]
}

/** Each event that was sent, in how many rows it is stored. */
const checkStored = async (
  rig: Rig,
  hub: string,
  { messages, drain }: Delivery,
): Promise<readonly Check[]> => {
  await within(30_000, drain)
  const stored = await rig.eventMessages(hub)
  const times = messages.map((message) => stored.filter((one) => one === message).length)
  const lost = messages.filter((_, index) => times[index] === 0)
  const doubled = messages.filter((_, index) => (times[index] ?? 0) > 1)
  return [
    check(`all of ${messages.length} events are stored`, lost.length === 0, lost),
    check("none is stored twice", doubled.length === 0, doubled),
  ]
}

const play = async (rig: Rig, filler: string, report: (check: Check) => void): Promise<void> => {
  const hub = await rig.device("hub", null)
  const { id, agent } = await rig.enrol(hub)
  await rig.assign(hub, id)
  const bulk = () =>
    Array.from({ length: 400 }, (_, back) => agent.ping(hub, true, agent.now() - back * 2))
  const sending = agent.startSending(bulk)
  await wait(5_000)
  await sending.stop()
  const heartbeats = agent.startHeartbeats()
  const delivery = createDelivery(agent, hub, bulk)
  await fill(filler)
  const sent = await sendWhileFull(rig, delivery)
  for (const each of await checkFull(rig, hub, sent)) report(each)
  rmSync(filler)
  for (const each of await checkStored(rig, hub, delivery)) report(each)
  const again = agent.startSending(bulk)
  await heartbeats.stop()
  for (const each of await checkRecovery(rig, hub)) report(each)
  await again.stop()
  const titles = (await rig.incidents()).map(({ title }) => title)
  report(check("no false incident", titles.length === 0, titles))
}

export const scenario: Scenario = {
  name: "disk-full",
  about: "the database's disk is full for 20 s (needs root: a memory file system of its own)",
  run: async (report) => {
    if (process.getuid?.() !== 0)
      throw new UserError("this scenario mounts a small file system and needs root")
    const dataDir = mkdtempSync(join(tmpdir(), "ispvm-chaos-disk-"))
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=755`, "ispvm-chaos", dataDir])
    try {
      const rig = await openRig({ dataDir })
      try {
        await play(rig, join(dataDir, "filler"), report)
      } finally {
        await rig.close()
      }
    } finally {
      execFileSync("umount", ["-l", dataDir])
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
}
