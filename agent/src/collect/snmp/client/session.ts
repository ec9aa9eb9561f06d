/**
 * Requests to one device over SNMP v1, v2c or v3. One bad answer never fails a whole poll: rejected
 * requests are repeated in smaller parts, without missing objects, or with fewer rows, and what was
 * read is kept.
 */
import { CollectError } from "../../collector.ts"
import { type Learned, nothingLearned, VALUES_PER_ANSWER } from "../collectors/learned.ts"
import { type Attempts, Exchange, type Reply } from "./exchange.ts"
import { ignored, noAnswer, notPermitted, reported, statusName, USM } from "./failures.ts"
import {
  type Answer,
  type CommunityVersion,
  ERROR,
  isException,
  PDU,
  type Question,
} from "./pdu.ts"
import type { SharedSocket } from "./socket.ts"
import type { SnmpTarget } from "./target.ts"
import { addRows, type Column, type ColumnWalk, newWalk } from "./walk.ts"

/** `now` stamps rows with the time of their answer. */
export type QueryOptions = {
  readonly signal: AbortSignal
  readonly now?: () => number
  readonly maxRows?: number
}
type Values = ReadonlyMap<string, unknown>

const isBulk = (question: Question): question is Extract<Question, { kind: "getBulk" }> =>
  question.kind === "getBulk"

/** SNMP v1 has no GETBULK. */
const inVersion = (version: CommunityVersion, question: Question): Question =>
  version === "v1" && isBulk(question) ? { kind: "getNext", oids: question.oids } : question

/** The same request with fewer rows: a slow or lossy agent can answer a small one. */
const shrunk = (question: Question, by: number): Question =>
  isBulk(question)
    ? { ...question, repetitions: Math.max(1, Math.floor(question.repetitions / by)) }
    : question

const halves = <T>(list: readonly T[]): [T[], T[]] => {
  const middle = Math.ceil(list.length / 2)
  return [list.slice(0, middle), list.slice(middle)]
}

export class SnmpSession {
  /** Parts of tables that could not be read, each as a sentence. */
  readonly problems: string[] = []
  /** Why reading ended early; later requests give nothing. */
  abortError: CollectError | null = null
  readonly target: SnmpTarget
  readonly #learned: Learned
  readonly #exchange: Exchange
  #answers = 0
  /**
   * The engine has answered in this session, so a firewall is not the reason for missing answers.
   */
  #hasDiscovered = false

  constructor(target: SnmpTarget, socket: SharedSocket, learned: Learned = nothingLearned()) {
    this.target = target
    this.#learned = learned
    this.#exchange = new Exchange(target, socket, learned)
  }

  /** Packets that are not SNMP, or broken; the request they may have answered times out. */
  get malformed(): number {
    return this.#exchange.replyErrors.malformed
  }

  /** The version in use; null until something was answered. */
  get version(): CommunityVersion | "v3" | null {
    if ("v3" in this.target) return "v3"
    return this.target.version ?? this.#learned.version
  }

  close(): void {
    this.#exchange.close()
  }

  async isEngineThere(signal: AbortSignal): Promise<boolean> {
    return await this.#exchange.isEngineThere(signal)
  }

