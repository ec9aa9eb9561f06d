/**
 * The operating system of a simulated router: its configuration, files and certificates, and
 * everything that runs on it. Scripts use it through `invoke`; sockets read their configuration
 * from it.
 */

import type { Release } from "@ispvm/routeros-scripts/check"
import { releaseNamed } from "@ispvm/routeros-scripts/check/product"
import type { Row as ApiRow } from "../api-query.ts"
import { type Identity, selfSign } from "../certificate.ts"
import type { Router } from "../router.ts"
import {
  type Invocation,
  type Menus,
  type Runner,
  ScriptError,
  type Value,
} from "../script/value.ts"
import { hasPeerCertificate } from "../serves.ts"
import { dateText } from "../text.ts"
import { actionOf } from "./actions.ts"
import { Certificates } from "./certificates.ts"
import { checkedProperties } from "./checks.ts"
import type { Engine } from "./engine.ts"
import { exportText } from "./export.ts"
import { applyFactoryConfig, OWN_CERTIFICATE, type Wiring } from "./factory-config.ts"
import type { FetchContext } from "./fetch.ts"
import { Files } from "./files.ts"
import { MENUS } from "./menu-table.ts"
import type { NetworkView, RouterSystem } from "./model.ts"
import { Netwatch } from "./netwatch.ts"
import { granted, NOT_PERMITTED, policiesOf, requirePolicy } from "./policies.ts"
import { read } from "./reading.ts"
import { rowsAt } from "./rows.ts"
import { Scheduler } from "./scheduler.ts"
import { Sessions } from "./sessions.ts"
import { type Item, Store } from "./store.ts"
import { NOTHING } from "./values.ts"
import { addItem, changeItems, selectedItems } from "./verbs.ts"

export type OsPlan = {
  readonly router: Router
  readonly identity: Identity
  readonly wiring: Wiring
  readonly network: NetworkView
  readonly now: () => number
  readonly engineOf: (menus: Menus) => Engine
}

const PEER_CERTIFICATE = "partner-exchange"
/** What is left of an old certificate. */
const OLD_FOR_MS = 5 * 86_400_000
const READ_VERBS = new Set(["print", "get", "find", "getall"])
const neverAborted = new AbortController().signal

export class RouterOs implements RouterSystem {
  readonly router: Router
  readonly release: Release
  readonly store = new Store()
  readonly files: Files
  readonly certificates = new Certificates()
  readonly network: NetworkView
  readonly now: () => number
  readonly engine: Engine
  readonly scheduler: Scheduler
  readonly netwatch: Netwatch
  readonly sessions: Sessions
  /** How often each stored script has run, by its id. */
  readonly runs = new Map<string, { count: number; lastAtMs: number }>()
  #requestAbort = new AbortController()
  #isOn = false
  #hasOldCertificate = false
  readonly #rebootListeners = new Set<() => void>()
  readonly #certificateListeners = new Set<() => void>()

  constructor(plan: OsPlan) {
    const { router } = plan
    const { version } = router.persona
    const release = releaseNamed(version)
    if (release === undefined) throw new Error(`the commands of RouterOS ${version} are unknown`)
    this.router = router
    this.sessions = new Sessions(version)
    this.release = release
    this.network = plan.network
    this.now = plan.now
    this.files = new Files(version.startsWith("6."))
    this.certificates.addDefault(OWN_CERTIFICATE, plan.identity)
    if (hasPeerCertificate(router))
      this.certificates.addDefault(
        PEER_CERTIFICATE,
        selfSign(router.spec.name, router.spec.address, plan.now()),
      )
    applyFactoryConfig(this.store, router, plan.wiring)
    this.engine = plan.engineOf(this)
    this.scheduler = new Scheduler(this)
    this.netwatch = new Netwatch(this)
  }

