/**
 * A pipeline over a real database with a clock that the test sets. It can be started again without
 * a stop, as after a crash.
 */
import { createIngest, type Ingest } from "../src/flow/ingest/ingest.ts"
import { createPipeline, type Pipeline, type PipelineDeps } from "../src/flow/pipeline.ts"
import type { Clock } from "../src/platform/clock.ts"
import type { OrgId } from "../src/platform/ids.ts"
import { createSignal } from "../src/platform/signal.ts"
import { write } from "../src/registry/audit/audit.ts"
import type { TestDatabase } from "./database.ts"
import { NOW } from "./make-flow.ts"

export type SetClock = Clock & { nowMs: number; readonly set: (byMs: number) => void }
/** `nowMs` is elapsed time, `set` sets the clock. */
export const makeClock = (): SetClock => {
  let stepped = 0
  const clock = {
    nowMs: NOW,
    now: () => clock.nowMs,
    steppedMs: () => stepped,
    set: (byMs: number): void => {
      clock.nowMs += byMs
      stepped += byMs
    },
  }
  return clock
}

export const makeIngest = (db: TestDatabase, clock: Clock): Ingest =>
  createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [],
    counters: { items: () => undefined, batch: () => undefined },
  })

const fail = (error: unknown): void => {
  throw error
}
/**
 * Resolves when its state is loaded and pending batches are evaluated. By default, an error of a
 * stage fails the test.
 */
export const startPipeline = async (
  db: TestDatabase,
  org: OrgId,
  clock: Clock,
  deps: Pick<PipelineDeps, "ingest"> & Partial<PipelineDeps>,
): Promise<Pipeline> => {
  const pipeline = createPipeline({
    jobs: db.dbs.jobs,
    ui: db.dbs.ui,
    clock,
    pushes: { accept: async () => ({ ok: false, reason: "gone", message: "" }) },
    orgs: async () => [{ id: org }],
    changes: createSignal(fail),
    seen: createSignal(fail),
    queue: () => undefined,
    agent: () => Promise.reject(new Error("not asked for here")),
    audit: write,
    allowed: async () => true,
    onError: (_, error) => fail(error),
    ...deps,
  })
  await pipeline.start()
  return pipeline
}
