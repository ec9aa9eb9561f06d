/** What a durable job is: a name, a checked payload, when it runs, and what happens when it fails. */
import type { z } from "zod"
import type { Tx } from "../postgres/db.ts"

export type JobContext = {
  /** Aborts when the appliance stops or the job has had its time. */
  readonly signal: AbortSignal
  /** 1 for the first try. */
  readonly attempt: number
}
export type RetryPolicy = {
  /** After so many further tries the job counts as failed. */
  readonly limit: number
  /** Before the first further try; then twice as long each time, up to `maxDelayS`. */
  readonly delayS: number
  readonly maxDelayS: number
}

type Common<P extends object> = {
  /** kebab-case; also the label in metrics. */
  readonly name: string
  readonly payload: z.ZodType<P>
  /** Five fields of cron, in UTC, with the payload to run with. */
  readonly schedule?: { readonly cron: string; readonly payload: P }
  /** At most one job of the same key waits or runs at a time; what is sent meanwhile is dropped. */
  readonly isUnique: boolean
  readonly retry: RetryPolicy
  /** A try that takes longer is given up and counts as failed. */
  readonly timeoutS: number
}

/**
 * A job runs at least once: one that a crash interrupted is run again. `run` is for work that may
 * run twice without harm. `runInTransaction` is for work that may not: what it writes through `tx`
 * commits together with the note that the job is done, or not at all.
 */
export type Job<P extends object = object> = Common<P> &
  (
    | { readonly run: (payload: P, context: JobContext) => Promise<void> }
    | { readonly runInTransaction: (payload: P, tx: Tx, context: JobContext) => Promise<void> }
  )

export const RETRY: RetryPolicy = { limit: 5, delayS: 5, maxDelayS: 300 }

/** Gives the payload's type to the function that runs the job. */
export const defineJob = <P extends object>(job: Job<P>): Job<P> => job