  /** The certificate for its IPsec peer is replaced by one near its end, and back. */
  ageCertificate(isOld: boolean): void {
    const stored = this.certificates.named(PEER_CERTIFICATE)
    if (stored === undefined || isOld === this.#hasOldCertificate) return
    this.#hasOldCertificate = isOld
    const { name, address } = this.router.spec
    const identity = selfSign(name, address, this.now(), isOld ? OLD_FOR_MS : undefined)
    this.certificates.change(stored, { pem: identity.certificatePem, keyPem: identity.keyPem })
  }

  get isV6(): boolean {
    return this.release.name.startsWith("6.")
  }

  get isOn(): boolean {
    return this.#isOn
  }

  /** Starts schedulers and netwatch. */
  boot(): void {
    if (this.#isOn) return
    this.#isOn = true
    this.scheduler.start()
    this.netwatch.start()
  }

  /** Power off: everything that runs ends, and everything in memory is lost. */
  halt(): void {
    this.#isOn = false
    this.abortRequests()
    this.scheduler.stop()
    this.netwatch.stop()
    this.engine.halt()
  }

  /** Ends requests in progress; the network decides whether new ones get out. */
  abortRequests(): void {
    this.#requestAbort.abort()
    this.#requestAbort = new AbortController()
  }

  onReboot(listener: () => void): void {
    this.#rebootListeners.add(listener)
  }

  requestReboot(): void {
    for (const listener of this.#rebootListeners) listener()
  }

  onCertificates(changed: () => void): void {
    this.#certificateListeners.add(changed)
  }

  certificatesChanged(): void {
    for (const changed of this.#certificateListeners) changed()
  }

  fetchContext(): FetchContext {
    return {
      address: this.router.spec.address,
      release: this.release.name,
      authorities: this.certificates.authorities,
      canReachOutside: this.network.canReachOutside,
      abortSignal: () => this.#requestAbort.signal,
      fileNamed: (name) => this.files.named(name)?.bytes ?? null,
      saveFile: (name, bytes) => void this.files.put(name, bytes, this.now()),
    }
  }

  /** Discards the output of `:put` and of errors: nothing reads this console. */
  readonly print = (): void => undefined

  export(below: string): string {
    const { persona } = this.router
    const head = { version: persona.version, board: persona.board, serial: this.router.serial() }
    return exportText(this.store, this.files, this.certificates, head, below)
  }

  /** Rows as the API prints them; null where the router has no such menu. */
  rows(path: string): readonly ApiRow[] | null {
    return rowsAt(this, path)
  }

  date(atMs: number): string {
    return dateText(atMs, this.router.persona.dates)
  }

  async invoke(call: Invocation): Promise<Value> {
    call.signal.throwIfAborted()
    const action = actionOf(call.path)
    if (action !== undefined) return action(this, call)
    const cut = call.path.lastIndexOf("/")
    const [menu, verb] = [call.path.slice(0, cut), call.path.slice(cut + 1)]
    if (READ_VERBS.has(verb)) {
      requirePolicy(call.runner, "read")
      return read(this, menu, verb, call)
    }
    if (!MENUS.has(menu))
      throw new ScriptError(`failure: the lab's routers do not simulate ${call.path}`)
    return this.#change(menu, verb, call)
  }

  #change(menu: string, verb: string, call: Invocation): Value {
    requirePolicy(call.runner, "write")
    if (menu === "/ip/service") this.sessions.requireService(call)
    const table = this.store.table(menu)
    if (table.plan.policy !== null) requirePolicy(call.runner, table.plan.policy)
    if (verb === "add") {
      if (table.plan.shape !== "list") throw new ScriptError("no such command")
      return addItem(table, call, checkedProperties(this, table, call, null))
    }
    if (verb === "set") {
      for (const item of selectedItems(table, call))
        table.set(item, checkedProperties(this, table, call, item))
      return NOTHING
    }
    changeItems(table, verb, call)
    return NOTHING
  }

  /**
   * Runs a stored script by its name; fails where the script has policies that the runner lacks.
   */
  runNamed(item: Item, runner: Runner): Promise<Value> {
    const own = granted(item.values.get("policy") ?? "")
    if (item.values.get("dont-require-permissions") === "true") return this.runStored(item, runner)
    if ([...own].some((policy) => !runner.policies.has(policy)))
      throw new ScriptError(NOT_PERMITTED)
    return this.runStored(item, { owner: runner.owner, policies: own })
  }

  async runStored(item: Item, runner: Runner, signal: AbortSignal = neverAborted): Promise<Value> {
    const was = this.runs.get(item.id)
    this.runs.set(item.id, { count: (was?.count ?? 0) + 1, lastAtMs: this.now() })
    const name = item.values.get("name") ?? ""
    return this.engine.run(
      { source: item.values.get("source") ?? "", runner, variables: new Map(), name, signal },
      this.print,
    )
  }

  /** The user at the console, with all policies. */
  get admin(): Runner {
    return { owner: "admin", policies: new Set(policiesOf(this.release.name)) }
  }
}
