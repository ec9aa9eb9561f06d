/**
 * One persistent session per router, opened at first use and shared by all collectors.
 *
 * A login is an entry in the router's log and costs its processor time, so a router polled every
 * few seconds is logged in to once. After a failure the next attempt waits, longer each time, and
 * very long if the credentials were rejected: repeated attempts lock the account and fill the log.
 */
import type { AssignedDevice, DeviceId } from "@ispvm/wire"
import { CollectError, type CollectReason } from "../../collector.ts"
import { createDecoder, type DecodeText } from "../../text/decoder.ts"
import { AnswerMemory } from "./answer-memory.ts"
import type { Connection } from "./connection.ts"
import { type Dial, systemDial } from "./dial.ts"
import { openConnection, type RouterOsAccess } from "./open.ts"

export type SessionsDeps = {
  readonly clock: { readonly now: () => number }
  readonly dial?: Dial
  readonly openDeadlineMs?: number
  /** Between 0 and 1: spreads the retries of many routers that failed together. */
  readonly random?: () => number
  /** The memory for all answers of all routers. */
  readonly memory?: AnswerMemory
}

/**
 * What is known of a router during and after its session: which menus its release does not have.
 */
export type RouterFeatures = {
  version: string | null
  readonly missingMenus: Set<string>
  /** Menus that the account may not read, and until when they are not requested again. */
  readonly forbiddenMenus: Map<string, number>
  /** The router's difference from UTC, for the dates it reports; null: not read yet. */
  utcOffsetMs: number | null
  /** What the last counters were of, by `.id` and name; null: not read yet. */
  ports: string | null
}
export type Session = { readonly connection: Connection; readonly known: RouterFeatures }

type Entry = {
  readonly key: string
  readonly known: RouterFeatures
  /** Remembers what the router's texts have shown of its code page. */
  readonly decode: DecodeText
  readonly closing: AbortController
  opening: Promise<Connection> | null
  /** Received on connections of this entry that have been replaced. */
  earlierBytes: number
  connection: Connection | null
  failures: number
  failedAtMs: number
  waitMs: number
  lastFailure: CollectError | null
}

const OPEN_DEADLINE_MS = 10_000
/**
 * Short: the scheduler limits the rate of polls, and a router that is back should not have to wait
 * for half a minute.
 */
const BACKOFF_MS = { first: 500, longest: 4_000 } as const
const REJECTED_BACKOFF_MS = { first: 60_000, longest: 900_000 } as const

/** Only a person can fix these, and a changed access is tried at once. */
const NEEDS_OPERATOR: ReadonlySet<CollectReason> = new Set([
  "wrong-credentials",
  "not-permitted",
  "wrong-certificate",
  "unconfirmed-certificate",
])

/** Doubles with each failure, minus up to a quarter at random. */
export const backoffMs = (
  reason: CollectError["reason"],
  failures: number,
  random: number,
): number => {
  const { first, longest } = NEEDS_OPERATOR.has(reason) ? REJECTED_BACKOFF_MS : BACKOFF_MS
  return Math.min(longest, first * 2 ** Math.min(20, failures - 1)) * (1 - random / 4)
}

const keyOf = (
  address: string,
  access: RouterOsAccess,
  encoding: AssignedDevice["textEncoding"],
): string =>
  JSON.stringify([
    address,
    access.port,
    access.tls,
    access.fingerprint,
    access.username,
    access.password,
    encoding,
  ])

const asCollectError = (error: unknown): CollectError =>
  error instanceof CollectError
    ? error
    : new CollectError("failed", error instanceof Error ? error.message : String(error), error)

/**
 * Settles with `promise`, or rejects as soon as `signal` aborts; shared work continues for others.
 */
const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(
        new CollectError("timed-out", "aborted while the session was being opened", signal.reason),
      )
    if (signal.aborted) onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })

export class Sessions {
  readonly counts: { logins: number; failures: number; readonly answersAborted: number }
  readonly #deps: Required<SessionsDeps>
  readonly #entries = new Map<DeviceId, Entry>()
  readonly #ending = new Set<Promise<void>>()
  #isClosed = false

