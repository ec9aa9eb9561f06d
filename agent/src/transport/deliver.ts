/** Delivers the buffer to the appliance: oldest first, one batch at a time, until acknowledged. */
import { type Ack, type Batch, PROTOCOL } from "@ispvm/wire"
import { COMPACT_VERSION, CompactError, sectionHead } from "@ispvm/wire/compact"
import type { Logger } from "pino"
import type { Buffer, PendingBatch } from "../buffer/buffer.ts"
import { type Backoff, backoffMs, type pause } from "./backoff.ts"
import type { BatchVersion } from "./batch-version.ts"
import { createFailedBatches, type Failure } from "./failed-batches.ts"
import type { SectionBatch, Uplink } from "./uplink.ts"

const DELIVERY: Backoff = { firstMs: 500, maxMs: 30_000 }
/** At most 20 batches a second, even urgent ones: the appliance limits the rate above that. */
const GAP_MS = 50
/** The first heartbeat is sent at the start, and then every two seconds. */
const VERSION_WAIT_MS = 250

/** Problems that end when the appliance answers a heartbeat. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set(["unreachable", "unavailable"])

export type DeliveryCounts = {
  delivered: number
  accepted: number
  rejected: number
  quarantined: number
  /** How often the appliance required a new buffer id. */
  renamed: number
  failures: number
  /** Since when and why nothing can be delivered; null while it works. */
  problem: { readonly sinceMs: number; readonly code: string; readonly message: string } | null
}

export type Delivery = {
  readonly counts: DeliveryCounts
  readonly run: (signal: AbortSignal) => Promise<void>
  /** The appliance answered another request: a wait because it was unreachable ends now. */
  readonly notifyReachable: () => void
  /** The batch that is being sent is given up; the buffer says what is sent next. */
  readonly interrupt: () => void
}

type Deps = {
  readonly buffer: Buffer
  /** Called for each batch: a renewed certificate replaces the uplink. */
  readonly uplink: () => Uplink
  readonly version: BatchVersion
  readonly now: () => number
  readonly random: () => number
  readonly pause: typeof pause
  readonly log: Logger
}
type Next = { readonly failures: number; readonly waitMs: number }

/**
 * Not earlier than its items. If the appliance's clock was set back, older readings are ahead of it,
 * and this shows by how much.
 */
const sentAt = ({ items, sections }: PendingBatch, nowMs: number): number =>
  sections === null ? latestOf(items, nowMs) : Math.max(nowMs, ...sections.map(latestIn))

const latestOf = (items: readonly unknown[], nowMs: number): number =>
  items.reduce<number>((latest, item) => {
    const atMs = typeof item === "object" && item !== null && "atMs" in item ? item.atMs : null
    return typeof atMs === "number" && atMs > latest ? atMs : latest
  }, nowMs)
/** A damaged section is sent as it is: the appliance rejects it, and the buffer goes on. */
const latestIn = (section: Uint8Array): number => {
  try {
    return sectionHead(section).latestAtMs
  } catch (error) {
    if (error instanceof CompactError) return 0
    throw error
  }
}

/** Resolves when `subscribe`'s callback is called, or when `signal` aborts. */
const untilCalled = (
  signal: AbortSignal,
  subscribe: (callback: (() => void) | null) => void,
): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      subscribe(null)
      signal.removeEventListener("abort", done)
      resolve()
    }
    subscribe(done)
    signal.addEventListener("abort", done)
    if (signal.aborted) done()
  })

/** Counts and logs results; logs a problem once when it begins and once when it ends. */
const createResults = ({ buffer, now, log }: Pick<Deps, "buffer" | "now" | "log">) => {
  const counts: DeliveryCounts = {
    delivered: 0,
    accepted: 0,
    rejected: 0,
    quarantined: 0,
    renamed: 0,
    failures: 0,
    problem: null,
  }
  return {
    counts,
    onAcked: (pending: PendingBatch, ack: Ack): void => {
      buffer.accept(pending)
      counts.delivered += 1
      counts.accepted += ack.accepted
      counts.rejected += ack.rejected.length
      const first = ack.rejected[0]
      if (first)
        log.warn(
          { batch: pending.number, rejected: ack.rejected.length, first },
          "the appliance rejected items; they are not sent again",
        )
      if (counts.problem !== null)
        log.info({ forMs: now() - counts.problem.sinceMs }, "the appliance accepts batches again")
      counts.problem = null
    },
    onFailure: ({ code, message }: Failure): void => {
      counts.failures += 1
      if (counts.problem?.code !== code)
        log.warn(
          { code, reason: message },
          "a batch could not be delivered; it stays in the buffer",
        )
      counts.problem = { sinceMs: counts.problem?.sinceMs ?? now(), code, message }
    },
  }
}

