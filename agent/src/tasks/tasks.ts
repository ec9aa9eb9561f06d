/** Gets tasks from the appliance by a long poll, and runs them. */

import type {
  DeviceId,
  DiagnosisResult,
  ReadResult,
  Task,
  TaskResult,
  TestResult,
} from "@ispvm/wire"
import type { Logger } from "pino"
import { type Backoff, backoffMs, type pause } from "../transport/backoff.ts"
import type { Uplink } from "../transport/uplink.ts"

export type TaskWork = {
  /** Probe these devices at once. */
  confirm(devices: readonly DeviceId[]): void
  /** Run these probes of services at once. */
  probe(ids: readonly string[]): void
  /** Fetch the assignment. */
  reload(): void
  test(task: Extract<Task, { kind: "test-access" }>, signal: AbortSignal): Promise<TestResult>
  /** Print these menus. */
  read(task: Extract<Task, { kind: "read" }>, signal: AbortSignal): Promise<ReadResult>
  /** Runs it, and posts its output while it runs. It limits by itself how many run at once. */
  diagnose(
    task: Extract<Task, { kind: "diagnose" }>,
    post: (result: DiagnosisResult) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
  /** Ends a run of `diagnose`. */
  cancel(run: string): void
}
type Deps = {
  readonly uplink: () => Uplink
  readonly work: TaskWork
  readonly random: () => number
  /** A monotonic clock. */
  readonly steady: () => number
  readonly pause: typeof pause
  readonly log: Logger
}

/** If the appliance (or a proxy) does not hold requests open, polls must not become a busy loop. */
const MIN_HELD_MS = 100
const EMPTY_PAUSE_MS = 500
const POLLING: Backoff = { firstMs: 500, maxMs: 15_000 }
/** Tests and reads at once. People trigger them, so there are never many. */
const MAX_IN_PROGRESS = 8

export type TaskCounts = {
  received: number
  confirms: number
  tests: number
  reads: number
  diagnoses: number
  failures: number
}
export type Tasks = {
  readonly counts: TaskCounts
  readonly run: (signal: AbortSignal) => Promise<void>
}

const NO_TASKS = {
  received: 0,
  confirms: 0,
  tests: 0,
  reads: 0,
  diagnoses: 0,
  failures: 0,
} satisfies TaskCounts

/** Posts the result of a task; one that cannot be delivered is lost. */
const createDeliver =
  ({ uplink, log }: Pick<Deps, "uplink" | "log">) =>
  async (task: Task, work: () => Promise<TaskResult>, signal: AbortSignal): Promise<void> => {
    try {
      await uplink().result(await work(), signal)
    } catch (error) {
      if (!signal.aborted)
        log.warn({ err: error, task: task.id }, "the result of a task could not be delivered")
    }
  }

export const createTasks = ({ uplink, work, random, steady, pause, log }: Deps): Tasks => {
  const counts: TaskCounts = { ...NO_TASKS }
  const inProgress = new Set<Promise<void>>()
  const deliver = createDeliver({ uplink, log })
  const keep = (running: Promise<void>): void => {
    const kept = running.finally(() => inProgress.delete(kept))
    inProgress.add(kept)
  }
  const answer = (task: Task, work: () => Promise<TaskResult>, signal: AbortSignal): void => {
    if (inProgress.size >= MAX_IN_PROGRESS) {
      log.warn({ task: task.id, kind: task.kind }, "too many tasks at once; this one is not run")
      return
    }
    keep(deliver(task, work, signal))
  }
  const dispatch = (task: Task, signal: AbortSignal): void => {
    counts.received += 1
    switch (task.kind) {
      case "confirm":
        counts.confirms += 1
        work.confirm(task.devices)
        return
      case "probe":
        work.probe(task.probes)
        return
      case "reload":
        work.reload()
        return
      case "test-access":
        counts.tests += 1
        answer(task, () => work.test(task, signal), signal)
        return
      case "read":
        counts.reads += 1
        answer(task, () => work.read(task, signal), signal)
        return
      case "diagnose":
        counts.diagnoses += 1
        keep(work.diagnose(task, (result) => uplink().result(result, signal), signal))
        return
      case "cancel":
        work.cancel(task.run)
    }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      try {
        const requestedMs = steady()
        const tasks = await uplink().tasks(signal)
        failures = 0
        for (const task of tasks) dispatch(task, signal)
        if (tasks.length === 0 && steady() - requestedMs < MIN_HELD_MS)
          await pause(EMPTY_PAUSE_MS, signal)
      } catch (error) {
        if (signal.aborted) break
        failures += 1
        counts.failures += 1
        if (failures === 1) log.warn({ err: error }, "tasks cannot be fetched from the appliance")
        await pause(backoffMs(failures, POLLING, random), signal)
      }
    }
    await Promise.allSettled(inProgress)
  }
  return { counts, run }
}