  constructor(deps: SessionsDeps) {
    this.#deps = {
      dial: systemDial,
      openDeadlineMs: OPEN_DEADLINE_MS,
      random: Math.random,
      memory: new AnswerMemory(),
      ...deps,
    }
    const { memory } = this.#deps
    this.counts = {
      logins: 0,
      failures: 0,
      get answersAborted() {
        return memory.counts.aborted
      },
    }
  }

  /**
   * Runs `read` on the device's session. A command without an answer in time ends the session: the
   * router may have restarted. If the first command on the session of an earlier poll gets a reset,
   * the session was dead, and `read` runs on a new one.
   */
  async use<T>(
    device: AssignedDevice,
    signal: AbortSignal,
    read: (session: Session) => Promise<T>,
  ): Promise<T> {
    const entry = this.#entryOf(device)
    const isOld = entry.connection?.isOpen === true
    const connection = await unlessAborted(this.#open(device, entry), signal)
    try {
      return await read({ connection, known: entry.known })
    } catch (error) {
      if (error instanceof CollectError && error.reason === "timed-out") this.#end(connection)
      else if (isOld && !connection.isOpen && !signal.aborted)
        return await this.use(device, signal, read)
      throw error
    }
  }

  /** What is known of a router that has been polled; null: nothing yet. */
  known(
    device: DeviceId,
  ): { readonly receivedByte: number; readonly features: RouterFeatures } | null {
    const entry = this.#entries.get(device)
    if (entry === undefined) return null
    const receivedByte = entry.earlierBytes + (entry.connection?.receivedBytes ?? 0)
    return { receivedByte, features: entry.known }
  }

  forget(device: DeviceId): void {
    const entry = this.#entries.get(device)
    if (entry === undefined) return
    this.#entries.delete(device)
    entry.closing.abort()
    if (entry.connection !== null) this.#end(entry.connection)
  }

  /** Resolves when every socket is closed. */
  async close(): Promise<void> {
    this.#isClosed = true
    const opening = [...this.#entries.values()].map((entry) => entry.opening)
    for (const device of [...this.#entries.keys()]) this.forget(device)
    await Promise.allSettled([...opening, ...this.#ending])
    await Promise.allSettled(this.#ending)
  }

  #entryOf(device: AssignedDevice): Entry {
    if (this.#isClosed) throw new CollectError("failed", "the agent is stopping")
    const access = device.access.routerosApi
    if (access === null) throw new CollectError("failed", "this device has no RouterOS API access")
    const key = keyOf(device.access.address, access, device.textEncoding)
    const existing = this.#entries.get(device.id)
    if (existing?.key === key) return existing
    this.forget(device.id)
    const entry: Entry = {
      key,
      known: {
        version: null,
        missingMenus: new Set(),
        forbiddenMenus: new Map(),
        ports: null,
        utcOffsetMs: null,
      },
      decode: createDecoder(device.textEncoding),
      closing: new AbortController(),
      opening: null,
      earlierBytes: 0,
      connection: null,
      failures: 0,
      failedAtMs: 0,
      waitMs: 0,
      lastFailure: null,
    }
    this.#entries.set(device.id, entry)
    return entry
  }

  #open(device: AssignedDevice, entry: Entry): Promise<Connection> {
    if (entry.connection?.isOpen) return Promise.resolve(entry.connection)
    if (entry.opening !== null) return entry.opening
    const passedMs = this.#deps.clock.now() - entry.failedAtMs
    const waitMs = entry.waitMs - passedMs
    // After the clock was set back the elapsed time is negative: then the wait is over.
    if (entry.lastFailure !== null && waitMs > 0 && passedMs >= 0) {
      const { reason, message } = entry.lastFailure
      return Promise.reject(
        new CollectError(
          reason,
          `${message} (next attempt in ${Math.ceil(waitMs / 1_000)} s)`,
          entry.lastFailure,
        ),
      )
    }
    entry.opening = this.#login(device, entry).finally(() => {
      entry.opening = null
    })
    return entry.opening
  }

  async #login(device: AssignedDevice, entry: Entry): Promise<Connection> {
    try {
      const connection = await this.#connect(device, entry)
      entry.earlierBytes += entry.connection?.receivedBytes ?? 0
      entry.connection = connection
      entry.failures = 0
      entry.lastFailure = null
      this.counts.logins++
      return connection
    } catch (error) {
      const failure = asCollectError(error)
      entry.failures++
      entry.lastFailure = failure
      entry.failedAtMs = this.#deps.clock.now()
      entry.waitMs = backoffMs(failure.reason, entry.failures, this.#deps.random())
      this.counts.failures++
      throw failure
    }
  }

  async #connect(device: AssignedDevice, entry: Entry): Promise<Connection> {
    const { dial, openDeadlineMs, memory } = this.#deps
    const { address, routerosApi: access } = device.access
    if (access === null) throw new CollectError("failed", "this device has no RouterOS API access")
    const { signal } = entry.closing
    const { decode } = entry
    const connection = await openConnection(address, access, {
      dial,
      deadlineMs: openDeadlineMs,
      signal,
      memory,
      decode,
    })
    if (!signal.aborted) return connection
    this.#end(connection)
    throw new CollectError("failed", "the device was removed while its session was being opened")
  }

  #end(connection: Connection): void {
    const ended = connection.close().finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
  }
}
