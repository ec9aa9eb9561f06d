/**
 * Keeps the assignment current: fetches it when its revision differs or on request, and retries.
 */

import type { Assignment } from "@ispvm/wire"
import type { Logger } from "pino"
import { type Backoff, backoffMs, type pause } from "./transport/backoff.ts"
import type { Uplink } from "./transport/uplink.ts"

type Deps = {
  readonly uplink: () => Uplink
  readonly apply: (assignment: Assignment) => void
  readonly random: () => number
  readonly pause: typeof pause
  readonly log: Logger
}
export type AssignmentLoop = {
  readonly revision: () => string
  /** Resolves when an assignment was applied since the start, or the signal aborts. */
  readonly applied: (signal: AbortSignal) => Promise<void>
  /** The appliance has this revision. Null: fetch in any case. */
  request(revision: string | null): void
  run(signal: AbortSignal): Promise<void>
}

const RETRY: Backoff = { firstMs: 500, maxMs: 15_000 }

export const createAssignment = ({ uplink, apply, random, pause, log }: Deps): AssignmentLoop => {
  let revision = ""
  let isRequested = true
  let wake: (() => void) | null = null
  const first = Promise.withResolvers<void>()

  const untilRequested = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        wake = null
        signal.removeEventListener("abort", done)
        resolve()
      }
      wake = done
      signal.addEventListener("abort", done)
      if (signal.aborted || isRequested) done()
    })

  const fetch = async (signal: AbortSignal): Promise<void> => {
    isRequested = false
    const assignment = await uplink().assignment(revision, signal)
    if (assignment === null || assignment.revision === revision) return
    apply(assignment)
    first.resolve()
    revision = assignment.revision
    log.info({ revision, devices: assignment.devices.length }, "assignment applied")
  }
  return {
    revision: () => revision,
    applied: (signal) =>
      Promise.race([
        first.promise,
        new Promise<void>((resolve) => {
          if (signal.aborted) resolve()
          else signal.addEventListener("abort", () => resolve(), { once: true })
        }),
      ]),
    request(other) {
      if (other === revision) return
      isRequested = true
      wake?.()
    },
    async run(signal) {
      let failures = 0
      while (!signal.aborted) {
        await untilRequested(signal)
        if (signal.aborted) return
        try {
          await fetch(signal)
          failures = 0
        } catch (error) {
          if (signal.aborted) return
          failures += 1
          isRequested = true
          if (failures === 1)
            log.warn(
              { err: error },
              "the assignment could not be fetched; the last one stays in use",
            )
          await pause(backoffMs(failures, RETRY, random), signal)
        }
      }
    },
  }
}