/** Sends the oldest batch. The result is how long to wait before the next one; null: none waits. */
const createSender = (
  deps: Deps,
  results: ReturnType<typeof createResults>,
  interrupted: () => AbortSignal,
) => {
  const { buffer, uplink, version, now, random, log } = deps
  const { counts } = results
  const failed = createFailedBatches({ buffer, counts, now, log })
  /** Renames since the last acknowledged batch. */
  let renamedInRow = 0

  /**
   * The buffer is a copy, or an older state, of one that went on elsewhere. As the new id is random,
   * a second conflict in a row is an error on the way, and the agent slows down.
   */
  const rename = (pending: PendingBatch, message: string): number => {
    failed.onRename()
    buffer.rename()
    counts.renamed += 1
    renamedInRow += 1
    log.warn(
      { batch: pending.number, reason: message },
      "this agent's data was copied or restored; the backlog is sent again under a new id",
    )
    return renamedInRow === 1 ? 0 : backoffMs(renamedInRow, DELIVERY, random)
  }

  const outgoing = (pending: PendingBatch): Batch | SectionBatch => {
    const { buffer: id, number, sections } = pending
    const head = { buffer: id, number, sentAtMs: sentAt(pending, now()) }
    return sections !== null && version.current() === COMPACT_VERSION
      ? { ...head, sections }
      : { protocol: PROTOCOL, ...head, items: [...pending.items] }
  }

  return async (failures: number, signal: AbortSignal): Promise<Next | null> => {
    const pending = buffer.begin()
    if (pending === null) return null
    const sendingMs = now()
    const isCompact = pending.sections !== null
    // Until the appliance has answered a heartbeat; it has to be reachable for a batch as well.
    if (isCompact && version.current() === null) return { failures, waitMs: VERSION_WAIT_MS }
    const cut = interrupted()
    const sent = await uplink().send(outgoing(pending), AbortSignal.any([signal, cut]))
    if (sent.kind === "acked") {
      results.onAcked(pending, sent.ack)
      failed.onAcked(pending)
      renamedInRow = 0
      return { failures: 0, waitMs: Math.min(GAP_MS, Math.max(0, sendingMs + GAP_MS - now())) }
    }
    if (signal.aborted || cut.aborted) return { failures, waitMs: 0 }
    if (sent.kind === "rename") return { failures, waitMs: rename(pending, sent.message) }
    results.onFailure(sent)
    if (isCompact && sent.kind === "unusable") version.forget()
    if (failed.onFailure(pending, sent)) return { failures: failures + 1, waitMs: 0 }
    const waitMs = backoffMs(failures + 1, DELIVERY, random)
    const requestedMs = sent.kind === "retry" ? (sent.retryAfterMs ?? 0) : 0
    return { failures: failures + 1, waitMs: Math.max(requestedMs, waitMs) }
  }
}

export const createDelivery = (deps: Deps): Delivery => {
  const { buffer, random, pause } = deps
  const results = createResults(deps)
  let interruption = new AbortController()
  const deliverOne = createSender(deps, results, () => interruption.signal)
  let wake: (() => void) | null = null
  let reachable = new AbortController()
  buffer.onReady(() => wake?.())

  const untilReady = (signal: AbortSignal): Promise<void> =>
    untilCalled(signal, (callback) => {
      wake = callback
    })
  /** True if the wait ended because the appliance is reachable again. */
  const waitFor = async (waitMs: number, signal: AbortSignal): Promise<boolean> => {
    if (waitMs > 0) await pause(waitMs, AbortSignal.any([signal, reachable.signal]))
    if (!reachable.signal.aborted) return false
    reachable = new AbortController()
    return true
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      try {
        const next = await deliverOne(failures, signal)
        if (next === null) await untilReady(signal)
        else failures = (await waitFor(next.waitMs, signal)) ? 0 : next.failures
      } catch (error) {
        // The buffer's disk is full, read-only or gone. Readings are lost, but monitoring goes on.
        failures += 1
        const message = `the buffer cannot be read or written: ${error instanceof Error ? error.message : String(error)}`
        results.onFailure({ kind: "retry", retryAfterMs: null, code: "buffer", message })
        await pause(backoffMs(failures, DELIVERY, random), signal)
      }
    }
  }
  return {
    counts: results.counts,
    run,
    interrupt: () => {
      interruption.abort()
      interruption = new AbortController()
    },
    notifyReachable: () => {
      // A wait that the appliance itself requires is not shortened.
      if (UNREACHABLE_CODES.has(results.counts.problem?.code ?? "")) reachable.abort()
    },
  }
}
