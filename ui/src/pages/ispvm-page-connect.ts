import type {
  Companion,
  CompanionInput,
  CompanionScript,
  ScriptLink,
} from "@ispvm/appliance/api/companion"
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, nothing, type PropertyValues } from "lit"
import { customElement, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import { paths } from "../app/paths.ts"
import { copyLater } from "../components/copy-text.ts"
import { FormController } from "../components/form-controller.ts"
import { nowMs } from "../components/now.ts"
import { type ChoicesDeps, choicesPanel } from "../features/companion/choices.ts"
import { kindOf } from "../features/companion/companion-status.ts"
import { connectStyles } from "../features/companion/connect-styles.ts"
import {
  type DesiredConfigForm,
  desiredConfigOf,
  desiredConfigOptions,
  formOf,
  isReached,
  NEW_HARDEN,
  reportedRelease,
} from "../features/companion/desired-config-form.ts"
import { scriptFoot } from "../features/companion/script-foot.ts"
import { scriptPanel } from "../features/companion/script-panel.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { fullHost } from "../theme/hosts.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"

type Kind = CompanionScript["kind"]
const strings = pageTexts.companion
/** Delay after typing before the script is generated. */
const PREVIEW_MS = 350
const POLL_MS = 4_000

/**
 * From the desired configuration to the first report of a router; `?kind=` selects its other
 * scripts.
 */
@customElement("ispvm-page-connect")
export class IspvmPageConnect extends Page {
  readonly #companion = new RequestController(this, {
    key: () => [this.#id()] as const,
    load: ([id]) => this.#read(id),
    onReady: ({ companion, device }) => this.#onRead(companion, device),
  })
  /** The device whose desired configuration is in the form. */
  #filledFrom = ""
  readonly #config = new FormController(
    this,
    desiredConfigOptions(() => (this.companion === null ? null : reportedRelease(this.companion))),
  )
  /** The shown script, with masked secrets unless they were requested. */
  @state() private preview: CompanionScript | null = null
  /**
   * The script with its secrets, created once per configuration, because each request creates a new
   * key. It never leaves this page.
   */
  @state() private fullScript: { readonly key: string; readonly script: CompanionScript } | null =
    null
  @state() private isShown = false
  @state() private link: {
    readonly key: string
    readonly value: ScriptLink
    readonly keysBefore: ReadonlySet<string>
  } | null = null
  @state() private issuedAtMs: number | null = null
  @state() private previousHelloAtMs: number | null = null
  @state() private previousPushAtMs: number | null = null
  @state() private busy: "" | "copy" | "link" | "show" | "save" = ""
  @state() private making = false
  @state() private copied: "" | "copied" | "failed" = ""
  @state() private deliveryError: ApiError | null = null
  /** On a phone the parts are collapsed, so that the reasons are read first. */
  @state() private collapsed = matchMedia("(max-width: 640px)").matches
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts kinds, forms and requests for a script: an answer to an earlier one is ignored. */
  #version = 0
  #kind: Kind | null = null

  static override styles = [shared, fullHost, panel, connectStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    this.until(() => clearTimeout(this.#timer))
    this.until(
      this.deps.live.on("event", (event) => {
        if (
          event.deviceId === this.#id() &&
          (event.name === "reported-in" || event.source === "push")
        )
          void this.#companion.reload()
      }),
    )
    const poll = setInterval(() => {
      if (this.issuedAtMs !== null) void this.#companion.reload()
    }, POLL_MS)
    this.until(() => clearInterval(poll))
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const kind = this.#requestedKind()
    if (this.#kind === kind) return
    const isFirst = this.#kind === null
    this.#kind = kind
    this.#discardScript()
    this.preview = null
    if (!isFirst) this.#begin()
  }

  override render() {
    const fleet = this.deps.fleet.value
    const device = fleet.devices.get(this.#id())
    if (fleet.phase === "loading") return html`<ispvm-skeleton lines="12"></ispvm-skeleton>`
    if (fleet.phase === "failed")
      return html`<ispvm-failed heading=${t.network.failed} why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    if (device === undefined)
      return html`<ispvm-empty icon="unplug" heading=${t.pages.device.goneTitle} text=${t.pages.device.goneText}>
        <ispvm-button href=${paths.devices}>${t.shell.devices}</ispvm-button>
      </ispvm-empty>`
    const kind = this.#requestedKind()
    document.title = `${strings.kind[kind].title(device.name)} · ${t.terms.product}`
    return html`<div class="page">
      <div class="top">
        <h1>${strings.kind[kind].title(device.name)}</h1>
        <p class="soft">${strings.kind[kind].lead}</p>
        <ispvm-button class="push-end-wide" kind="quiet" icon="router" href=${paths.deviceCompanion(device.id)}>${device.name}</ispvm-button>
      </div>
      ${this.#body(kind)}
    </div>`
  }

  #body(kind: Kind) {
    const { state } = this.#companion
    if (state.phase === "failed")
      return html`<ispvm-failed class="alone wide" heading=${strings.tab.failed} why=${state.error.message} @retry=${this.#companion.reload}></ispvm-failed>`
    const { companion } = this
    const form = this.#config.filled
    if (companion === null)
      return html`<section class="panel"><ispvm-skeleton lines="10"></ispvm-skeleton></section>
        <section class="panel"><ispvm-skeleton lines="14"></ispvm-skeleton></section>`
    if (!this.deps.session.can("inventory:write"))
      return html`<ispvm-empty class="alone wide" icon="lock" heading=${t.pages.missing.forbidden.heading} text=${strings.script.notPermitted}></ispvm-empty>`
    const choices: ChoicesDeps = {
      form,
      set: (changes) => this.#set(changes),
      companion,
      hasAgent: isReached(form, companion),
      fieldError: (path) => this.#config.errorAt(path),
    }
    return html`${choicesPanel(choices, kind, this.busy === "save", () => void this.#makeOther())}${this.#scriptPanel(kind)}`
  }

  #scriptPanel(kind: Kind) {
    const script = this.#shownScript()
    return scriptPanel({
      kind,
      script,
      isShown: this.isShown,
      mayReveal: this.deps.session.can("secrets:reveal"),
      isUnavailable: this.#isUnavailable(),
      isMaking: this.making,
      isCollapsed: this.collapsed,
      isShowing: this.busy === "show",
      problems: this.#config.problemCount,
      needsRelease: this.#config.filled.release.trim() === "",
      error: this.#config.rejection,
      onRetry: () => this.#begin(),
      onCollapse: this.#onCollapse,
      onShow: this.#onShow,
      foot: script === null ? nothing : this.#foot(kind, script),
    })
  }

  /** How the script gets to the router, and what follows once it is there. */
  #foot(kind: Kind, script: CompanionScript) {
    const { companion, link } = this
    return scriptFoot({
      ...{ kind, script, companion, deps: this.deps },
      device: this.deps.fleet.value.devices.get(this.#id()) ?? null,
      link: link?.value ?? null,
      isLinkUsed:
        link !== null &&
        (this.#isReported() ||
          companion?.keys.some((key) => !link.keysBefore.has(key.id)) === true),
      isUnavailable: this.#isUnavailable(),
      busy: this.busy === "copy" || this.busy === "link" ? this.busy : "",
      copied: this.copied,
      error: this.deliveryError?.message ?? "",
      issuedAtMs: this.issuedAtMs,
      previousHelloAtMs: this.previousHelloAtMs,
      previousPushAtMs: this.previousPushAtMs,
      onCopy: () => void this.#copy(),
      onLink: () => void this.#makeLink(),
      onDownload: () => this.#markIssued(),
    })
  }

  #id(): string {
    return this.params.id ?? ""
  }
  private get companion(): Companion | null {
    return this.#companion.value?.companion ?? null
  }
  #requestedKind(): Kind {
    return kindOf(this.query.get("kind") ?? "")
  }
  #shownScript(): CompanionScript | null {
    return this.isShown && this.fullScript !== null ? this.fullScript.script : this.preview
  }
  /** The script does not match the form, so it cannot be copied. */
  #isUnavailable(): boolean {
    return (
      this.making ||
      this.#config.rejection !== null ||
      this.companion === null ||
      (this.#requestedKind() === "onboard" && this.#config.isInvalid)
    )
  }
  #isReported(): boolean {
    const hello = this.companion?.hello ?? null
    return hello !== null && hello.atMs !== this.previousHelloAtMs && this.issuedAtMs !== null
  }
  #desired(): CompanionInput {
    const { companion } = this
    return desiredConfigOf(
      this.#config.filled,
      companion === null ? null : reportedRelease(companion),
    )
  }
  #desiredKey(): string {
    return JSON.stringify(this.#desired())
  }

  /** Discards the script of an earlier configuration, also one that has not arrived yet. */
  #discardScript(): void {
    this.#version += 1
    this.busy = ""
    this.making = false
    this.fullScript = null
    this.isShown = false
    this.link = null
    this.copied = ""
    this.deliveryError = null
    this.#config.reject(null)
  }
  /** Tells whether the page still shows what it showed when this was called. */
  #watch(): () => boolean {
    const version = this.#version
    return () => version === this.#version
  }

  #set(changes: Partial<DesiredConfigForm>): void {
    this.#config.set(changes)
    this.#discardScript()
    if (this.#requestedKind() !== "onboard") {
      this.preview = null // It belongs to the earlier form; saving creates a new one.
      return
    }
    clearTimeout(this.#timer)
    if (this.#config.isInvalid) return
    this.making = true
    this.#timer = setTimeout(() => void this.#preview(), PREVIEW_MS)
  }

  async #read(id: string): Promise<{ readonly companion: Companion; readonly device: Device }> {
    const companion = await this.deps.api.companion(id)
    const device = this.deps.fleet.value.devices.get(id) ?? (await this.deps.api.device(id))
    return { companion, device }
  }

  /** The form is filled once; later answers say what the router has reported. */
  #onRead(companion: Companion, device: Device): void {
    if (this.#filledFrom === device.id) return
    this.#filledFrom = device.id
    this.#config.reset(formOf(companion, device))
    this.previousHelloAtMs = companion.hello?.atMs ?? null
    this.previousPushAtMs = companion.lastPushAtMs
    this.#begin()
  }

  #begin(): void {
    const kind = this.#requestedKind()
    if (this.companion === null || !this.deps.session.can("inventory:write")) return
    if (kind === "onboard") {
      if (!this.#config.isInvalid) void this.#preview()
    } else if (kind === "accounts")
      return // It makes accounts: only when somebody asks for it.
    else if (kind !== "harden" || this.#config.filled.harden !== null) void this.#makeOther()
  }

  async #preview(): Promise<void> {
    this.#discardScript()
    this.making = true
    await this.#show(this.#watch(), () => this.deps.api.previewScript(this.#id(), this.#desired()))
  }

  /** Scripts without secrets are created as shown. */
  async #makeOther(): Promise<void> {
    const kind = this.#requestedKind()
    if (this.companion === null || this.busy !== "") return
    if (kind === "harden" && this.#config.filled.harden === null)
      this.#config.set({ harden: NEW_HARDEN })
    if (kind === "harden" && this.#config.errorAt("harden") !== "") return
    this.#discardScript()
    this.busy = "save"
    this.making = true
    await this.#show(this.#watch(), async () => {
      if (kind === "harden" || kind === "accounts") await this.#save()
      return this.deps.api.companionScript(this.#id(), kind)
    })
  }

  async #show(isCurrent: () => boolean, make: () => Promise<CompanionScript>): Promise<void> {
    try {
      const script = await make()
      if (isCurrent()) this.preview = script
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (isCurrent()) this.#config.reject(error)
    } finally {
      if (isCurrent()) {
        this.busy = ""
        this.making = false
      }
    }
  }

  async #save(): Promise<void> {
    if (this.companion === null) return
    const desired = this.#desired()
    if (JSON.stringify(this.companion.desired) === JSON.stringify(desired)) return
    const companion = await this.deps.api.saveDesiredConfig(this.#id(), desired)
    this.#companion.update((was) => ({ ...was, companion }))
  }

  /** Created once per configuration: showing, hiding and copying use the same script and key. */
  async #loadFullScript(): Promise<CompanionScript> {
    const kind = this.#requestedKind()
    if (kind !== "onboard" && this.preview !== null) return this.preview
    const key = this.#desiredKey()
    if (this.fullScript?.key === key) return this.fullScript.script
    const isCurrent = this.#watch()
    await this.#save()
    const script = await this.deps.api.companionScript(this.#id(), kind)
    if (!isCurrent()) return script
    this.fullScript = { key, script }
    if (this.link !== null) {
      // The key of this script does not show that the command was used.
      await this.#companion.reload()
      if (isCurrent() && this.link !== null)
        this.link = {
          ...this.link,
          keysBefore: new Set(this.companion?.keys.map((each) => each.id)),
        }
    }
    return script
  }

  async #do(
    what: typeof this.busy,
    work: (isCurrent: () => boolean) => Promise<void>,
  ): Promise<void> {
    if (this.busy !== "" || this.#isUnavailable()) return
    this.busy = what
    this.deliveryError = null
    const isCurrent = this.#watch()
    try {
      await work(isCurrent)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (isCurrent()) this.deliveryError = error
    } finally {
      if (isCurrent()) this.busy = ""
    }
  }

  #copy(): Promise<void> {
    return this.#do("copy", async (isCurrent) => {
      const script = this.#loadFullScript()
      const copied = await copyLater(script.then((each) => each.text)).then(
        () => "copied" as const,
        () => "failed" as const,
      )
      // An error of the appliance is thrown here; otherwise the browser refused the copy.
      await script
      if (!isCurrent()) return
      this.copied = copied
      if (copied === "failed") this.isShown = this.#requestedKind() === "onboard"
      this.#markIssued()
    })
  }

  #makeLink(): Promise<void> {
    return this.#do("link", async (isCurrent) => {
      const key = this.#desiredKey()
      await this.#save()
      const value = await this.deps.api.scriptLink(this.#id(), this.#requestedKind())
      if (!isCurrent()) return
      const keysBefore = new Set(this.companion?.keys.map((each) => each.id))
      this.link = { key, value, keysBefore }
      this.#markIssued()
    })
  }

  /** The next report of the router counts as its answer. */
  #markIssued(): void {
    this.previousHelloAtMs = this.companion?.hello?.atMs ?? null
    this.previousPushAtMs = this.companion?.lastPushAtMs ?? null
    this.issuedAtMs = nowMs()
  }

  readonly #onShow = (): void => {
    if (this.isShown) {
      this.isShown = false
      return
    }
    void this.#do("show", async (isCurrent) => {
      await this.#loadFullScript()
      if (isCurrent()) this.isShown = true
    })
  }
  readonly #onCollapse = (): void => {
    this.collapsed = !this.collapsed
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-connect": IspvmPageConnect
  }
}
