/**
 * One API connection: many commands at once, identified by tag, each with its own deadline.
 *
 * Whatever happens to the connection, every command and every listener ends: nothing waits for a
 * router that is gone.
 */
import type { Socket } from "node:net"
import { CollectError } from "../../collector.ts"
import { createDecoder, type DecodeText } from "../../text/decoder.ts"
import { AnswerMemory, type MemoryReservation, rowBytes } from "./answer-memory.ts"
import { Listening, type ListenRow } from "./listening.ts"
import type { Reply, Row } from "./reply.ts"
import { ReplyReader } from "./reply-reader.ts"
import { SENTENCE_LIMITS, SentenceError, type SentenceLimits } from "./sentences.ts"
import { TRAP_CATEGORY, TrapError } from "./trap.ts"
import { encodeSentence } from "./words.ts"

export type CommandOptions = {
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  /** Without a tag, only one command may run; the login of old releases does not support tags. */
  readonly isTagged?: boolean
  /** Receives rows as they arrive; they are not collected then. */
  readonly onRow?: (row: Row) => void
  /** Limit of all collected rows; smaller than the memory limit of one answer. */
  readonly maxBytes?: number
}
export type Answer = { readonly rows: readonly Row[]; readonly ret: string | null }
export type PrintOptions = CommandOptions & {
  readonly proplist?: readonly string[]
  readonly queries?: readonly string[]
}

type Pending = {
  readonly command: string
  trap: TrapError | null
  row(row: Row): void
  end(error: Error | null, ret: string | null): void
}

const DEADLINE_MS = 10_000
const MAX_ROWS = 500_000
/** After this many unanswered commands, the connection is given up. */
const MAX_ABANDONED = 64
/** Sentences are read for this long per turn of the event loop, so that other work can run. */
const TURN_MS = 4
const NO_TAG = ""

/** The rows of one answer, until they are too many. */
const collectRows = (
  reservation: MemoryReservation,
  maxBytes: number,
  giveUp: (why: string) => void,
) => {
  const rows: Row[] = []
  let receivedBytes = 0
  const push = (row: Row): void => {
    const bytes = rowBytes(row)
    receivedBytes += bytes
    if (receivedBytes > maxBytes) giveUp(`an answer of more than ${maxBytes} bytes`)
    else if (rows.push(row) > MAX_ROWS) giveUp(`more than ${MAX_ROWS} rows`)
    else reservation.add(bytes)
  }
  return { rows, push }
}

export class Connection {
  /**
   * Unexpected replies: to aborted commands (`late`), and to tags that were never used (`stray`).
   */
  readonly counts = { late: 0, unsolicited: 0, unknown: 0 }
  readonly #socket: Socket
  readonly #reader: ReplyReader
  readonly #memory: AnswerMemory
  /** The incomplete sentence. */
  readonly #partialSentence: MemoryReservation
  readonly #pending = new Map<string, Pending>()
  readonly #abandoned = new Set<string>()
  readonly #closed: Promise<void>
  #tags = 0
  #receivedBytes = 0
  #lost: CollectError | null = null
  #hasReplied = false
  #turnStartMs = 0

