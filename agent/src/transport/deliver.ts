/**
 * Delivers the buffer to the appliance, each batch until it is acknowledged. The buffer says which
 * batch is next, and how many may be in flight; after a failure it is one.
 */
import { type Ack, BATCH_VERSION, type Batch, MAX_BATCHES_AT_ONCE, PROTOCOL } from "@ispvm/wire"
import { CompactError, sectionHead } from "@ispvm/wire/compact"
import type { Logger } from "pino"
import type { Buffer, PendingBatch } from "../buffer/buffer.ts"
import { type Backoff, backoffMs, type pause } from "./backoff.ts"
import type { BatchVersion } from "./batch-version.ts"
import { createFailedBatches, type Failure } from "./failed-batches.ts"
import type { SectionBatch, SendResult, Uplink } from "./uplink.ts"

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
/** A batch that was sent, and how that ended. */
type Ended = {
  readonly pending: PendingBatch
  readonly sendingMs: number
  /** Failures in a row when it was sent. */
  readonly failures: number
  readonly cut: AbortSignal
  readonly sent: SendResult
}

/**
 * Not earlier than its items. If the appliance's clock was set back, older readings are ahead of it,
 * and this shows by how much.
 */
const sentAt = (pending: PendingBatch, nowMs: number): number => {
  const { sections } = pending
  // Its items are read only where there are no sections: that decodes them.
  return sections === null
    ? latestOf(pending.items, nowMs)
    : Math.max(nowMs, ...sections.map(latestIn))
}

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

/** Sends batches, and decides what follows from each answer. */
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
  let renamedFrom: string | null = null

  /**
   * The buffer is a copy, or an older state, of one that went on elsewhere. As the new id is random,
   * a second conflict in a row is an error on the way, and the agent slows down.
   */
  const rename = (pending: PendingBatch, message: string): number => {
    // Another batch in flight had the same answer.
    if (pending.buffer === renamedFrom) return 0
    renamedFrom = pending.buffer
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
    return sections !== null && (version.current() ?? 0) >= BATCH_VERSION.compact
      ? { ...head, sections }
      : { protocol: PROTOCOL, ...head, items: [...pending.items] }
  }

  const send = async (
    pending: PendingBatch,
    failures: number,
    signal: AbortSignal,
  ): Promise<Ended> => {
    const cut = interrupted()
    const sendingMs = now()
    const sent = await uplink().send(outgoing(pending), AbortSignal.any([signal, cut]))
    return { pending, sendingMs, failures, cut, sent }
  }
  /** How long to wait before the next batch. */
  const finish = (ended: Ended, failures: number, signal: AbortSignal): Next => {
    const { pending, sendingMs, cut, sent } = ended
    if (sent.kind === "acked") {
      results.onAcked(pending, sent.ack)
      failed.onAcked(pending)
      renamedInRow = 0
      return { failures: 0, waitMs: Math.min(GAP_MS, Math.max(0, sendingMs + GAP_MS - now())) }
    }
    // Another one has failed since this one was sent: it is sent again when that is solved.
    const isCounted = ended.failures === failures
    if (signal.aborted || cut.aborted || !isCounted) return { failures, waitMs: 0 }
    if (sent.kind === "rename") return { failures, waitMs: rename(pending, sent.message) }
    results.onFailure(sent)
    if (pending.sections !== null && sent.kind === "unusable") version.forget()
    if (failed.onFailure(pending, sent)) return { failures: failures + 1, waitMs: 0 }
    const waitMs = backoffMs(failures + 1, DELIVERY, random)
    const requestedMs = sent.kind === "retry" ? (sent.retryAfterMs ?? 0) : 0
    return { failures: failures + 1, waitMs: Math.max(requestedMs, waitMs) }
  }
  return { send, finish, ...createLimits(version, failed) }
}

const createLimits = (version: BatchVersion, failed: ReturnType<typeof createFailedBatches>) => {
  const isInOrder = (): boolean => (version.current() ?? 0) < BATCH_VERSION.concurrent
  return {
    isInOrder,
    /** How many batches may be in flight. */
    limit: (failures: number): number =>
      failures > 0 || failed.isWaiting() || isInOrder() ? 1 : MAX_BATCHES_AT_ONCE,
    /** It has to be known whether the appliance accepts this form. */
    isUnknown: ({ sections }: PendingBatch): boolean =>
      sections !== null && version.current() === null,
  }
}

