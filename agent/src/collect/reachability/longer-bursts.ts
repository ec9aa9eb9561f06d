/**
 * Bursts without an answer that go on, because many probes of these devices were lost lately. Those
 * that need equally many probes share one fping, and each ends with its first answer.
 */
import {
  BURST_CHUNK,
  type BurstDeps,
  burst,
  chunks,
  MISS_BATCH_MS,
  type ProbeResult,
  type Target,
} from "./burst.ts"

type Unsure = {
  /** With the probes that are lost already. */
  readonly target: Target
  readonly timeoutMs: number
  readonly more: number
  readonly onResult: (result: ProbeResult | null) => void
}
export type LongerBursts = {
  readonly add: (unsure: Unsure) => void
  readonly stop: () => void
}
type Deps = {
  readonly burst: BurstDeps
  readonly track: (work: Promise<void>) => void
  readonly signal: AbortSignal
}

export const createLongerBursts = ({ burst: deps, track, signal }: Deps): LongerBursts => {
  let waiting: Unsure[] = []
  let timer: NodeJS.Timeout | null = null
  const run = async (group: readonly Unsure[]): Promise<void> => {
    const [first] = group
    if (first === undefined) return
    const byTarget = new Map(group.map((one) => [one.target, one]))
    await burst(deps, {
      targets: group.map(({ target }) => target),
      timeoutMs: first.timeoutMs,
      count: first.more,
      early: true,
      onResult: (target, result) => byTarget.get(target)?.onResult(result),
      signal,
    })
  }
  const runAll = (): void => {
    timer = null
    const groups = Map.groupBy(waiting, ({ more, timeoutMs }) => `${more} ${timeoutMs}`)
    waiting = []
    if (signal.aborted) return
    for (const group of groups.values())
      for (const part of chunks(group, BURST_CHUNK)) track(run(part))
  }
  return {
    add: (unsure) => {
      waiting.push(unsure)
      timer ??= setTimeout(runAll, MISS_BATCH_MS)
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer)
    },
  }
}
