/** Questions to one device over SNMP v2c or v3, behind the guards that net-snmp needs: one at a time, bounded as a whole, and no reply can throw. */
import snmp from "net-snmp"
import type { Access } from "../../wire/wire.ts"
import { CollectError } from "../collector.ts"
import type { SharedSocket } from "./socket.ts"
import { compareOids, isBelow } from "./values.ts"

export type Column = ReadonlyMap<string, unknown>
export type SnmpTarget = NonNullable<Access["snmp"]> & { readonly ip: string }
export type Ask = { readonly signal: AbortSignal }

/** Answers to this many values fit into one packet of an ordinary line (about 20 bytes each); a larger one would be cut into fragments, which firewalls lose. */
const VALUES_A_REPLY = 50
const TIMEOUT_MS = 1_500
const RETRIES = 2
/** No table that is asked for has more rows; a device that makes some up is stopped. */
const MOST_ROWS = 10_000

type Varbind = snmp.Varbind

const silent = (target: SnmpTarget, cause: unknown): CollectError =>
  new CollectError(
    "no-answer",
    `no SNMP answer from ${target.ip} port ${target.port}: switched off, a firewall, or another ${"v3" in target ? "user" : "community"}`,
    cause,
  )

const failure = (target: SnmpTarget, error: unknown): CollectError => {
  if (error instanceof CollectError) return error
  if (error instanceof Error && error.name === "RequestTimedOutError") return silent(target, error)
  // An agent says by a report that it does not know the user, or that a password is another: in v2c that is silence.
  if (error instanceof snmp.ResponseInvalidError && /unknown user|wrong digest|decryption|authentication/i.test(error.message))
    return new CollectError("wrong-credentials", `SNMPv3 of ${target.ip}: the user or one of its passwords is wrong`, error)
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  if (/^E(HOST|NET)UNREACH$/.test(code)) return new CollectError("no-route", `there is no route to ${target.ip}`, error)
  return new CollectError("failed", `SNMP of ${target.ip}: ${error instanceof Error ? error.message : String(error)}`, error)
}

const open = (target: SnmpTarget, socket: SharedSocket): snmp.Session => {
  const options = {
    transport: target.ip.includes(":") ? "udp6" : "udp4",
    port: target.port,
    timeout: TIMEOUT_MS,
    retries: RETRIES,
    backoff: 1,
    dgramModule: socket.moduleFor(target),
  } as const
  if ("community" in target) return snmp.createSession(target.ip, target.community, { ...options, version: snmp.Version2c })
  const { user, authPassword, privPassword } = target.v3
  const account = {
    name: user,
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols.sha,
    authKey: authPassword,
    privProtocol: snmp.PrivProtocols.aes,
    privKey: privPassword,
  }
  return snmp.createV3Session(target.ip, account, { ...options, version: snmp.Version3 })
}

export class SnmpSession {
  readonly #target: SnmpTarget
  readonly #session: snmp.Session
  /** Packets that were no SNMP, or broken; the question they may have meant to answer times out. */
  malformed = 0

  constructor(target: SnmpTarget, socket: SharedSocket) {
    this.#target = target
    this.#session = open(target, socket)
    // Without a listener the first broken packet ends the process.
    this.#session.on("error", () => {
      this.malformed += 1
    })
  }

  close(): void {
    this.#session.close()
  }

  #ask<T>(signal: AbortSignal, start: (done: (error: unknown, answer: T | undefined) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new CollectError("timed-out", `SNMP of ${this.#target.ip} did not end in time`))
      if (signal.aborted) {
        late()
        return
      }
      const onAbort = () => {
        late()
        this.#session.cancelRequests(new Error("given up"))
      }
      signal.addEventListener("abort", onAbort, { once: true })
      start((error, answer) => {
        signal.removeEventListener("abort", onAbort)
        if (error !== null && error !== undefined) reject(failure(this.#target, error))
        else if (answer === undefined) reject(new CollectError("failed", `SNMP of ${this.#target.ip} answered nothing`))
        else resolve(answer)
      })
    })
  }

  /** Each value by its OID; one the device does not have is left out. */
  async get(oids: readonly string[], { signal }: Ask): Promise<ReadonlyMap<string, unknown>> {
    const varbinds = await this.#ask<Varbind[]>(signal, (done) => this.#session.get([...oids], done))
    return new Map(varbinds.filter((varbind) => !snmp.isVarbindError(varbind)).map(({ oid, value }) => [oid, value]))
  }

  /** Columns of one table, each as index -> value, read side by side. A column the device does not have is empty. */
  async columns<K extends string>(wanted: Readonly<Record<K, string>>, ask: Ask): Promise<Readonly<Record<K, Column>>> {
    const found = new Map<string, Map<string, unknown>>()
    for (const root of Object.values<string>(wanted)) found.set(root, new Map())
    let open = [...found.keys()].map((root) => ({ root, last: root }))
    while (open.length > 0) {
      const repetitions = Math.max(2, Math.floor(VALUES_A_REPLY / open.length))
      const oids = open.map(({ last }) => last)
      const answer = await this.#ask<(Varbind | Varbind[])[]>(ask.signal, (done) =>
        this.#session.getBulk(oids, 0, repetitions, done),
      )
      open = open.flatMap(({ root, last }, i) => {
        const next = this.#take(root, last, [answer[i] ?? []].flat(), found.get(root))
        return next === null ? [] : [{ root, last: next }]
      })
    }
    const entries = Object.entries<string>(wanted).map(([key, root]) => [key, found.get(root) ?? new Map()])
    return Object.fromEntries(entries)
  }

  /** Where to go on; null at the column's end: another column, endOfMibView, nothing at all, or an index that does not grow. */
  #take(root: string, from: string, varbinds: readonly Varbind[], into: Map<string, unknown> | undefined): string | null {
    let last = from
    if (varbinds.length === 0 || into === undefined) return null
    for (const varbind of varbinds) {
      if (snmp.isVarbindError(varbind) || !isBelow(varbind.oid, root)) return null
      // Seen on real routers: the walk turns back and would never end. What has been read so far is good.
      if (compareOids(varbind.oid, last) <= 0) return null
      last = varbind.oid
      into.set(varbind.oid.slice(root.length + 1), varbind.value)
    }
    return into.size >= MOST_ROWS ? null : last
  }
}
