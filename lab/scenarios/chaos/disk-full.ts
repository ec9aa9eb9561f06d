/** The disk of the database fills up under an appliance at work: it is said, nothing is shown up, and nothing is lost. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { UserError } from "../../simulator/user-error.ts"
import { openRig, within } from "./rig.ts"
import { check, type Scenario } from "./scenario.ts"

const SIZE = "400m"
const FULL_MS = 20_000

/** Fills what is left, down to the last block. */
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
        const hub = await rig.device("hub", null)
        const { id, agent } = await rig.enrol(hub)
        await rig.assign(hub, id)
        const bulk = () =>
          Array.from({ length: 400 }, (_, back) => agent.ping(hub, true, agent.now() - back * 2))
        let offered = 0
        let accepted = 0
        const sending = agent.startSending(bulk)
        await wait(5_000)
        await sending.stop()
        const filler = join(dataDir, "filler")
        const heartbeats = agent.startHeartbeats()
        await fill(filler)
        let rejected = 0
        let notReadyAfterMs: number | null = null
        const began = performance.now()
        while (performance.now() - began < FULL_MS) {
          offered += 1
          const { status } = await agent.send(bulk())
          if (status === 200) accepted += 1
          else rejected += 1
          if (notReadyAfterMs === null && !(await rig.ready()))
            notReadyAfterMs = performance.now() - began
          await wait(500)
        }
        report(
          check(
            "batches are refused while the disk is full",
            rejected > 0,
            `${rejected} of ${offered}, ${accepted} taken`,
          ),
        )
        report(
          check(
            "readiness fails",
            notReadyAfterMs !== null,
            notReadyAfterMs === null ? "never" : `after ${Math.round(notReadyAfterMs)} ms`,
          ),
        )
        const status = await rig.deviceStatus(hub).catch(() => null)
        report(check("the router is not shown up", status?.status !== "ok", status ?? "no answer"))
        const problems = await rig.problems().catch(() => [])
        report(
          check(
            "it is said on screen",
            problems.some(({ reason }) => reason === "storage-failing"),
            problems,
          ),
        )
        rmSync(filler)
        const again = agent.startSending(bulk)
        await heartbeats.stop()
        const isReady = await within(60_000, async () => ((await rig.ready()) ? true : null))
        report(check("it is ready again by itself", isReady !== null, "within 60 s"))
        const isUp = await within(30_000, async () =>
          (await rig.deviceStatus(hub))?.status === "ok" ? true : null,
        )
        report(check("the router is up again", isUp !== null, "within 30 s"))
        await again.stop()
        const incidents = await rig.incidents()
        report(
          check(
            "no false incident",
            incidents.length === 0,
            incidents.map(({ title }) => title),
          ),
        )
      } finally {
        await rig.close()
      }
    } finally {
      execFileSync("umount", ["-l", dataDir])
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
}