  async #question(question: Question, signal: AbortSignal): Promise<Answer> {
    const reply =
      "v3" in this.target
        ? await this.#queryV3(question, signal)
        : await this.#queryCommunity(question, signal)
    this.#answers += 1
    if (isBulk(question))
      this.#learnSize(question.repetitions, question.oids.length, reply.question)
    return reply.answer
  }

  /** Fewer values after a large answer was lost, then slowly more again. */
  #learnSize(repetitions: number, columns: number, answered: Question): void {
    const { valuesPerAnswer } = this.#learned
    if (isBulk(answered) && answered.repetitions < repetitions)
      this.#learned.valuesPerAnswer = Math.max(1, answered.repetitions * columns)
    else if (valuesPerAnswer < VALUES_PER_ANSWER)
      this.#learned.valuesPerAnswer = valuesPerAnswer + 1
  }

  #attemptsOf(question: Question): Attempts {
    const version = this.version
    const inOne = (by: number) => {
      const smaller = shrunk(question, by)
      if (version === "v3") return [{ version, question: smaller }] as const
      if (version !== null) return [{ version, question: inVersion(version, smaller) }] as const
      const v2c = { version: "v2c", question: smaller } as const
      return by === 1
        ? [v2c]
        : [v2c, { version: "v1", question: inVersion("v1", smaller) } as const]
    }
    // If it has answered before, one more attempt in the smallest form.
    return [1, 2, 4, ...(this.#answers > 0 && isBulk(question) ? [10_000] : [])].map(inOne)
  }

  async #queryCommunity(question: Question, signal: AbortSignal): Promise<Reply> {
    const reply = await this.#exchange.query(this.#attemptsOf(question), signal)
    if (reply.version !== "v3" && this.version === null) this.#learned.version = reply.version
    return reply
  }

  async #queryV3(question: Question, signal: AbortSignal): Promise<Reply> {
    for (let tries = 0; ; tries += 1) {
      await this.#discover(signal)
      const reply = await this.#exchange
        .query(this.#attemptsOf(question), signal)
        .catch((error: unknown) => {
          throw this.#hasDiscovered && this.#answers === 0 ? ignored(this.target, error) : error
        })
      const { v3, answer } = reply
      if (v3 === null) throw noAnswer(this.target, this.#exchange.replyErrors)
      if (answer.type !== PDU.report) {
        if (v3.isAuthentic) this.#learned.engine = { ...v3.engine, atMs: performance.now() }
        return reply
      }
      const oid = answer.varbinds[0]?.oid ?? ""
      const isAboutEngine = oid === USM.notInTimeWindows || oid === USM.unknownEngineIds
      this.#learned.engine =
        oid === USM.notInTimeWindows ? { ...v3.engine, atMs: performance.now() } : null
      if (!isAboutEngine || tries >= 2) throw reported(this.target, oid)
    }
  }

  async #discover(signal: AbortSignal): Promise<void> {
    if (this.#learned.engine !== null) return
    const outgoing = [{ version: "discovery", question: { kind: "get", oids: [] } }] as const
    const { v3 } = await this.#exchange.query([outgoing, outgoing, outgoing], signal)
    if (v3 === null || v3.engine.id.length === 0)
      throw new CollectError(
        "failed",
        `the SNMPv3 agent of ${this.target.ip} does not report its engine ID`,
      )
    this.#hasDiscovered = true
    this.#learned.engine = { ...v3.engine, id: Buffer.from(v3.engine.id), atMs: performance.now() }
  }

  /**
   * Runs a part of a poll; a failure ends the poll and keeps what was read. Throws if nothing was
   * read.
   */
  async #part(work: () => Promise<void>): Promise<void> {
    if (this.abortError !== null) return
    try {
      await work()
    } catch (error) {
      if (!(error instanceof CollectError) || this.#answers === 0) throw error
      this.abortError ??= error
    }
  }

  /** Each value by its OID; missing ones are omitted. */
  async get(oids: readonly string[], { signal }: QueryOptions): Promise<Values> {
    const found = new Map<string, unknown>()
    await this.#part(async () => {
      const requested = oids.filter((oid) => !this.#learned.absent.has(oid))
      const lists: string[][] = []
      for (let at = 0; at < requested.length; at += VALUES_PER_ANSWER)
        lists.push(requested.slice(at, at + VALUES_PER_ANSWER))
      for (let list = lists.pop(); list !== undefined; list = lists.pop()) {
        const rest = await this.#getSome(list, signal, found)
        lists.push(...rest.filter((each) => each.length > 0))
      }
    })
    return found
  }

  /** The remaining OIDs, in lists that are each shorter than this one was. */
  async #getSome(
    list: readonly string[],
    signal: AbortSignal,
    found: Map<string, unknown>,
  ): Promise<string[][]> {
    const { errorStatus, errorIndex, varbinds, isWhole } = await this.#question(
      { kind: "get", oids: list },
      signal,
    )
    if (errorStatus === ERROR.none) {
      for (const [at, varbind] of varbinds.entries()) {
        // In the order of the request, from nearly every agent.
        const isRequested = varbind.oid === list[at] || list.includes(varbind.oid)
        if (isRequested && !isException(varbind)) found.set(varbind.oid, varbind.value)
      }
      // The one at this position could not be read; those after it are requested again.
      return isWhole ? [] : [list.slice(varbinds.length + 1)]
    }
    if (errorStatus === ERROR.authorizationError) throw notPermitted(this.target)
    const failing = errorStatus === ERROR.tooBig ? undefined : list[errorIndex - 1]
    if (failing !== undefined) {
      this.#learned.absent.add(failing)
      return [list.filter((oid) => oid !== failing)]
    }
    if (list.length > 1) return halves(list)
    for (const oid of list) this.#learned.absent.add(oid)
    return []
  }

  /**
   * Columns of one table, each as index -> value, read in parallel. A missing column is empty.
   * `readAt` receives the time of the first value of each row. Beyond `maxRows` reading stops,
   * which is not a problem.
   */
  async columns<K extends string>(
    requested: Readonly<Record<K, string>>,
    { signal, now = Date.now, maxRows = Number.POSITIVE_INFINITY }: QueryOptions,
    readAt?: Map<string, number>,
  ): Promise<Readonly<Record<K, Column>>> {
    const walks = new Map(Object.values<string>(requested).map((root) => [root, newWalk(root)]))
    await this.#part(async () => {
      const groups: ColumnWalk[][] = [
        [...walks.values()].filter(({ root }) => !this.#learned.absent.has(root)),
      ]
      for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
        const rest = await this.#walkSome(group, signal, (index) => {
          if (readAt !== undefined && !readAt.has(index)) readAt.set(index, now())
        })
        groups.push(
          ...rest
            .map((each) => each.filter(({ rows }) => rows.size < maxRows))
            .filter((each) => each.length > 0),
        )
      }
    })
    for (const { root, rows, isOver } of walks.values())
      if (isOver && rows.size === 0) this.#learned.absent.add(root)
    const entries = Object.entries<string>(requested).map(([key, root]) => [
      key,
      walks.get(root)?.rows ?? new Map(),
    ])
    return Object.fromEntries(entries)
  }

  /** One step of a group of columns; gives the groups to continue with. */
  async #walkSome(
    group: ColumnWalk[],
    signal: AbortSignal,
    onRow: (index: string) => void,
  ): Promise<ColumnWalk[][]> {
    if (group.length === 0) return []
    const { valuesPerAnswer } = this.#learned
    if (group.length > 1 && group.length > valuesPerAnswer) return halves(group)
    const repetitions = Math.max(1, Math.floor(valuesPerAnswer / group.length))
    const oids = group.map(({ last }) => last)
    const answer = await this.#question({ kind: "getBulk", oids, repetitions }, signal)
    if (answer.errorStatus === ERROR.tooBig && repetitions > 1) {
      this.#learned.valuesPerAnswer = Math.max(1, Math.floor((repetitions * group.length) / 2))
      return [group]
    }
    if (answer.errorStatus === ERROR.none) {
      const problem = addRows(group, answer, onRow)
      if (problem !== null) this.#addProblem(problem)
      return [group.filter(({ isOver }) => !isOver)]
    }
    const failing =
      answer.errorStatus === ERROR.tooBig && group.length > 1
        ? undefined
        : group[answer.errorIndex - 1]
    const over = failing ?? (group.length === 1 ? group[0] : undefined)
    if (over === undefined) return halves(group)
    over.isOver = true
    // In v1, a table ends this way. Any other error in the middle of one is a missing part.
    if (answer.errorStatus !== ERROR.noSuchName && over.rows.size > 0)
      this.#addProblem(
        `${over.root} ends with ${statusName(answer.errorStatus)} after ${over.last}`,
      )
    return [group.filter(({ isOver }) => !isOver)]
  }

  #addProblem(problem: string): void {
    if (this.problems.length < 5) this.problems.push(problem)
  }
}