/** The batches that are being sent, and those of which the end is not yet handled. */
const createInFlight = (wake: () => void) => {
  const sending = new Map<PendingBatch, Promise<void>>()
  const ended: (() => Ended)[] = []
  return {
    size: () => sending.size,
    hasEnded: () => ended.length > 0,
    batches: (): readonly PendingBatch[] => [...sending.keys()],
    add: (pending: PendingBatch, sent: Promise<Ended>): void => {
      const end = (get: () => Ended): void => {
        ended.push(get)
        wake()
      }
      sending.set(
        pending,
        sent.then(
          (one) => end(() => one),
          (error: unknown) =>
            end(() => {
              sending.delete(pending)
              throw error
            }),
        ),
      )
    },
    /** The next one that has ended. Throws if sending it did. */
    next: (): Ended | null => {
      const one = ended.shift()?.() ?? null
      if (one !== null) sending.delete(one.pending)
      return one
    },
    all: () => Promise.all(sending.values()),
  }
}

export const createDelivery = (deps: Deps): Delivery => {
  const { buffer, random, pause, now } = deps
  const results = createResults(deps)
  let interruption = new AbortController()
  const sender = createSender(deps, results, () => interruption.signal)
  let wake: (() => void) | null = null
  let reachable = new AbortController()
  const inFlight = createInFlight(() => wake?.())
  let startedAtMs = Number.NEGATIVE_INFINITY
  let isReady = false
  buffer.onReady(() => {
    isReady = true
    wake?.()
  })

  /** True if the wait ended because the appliance is reachable again. */
  const waitFor = async (waitMs: number, signal: AbortSignal): Promise<boolean> => {
    if (waitMs > 0) await pause(waitMs, AbortSignal.any([signal, reachable.signal]))
    if (!reachable.signal.aborted) return false
    reachable = new AbortController()
    return true
  }
  const start = async (failures: number, signal: AbortSignal): Promise<boolean> => {
    if (inFlight.size() >= sender.limit(failures)) return false
    if (inFlight.size() > 0 && now() < startedAtMs + GAP_MS) {
      await pause(Math.min(GAP_MS, startedAtMs + GAP_MS - now()), signal)
      // What ended meanwhile is handled first.
      if (signal.aborted || inFlight.hasEnded()) return false
    }
    const pending = sender.isInOrder() ? buffer.begin() : buffer.begin(inFlight.batches())
    if (pending === null) return false
    if (sender.isUnknown(pending)) await waitFor(VERSION_WAIT_MS, signal)
    else {
      startedAtMs = now()
      inFlight.add(pending, sender.send(pending, failures, signal))
    }
    return true
  }
  /** Starts a batch, or handles one that has ended, or waits for either. Gives the failures in a row. */
  const step = async (failures: number, signal: AbortSignal): Promise<number> => {
    const ended = inFlight.next()
    if (ended !== null) {
      const next = sender.finish(ended, failures, signal)
      return (await waitFor(next.waitMs, signal)) ? 0 : next.failures
    }
    // Whatever is ready until here is seen by `begin`, or waits until a batch has ended.
    isReady = false
    const isStarted = await start(failures, signal)
    if (!isStarted && !isReady && !inFlight.hasEnded())
      await untilCalled(signal, (callback) => {
        wake = callback
      })
    return failures
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      try {
        failures = await step(failures, signal)
      } catch (error) {
        // The buffer's disk is full, read-only or gone. Readings are lost, but monitoring goes on.
        failures += 1
        const message = `the buffer cannot be read or written: ${error instanceof Error ? error.message : String(error)}`
        results.onFailure({ kind: "retry", retryAfterMs: null, code: "buffer", message })
        await pause(backoffMs(failures, DELIVERY, random), signal)
      }
    }
    await inFlight.all()
    for (let ended = inFlight.next(); ended !== null; ended = inFlight.next())
      sender.finish(ended, failures, signal)
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
