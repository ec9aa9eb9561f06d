/**
 * One request and its answer: packets, attempts, waiting. An answer to any attempt counts, but only
 * if it comes from the device's own address and port and has the number of a pending request.
 */
import { randomInt } from "node:crypto"
import { CollectError } from "../../collector.ts"
import { type Learned, learnRtt, waitsFor } from "../collectors/learned.ts"
import { BerError } from "./ber.ts"
import { noAnswer, noRoute, type ReplyErrors } from "./failures.ts"
import {
  type Answer,
  type CommunityVersion,
  communityMessage,
  type Question,
  readCommunityAnswer,
  readCommunityId,
  readVersion,
  VERSION,
} from "./pdu.ts"
import type { SharedSocket, SocketShare } from "./socket.ts"
import { accountOf, type SnmpTarget } from "./target.ts"
import { discoveryMessage, type Engine, readV3, type V3Read, v3Message } from "./v3-message.ts"

/** `question` is that of the answered attempt. */
export type Reply = {
  readonly answer: Answer
  readonly version: CommunityVersion | "v3"
  readonly v3: Extract<V3Read, { ok: true }> | null
  readonly question: Question
}
type Received = Omit<Reply, "question">
/** One attempt: the packets to send; several if several versions are tried. */
export type Outgoing = {
  readonly version: CommunityVersion | "v3" | "discovery"
  readonly question: Question
}
export type Attempts = readonly (readonly Outgoing[])[]
type Query = { readonly signal: AbortSignal; readonly fail: (error: CollectError) => void }
type PendingQuery = { readonly onReply: (reply: Received) => void }

/** Node has one list of timers for each length, so lengths that are nearly equal are one. */
const WAIT_STEP_MS = 50
const roundedWait = (waits: readonly number[], index: number): number =>
  Math.ceil((waits[Math.min(index, waits.length - 1)] ?? 0) / WAIT_STEP_MS) * WAIT_STEP_MS

const NO_QUESTION: Question = { kind: "get", oids: [] }

export class Exchange {
  readonly replyErrors: ReplyErrors = {
    malformed: 0,
    "wrong-digest": 0,
    "not-decrypted": 0,
    "less-secure": 0,
  }
  readonly #target: SnmpTarget
  readonly #learned: Learned
  readonly #share: SocketShare
  readonly #pending = new Map<number, PendingQuery>()
  readonly #queries = new Set<Query>()
  readonly #abortListeners = new Map<AbortSignal, () => void>()

  constructor(target: SnmpTarget, socket: SharedSocket, learned: Learned) {
    this.#target = target
    this.#learned = learned
    this.#share = socket.open(target, (packet) => this.#onPacket(packet))
  }

  close(): void {
    for (const [signal, onAbort] of this.#abortListeners)
      signal.removeEventListener("abort", onAbort)
    this.#abortListeners.clear()
    this.#pending.clear()
    this.#share.close()
  }

  #onPacket(packet: Buffer): void {
    try {
      const { version, body, at } = readVersion(packet)
      if (version === VERSION.v3) this.#onV3(packet, body, at)
      else if (version === VERSION.v1 || version === VERSION.v2c) {
        // Other sessions of this device have requests too; theirs are not read here.
        if (!this.#pending.has(readCommunityId(body, at))) return
        const answer = readCommunityAnswer(body, at)
        this.#deliver(answer.id, {
          answer,
          version: version === VERSION.v1 ? "v1" : "v2c",
          v3: null,
        })
      } else this.replyErrors.malformed += 1
    } catch (error) {
      if (!(error instanceof BerError)) throw error
      this.replyErrors.malformed += 1
    }
  }

  #onV3(packet: Buffer, body: Buffer, at: number): void {
    const { id, read } = readV3(accountOf(this.#target), packet, body, at)
    // Only expected answers are worth a digest and a decryption.
    if (!this.#pending.has(id)) return
    const v3 = read()
    if (v3.ok) this.#deliver(id, { answer: v3.answer, version: "v3", v3 })
    else this.replyErrors[v3.reason] += 1
  }

  #deliver(id: number, reply: Received): void {
    this.#pending.get(id)?.onReply(reply)
  }

  /** The engine with its time advanced by the monotonic clock. */
  #engine(): Engine | null {
    const { engine } = this.#learned
    if (engine === null) return null
    return {
      ...engine,
      timeS: engine.timeS + Math.floor((performance.now() - engine.atMs) / 1_000),
    }
  }

  #packet({ version, question }: Outgoing, id: number): Buffer {
    if (version === "discovery") return discoveryMessage(id)
    if (version !== "v3")
      return communityMessage(
        version,
        "community" in this.#target ? this.#target.community : "",
        question,
        id,
      )
    const engine = this.#engine()
    return engine === null
      ? discoveryMessage(id)
      : v3Message(accountOf(this.#target), engine, question, id)
  }

  /**
   * The answer to the first attempt that is answered. Throws `CollectError`: `timed-out` when
   * aborted, `no-answer` when all attempts failed, `no-route`.
   */
  query(attempts: Attempts, signal: AbortSignal): Promise<Reply> {
    if (signal.aborted) return Promise.reject(this.#abortError())
    this.#listenFor(signal)
    const waits = waitsFor(this.#learned.rtt)
    return new Promise<Reply>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const ids: number[] = []
      const end = (): void => {
        clearTimeout(timer)
        this.#queries.delete(query)
        for (const id of ids) this.#pending.delete(id)
      }
      const fail = (error: CollectError): void => {
        end()
        reject(error)
      }
      const query: Query = { signal, fail }
      const succeed = (reply: Reply): void => {
        end()
        resolve(reply)
      }
      const attempt = (index: number): void => {
        const outgoing = attempts[index]
        if (outgoing === undefined) {
          fail(noAnswer(this.#target, this.replyErrors))
          return
        }
        // Before it is sent, because an error of this host can end the query at once.
        timer = setTimeout(attempt, roundedWait(waits, index), index + 1)
        for (const each of outgoing) ids.push(this.#send(each, succeed, fail))
      }
      this.#queries.add(query)
      attempt(0)
    })
  }

  #abortError(): CollectError {
    return new CollectError("timed-out", `SNMP of ${this.#target.ip} did not end in time`)
  }

  /** One listener for all queries of a signal: a poll has one signal and many queries. */
  #listenFor(signal: AbortSignal): void {
    if (this.#abortListeners.has(signal)) return
    const onAbort = (): void => {
      for (const query of [...this.#queries])
        if (query.signal === signal) query.fail(this.#abortError())
    }
    this.#abortListeners.set(signal, onAbort)
    signal.addEventListener("abort", onAbort, { once: true })
  }

  #send(
    outgoing: Outgoing,
    succeed: (reply: Reply) => void,
    fail: (error: CollectError) => void,
  ): number {
    const id = randomInt(1, 2 ** 31 - 1)
    const sentMs = performance.now()
    const onReply = (received: Received): void => {
      this.#learned.rtt = learnRtt(this.#learned.rtt, Math.max(0, performance.now() - sentMs))
      succeed({ ...received, question: outgoing.question })
    }
    this.#pending.set(id, { onReply })
    this.#share.send(this.#packet(outgoing, id), (error) => {
      if (error !== null) fail(noRoute(this.#target, error))
    })
    return id
  }

  /** Whether there is an SNMP engine at all: discovery is answered for any community or user. */
  async isEngineThere(signal: AbortSignal): Promise<boolean> {
    const outgoing = [{ version: "discovery", question: NO_QUESTION }] as const
    return await this.query([outgoing, outgoing], signal).then(
      () => true,
      () => false,
    )
  }
}
