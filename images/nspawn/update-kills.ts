/** Updates that are killed at random moments: their processes, or the whole machine. */
import assert from "node:assert/strict"
import { setTimeout as delay } from "node:timers/promises"
import { isSound, type Rig, until } from "./update-rig.ts"

const MODULUS = 2 ** 31 - 1
const MULTIPLIER = 48_271

/** The same numbers for the same seed, from 0 to 1. */
export const randomFrom = (seed: number): (() => number) => {
  let state = (seed % (MODULUS - 1)) + 1
  return () => {
    state = (state * MULTIPLIER) % MODULUS
    return state / MODULUS
  }
}

export const KILLS = ["process", "power"] as const
export type Kill = (typeof KILLS)[number]
export type Killed = {
  readonly kill: Kill
  readonly afterMs: number
  /** As the state said at that moment. */
  readonly phase: string
  readonly ended: string
  readonly outcome: string
}

const isTidy = ({ container, state }: Rig): boolean =>
  container.tryRun("test", "-e", "/var/lib/ispvm-update/work").code !== 0 &&
  state().phase === "idle"

const killNow = async (rig: Rig, kill: Kill): Promise<void> => {
  if (kill === "power") await rig.container.losePower()
  else rig.container.tryRun("systemctl", "kill", "--signal=KILL", "ispvm-update.service")
}

/** Updates from `from` to `to`, kills after `afterMs`, and finds one of both sound. */
export const killUpdate = async (
  rig: Rig,
  { kill, afterMs }: Pick<Killed, "kill" | "afterMs">,
  { file, from, to }: { readonly file: string; readonly from: string; readonly to: string },
): Promise<Killed> => {
  const { container, runLong, state } = rig
  assert.equal(rig.current(), from)
  const updating = runLong("ispvm", "update", file, "--ignore-clock")
  await until("it has begun", () => state().phase !== "idle")
  await delay(afterMs)
  const { phase } = state()
  await killNow(rig, kill)
  await updating
  // After a boot the links are right before anything starts; beside a running machine, a moment later.
  const booted = kill === "power" ? await isSound(rig, [from, to]) : null
  await until("what was left is tidied up", () => isTidy(rig))
  const ended = await isSound(rig, [from, to])
  assert.equal(booted ?? ended, ended, "it stays so")
  assert.equal(container.run("dpkg", "--audit"), "")
  assert.equal(
    container.tryRun("find", "/var/lib/ispvm", "-name", "*before-update*").stdout,
    "",
    "the copy of the data is removed",
  )
  const outcome = state().last?.outcome ?? "none"
  if (ended === to) assert.equal((await runLong("ispvm", "rollback")).code, 0)
  return { kill, afterMs, phase, ended: ended === from ? "old" : "new", outcome }
}