  /**
   * `memory` is shared by all connections of an agent; `decode` converts texts from the router's
   * code page.
   */
  constructor(
    socket: Socket,
    limits: SentenceLimits = SENTENCE_LIMITS,
    memory = new AnswerMemory(),
    decode: DecodeText = createDecoder(),
  ) {
    this.#socket = socket
    this.#reader = new ReplyReader(limits, decode)
    this.#memory = memory
    this.#partialSentence = memory.open((why) =>
      this.#fail(new CollectError("failed", `a sentence was aborted, because ${why}`)),
    )
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()))
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    socket.on("data", (chunk: Buffer) => {
      this.#receivedBytes += chunk.length
      this.#read(chunk)
    })
    socket.on("error", (error) => this.#fail(this.#lossError(error.message, error)))
    socket.on("end", () => this.#fail(this.#lossError("closed by the router")))
    socket.on("close", () => this.#fail(this.#lossError("closed")))
  }

  /** Of all answers so far, as they were on the wire inside TLS. */
  get receivedBytes(): number {
    return this.#receivedBytes
  }
  get isOpen(): boolean {
    return this.#lost === null
  }

  /**
   * Runs one command until its `!done`. Rejects with `TrapError` (the router rejected the command)
   * or `CollectError` (there is no usable answer).
   */
  run(words: readonly string[], options: CommandOptions = {}): Promise<Answer> {
    const {
      deadlineMs = DEADLINE_MS,
      signal,
      isTagged = true,
      onRow,
      maxBytes = Number.POSITIVE_INFINITY,
    } = options
    const [command = ""] = words
    return new Promise<Answer>((resolve, reject) => {
      if (this.#lost !== null) return reject(this.#lost)
      if (signal?.aborted)
        return reject(
          new CollectError("timed-out", `${command}: aborted before it was sent`, signal.reason),
        )
      const tag = isTagged ? this.#nextTag() : NO_TAG
      const giveUp = (error: CollectError): void => {
        this.#pending.delete(tag)
        free()
        collected.rows.length = 0
        this.#abandon(tag)
        reject(error)
      }
      const timer = setTimeout(
        () =>
          giveUp(
            new CollectError("timed-out", `${command}: no complete answer within ${deadlineMs} ms`),
          ),
        deadlineMs,
      )
      const onAbort = (): void =>
        giveUp(new CollectError("timed-out", `${command}: aborted`, signal?.reason))
      // A router that continues to answer would continue to cost time, so the connection ends with
      // the answer.
      const reservation = this.#memory.open((why) => {
        const error = new CollectError(
          "failed",
          `${command}: the answer was aborted, because ${why}`,
        )
        giveUp(error)
        this.#fail(error)
      })
      const free = (): void => {
        clearTimeout(timer)
        reservation.free()
        signal?.removeEventListener("abort", onAbort)
      }
      signal?.addEventListener("abort", onAbort, { once: true })
      const collected = collectRows(reservation, maxBytes, (why) =>
        giveUp(new CollectError("failed", `${command}: ${why}`)),
      )
      this.#pending.set(tag, {
        command,
        trap: null,
        row: onRow ?? collected.push,
        end: (error, ret) => {
          free()
          if (error === null) resolve({ rows: collected.rows, ret })
          else reject(error)
        },
      })
      this.#send(words, tag)
    })
  }

  /**
   * `menu` without the command, such as "/interface". Always name the properties: otherwise the
   * router computes all of them.
   */
  async print(menu: string, options: PrintOptions = {}): Promise<readonly Row[]> {
    const { proplist = [], queries = [] } = options
    const properties = proplist.length === 0 ? [] : [`=.proplist=${proplist.join(",")}`]
    return (await this.run([`${menu}/print`, ...properties, ...queries], options)).rows
  }

  /**
   * Changes as they happen, until the consumer stops (which cancels the command) or the connection
   * is lost (which throws).
   */
  listen(
    menu: string,
    options: Pick<PrintOptions, "proplist" | "queries" | "signal"> = {},
  ): AsyncIterableIterator<ListenRow> {
    const { proplist = [], queries = [], signal } = options
    const tag = this.#nextTag()
    const properties = proplist.length === 0 ? [] : [`=.proplist=${proplist.join(",")}`]
    const listening = new Listening(`${menu}/listen`, signal, () => {
      if (this.#pending.delete(tag)) this.#abandon(tag)
    })
    if (this.#lost !== null) listening.end(this.#lost)
    else if (!listening.isEnded) {
      this.#pending.set(tag, {
        command: `${menu}/listen`,
        trap: null,
        row: (row) => listening.push(row),
        end: (error) =>
          listening.end(
            error instanceof TrapError && error.category === TRAP_CATEGORY.interrupted
              ? null
              : error,
          ),
      })
      this.#send([`${menu}/listen`, ...properties, ...queries], tag)
    }
    return listening
  }

  /** Resolves when the socket is closed; pending commands have been rejected by then. */
  async close(): Promise<void> {
    this.#fail(new CollectError("failed", "the connection was closed by this agent"))
    await this.#closed
  }

  #nextTag(): string {
    this.#tags++
    return this.#tags.toString(36)
  }

  #send(words: readonly string[], tag: string): void {
    this.#socket.write(encodeSentence(tag === NO_TAG ? words : [...words, `.tag=${tag}`]))
  }

  /** Cancels a command that is no longer needed. */
  #abandon(tag: string): void {
    if (this.#lost !== null) return
    if (tag === NO_TAG || this.#abandoned.size >= MAX_ABANDONED) {
      this.#fail(new CollectError("timed-out", "the router does not answer any more"))
      return
    }
    const cancelTag = this.#nextTag()
    this.#abandoned.add(tag).add(cancelTag)
    this.#send(["/cancel", `=tag=${tag}`], cancelTag)
  }

  #read(chunk: Buffer): void {
    if (this.#lost !== null) return
    const nowMs = performance.now()
    if (this.#turnStartMs === 0) {
      this.#turnStartMs = nowMs
      setImmediate(() => {
        this.#turnStartMs = 0
      })
    }
    const bufferedBytes = this.#reader.bufferedBytes
    try {
      this.#reader.read(chunk, (reply) => {
        this.#hasReplied = true
        this.#handleReply(reply)
        return this.#lost === null
      })
      if (this.#lost !== null) return
    } catch (error) {
      if (!(error instanceof SentenceError)) throw error
      this.#fail(
        new CollectError(this.#hasReplied ? "failed" : "not-routeros", error.message, error),
      )
      return
    }
    this.#partialSentence.add(this.#reader.bufferedBytes - bufferedBytes)
    // Node delivers up to 2 MB without a turn of its event loop; a table of 100,000 rows must not
    // delay the pings.
    if (performance.now() - this.#turnStartMs > TURN_MS) {
      this.#socket.pause()
      setImmediate(() => this.#socket.resume())
    }
  }

  #handleReply(reply: Reply): void {
    if (reply.kind === "fatal")
      this.#fail(new CollectError("failed", `the router ended the session: ${reply.message}`))
    else if (reply.kind === "unknown") this.counts.unknown++
    else {
      const pending = this.#pending.get(reply.tag ?? NO_TAG)
      if (pending === undefined) this.#handleUnsolicited(reply.tag ?? NO_TAG, reply.kind === "done")
      else this.#dispatch(pending, reply)
    }
  }

  #handleUnsolicited(tag: string, isDone: boolean): void {
    if (this.#abandoned.has(tag)) this.counts.late++
    else this.counts.unsolicited++
    if (isDone) this.#abandoned.delete(tag)
  }

  #dispatch(pending: Pending, reply: Extract<Reply, { readonly tag: string | null }>): void {
    switch (reply.kind) {
      case "row":
        pending.row(reply.row)
        break
      case "empty": // From 7.18 on: a command without results; its `!done` follows.
        break
      case "trap": // The first one has the reason; its `!done` follows.
        pending.trap ??= new TrapError(pending.command, reply.category, reply.message)
        break
      case "done":
        this.#pending.delete(reply.tag ?? NO_TAG)
        pending.end(pending.trap, reply.ret)
        break
    }
  }

  #lossError(how: string, cause?: Error): CollectError {
    if (this.#hasReplied)
      return new CollectError("failed", `the connection was lost: ${how}`, cause)
    const why =
      "the router may not allow this agent's address, may have no free session, or uses TLS on that port"
    return new CollectError(
      "refused",
      `the router closed the connection at once (${how}); ${why}`,
      cause,
    )
  }

  #fail(why: CollectError): void {
    if (this.#lost !== null) return
    this.#lost = why
    this.#partialSentence.free()
    this.#socket.destroy()
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    this.#abandoned.clear()
    for (const each of pending) each.end(each.trap ?? why, null)
  }
}
