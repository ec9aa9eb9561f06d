/**
 * Work for agents, delivered by long poll. In memory only: a task is a hint or a probe, and worth
 * nothing after a restart.
 *
 *   queue ─▶ [queue of the agent] ─▶ take (one poll each) ─▶ agent ─▶ complete ─▶ caller of run
 */
import {
  type DiagnosisResult,
  LIMITS,
  type ReadResult,
  type Task,
  type TaskResult,
  type TestResult,
} from "@ispvm/wire"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { AgentId } from "../../platform/ids.ts"

export type TestTask = Extract<Task, { kind: "test-access" }>
export type ReadTask = Extract<Task, { kind: "read" }>
export type DiagnoseTask = Extract<Task, { kind: "diagnose" }>
export type Tasks = {
  readonly queue: (agent: AgentId, task: Task) => void
  /** The result, or null if none arrived in time. */
  readonly run: (agent: AgentId, task: TestTask, deadlineMs: number) => Promise<TestResult | null>
  readonly read: (agent: AgentId, task: ReadTask, deadlineMs: number) => Promise<ReadResult | null>
  /** `onResult`: each part of the output; null if the end did not arrive in time. */
  readonly diagnose: (
    agent: AgentId,
    task: DiagnoseTask,
    deadlineMs: number,
    onResult: (result: DiagnosisResult | null) => void,
  ) => void
  /**
   * Queued tasks, or those that arrive within `waitMs`. Empty when the wait is over, `signal`
   * aborts, or a newer poll replaces this one.
   */
  readonly take: (agent: AgentId, waitMs: number, signal: AbortSignal) => Promise<readonly Task[]>
  /**
   * False if no request waits for this result: unknown, too late, of another agent, or of another
   * kind.
   */
  readonly complete: (agent: AgentId, result: TaskResult) => boolean
  /** Ends every wait and drops every task: of one agent, or of all. */
  readonly drop: (agent?: AgentId) => void
}

const MAX_QUEUE = 256
/** A probe that was requested longer ago is dropped: the regular round has been faster. */
const CONFIRM_LIFE_MS = 10_000

type Queued = { readonly task: Task; readonly endsAtMs: number }
type Waiter = { readonly finish: () => void }
type Pending = {
  readonly agent: AgentId
  readonly kind: TaskResult["kind"]
  readonly done: (result: TaskResult | null) => void
  /** What comes before the end; by default, the first result is the end. */
  readonly part?: (result: TaskResult) => void
}

/** Queued tasks by agent. Beyond the limit, the oldest is dropped. */
const createQueues = (now: () => number) => {
  const queues = new Map<AgentId, Queued[]>()
  return {
    agents: () => queues.keys(),
    /** False: an equal task is queued already. */
    push: (agent: AgentId, task: Task, endsAtMs: number): boolean => {
      const queued = queues.get(agent) ?? []
      queues.set(agent, queued)
      if (task.kind === "reload" && queued.some((entry) => entry.task.kind === "reload"))
        return false
      queued.push({ task, endsAtMs })
      if (queued.length > MAX_QUEUE) queued.shift()
      return true
    },
    drain: (agent: AgentId): readonly Task[] => {
      const nowMs = now()
      const alive = (queues.get(agent) ?? []).filter((entry) => nowMs < entry.endsAtMs)
      const batch = alive.splice(0, LIMITS.tasksAtOnce)
      if (alive.length === 0) queues.delete(agent)
      else queues.set(agent, alive)
      return batch.map((entry) => entry.task)
    },
    drop: (agent: AgentId): void => {
      queues.delete(agent)
    },
  }
}

/** Requests that wait for a result, by task. */
const createResults = () => {
  const pending = new Map<string, Pending>()
  const add = (id: string, deadlineMs: number, { done, ...waiting }: Pending): void => {
    const timer = setTimeout(() => pending.get(id)?.done(null), deadlineMs)
    pending.set(id, {
      ...waiting,
      done: (result) => {
        clearTimeout(timer)
        pending.delete(id)
        done(result)
      },
    })
  }
  return {
    add,
    wait: (
      agent: AgentId,
      task: TestTask | ReadTask,
      deadlineMs: number,
    ): Promise<TaskResult | null> =>
      new Promise((done) => add(task.id, deadlineMs, { agent, kind: task.kind, done })),
    complete: (agent: AgentId, result: TaskResult): boolean => {
      const waiting = pending.get(result.id)
      if (waiting === undefined || waiting.agent !== agent || waiting.kind !== result.kind)
        return false
      if (result.kind === "diagnosis" && result.end === null) waiting.part?.(result)
      else waiting.done(result)
      return true
    },
    drop: (agent: AgentId | undefined): void => {
      for (const waiting of [...pending.values()])
        if (agent === undefined || waiting.agent === agent) waiting.done(null)
    },
  }
}

export const createTasks = (wallClock: Clock): Tasks => {
  const clock = steadyOf(wallClock)
  const queues = createQueues(clock.now)
  const results = createResults()
  const waiters = new Map<AgentId, Waiter>()

  const push = (agent: AgentId, task: Task, endsAtMs: number): void => {
    if (queues.push(agent, task, endsAtMs)) waiters.get(agent)?.finish()
  }
  const runAndWait = (
    agent: AgentId,
    task: TestTask | ReadTask,
    deadlineMs: number,
  ): Promise<TaskResult | null> => {
    const result = results.wait(agent, task, deadlineMs)
    push(agent, task, clock.now() + deadlineMs)
    return result
  }

  return {
    queue: (agent, task) =>
      push(
        agent,
        task,
        task.kind === "confirm" ? clock.now() + CONFIRM_LIFE_MS : Number.POSITIVE_INFINITY,
      ),
    run: async (agent, task, deadlineMs) => {
      const result = await runAndWait(agent, task, deadlineMs)
      return result?.kind === "test-access" ? result : null
    },
    read: async (agent, task, deadlineMs) => {
      const result = await runAndWait(agent, task, deadlineMs)
      return result?.kind === "read" ? result : null
    },
    diagnose: (agent, task, deadlineMs, onResult) => {
      const part = (result: TaskResult | null): void => {
        if (result === null || result.kind === "diagnosis") onResult(result)
      }
      results.add(task.id, deadlineMs, { agent, kind: "diagnosis", done: part, part })
      push(agent, task, clock.now() + CONFIRM_LIFE_MS)
    },
    take: (agent, waitMs, signal) => {
      waiters.get(agent)?.finish()
      const ready = queues.drain(agent)
      if (ready.length > 0 || waitMs <= 0 || signal.aborted) return Promise.resolve(ready)
      return new Promise((resolve) => {
        const waiter: Waiter = {
          finish: () => {
            clearTimeout(timer)
            signal.removeEventListener("abort", giveUp)
            if (waiters.get(agent) === waiter) waiters.delete(agent)
            // After an abort nobody reads the answer: the tasks stay for the next poll.
            resolve(signal.aborted ? [] : queues.drain(agent))
          },
        }
        const giveUp = (): void => waiter.finish()
        const timer = setTimeout(giveUp, waitMs)
        signal.addEventListener("abort", giveUp)
        waiters.set(agent, waiter)
      })
    },
    complete: results.complete,
    drop: (agent) => {
      const agents =
        agent === undefined ? [...new Set([...queues.agents(), ...waiters.keys()])] : [agent]
      for (const each of agents) {
        queues.drop(each)
        waiters.get(each)?.finish()
      }
      results.drop(agent)
    },
  }
}
