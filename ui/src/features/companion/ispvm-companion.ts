import type { Companion, CompanionKey, KeyRotation } from "@ispvm/appliance/api/companion"
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { copyText } from "../../components/copy-text.ts"
import { nowMs } from "../../components/now.ts"
import { duration } from "../../i18n/format/time.ts"
import { locale } from "../../i18n/locale.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { figureStyles } from "../../theme/figures.ts"
import { shared } from "../../theme/shared.ts"
import { figures, helloText, keyList, netwatchList } from "./companion-sections.ts"
import {
  currentRejection,
  isNotOnboarded,
  LATE_AFTER_HEARTBEATS,
  stateOf,
} from "./companion-status.ts"
import { companionStyles } from "./companion-styles.ts"
import { heartbeatOf } from "./desired-config-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"
import "./ispvm-drift.ts"
import "./ispvm-script.ts"

const strings = pageTexts.companion.tab
const POLL_MS = 10_000
/** Pushes arrive in groups; one reload answers them. */
const DEBOUNCE_MS = 400
const REJECTION_SHOWN_MS = 120_000

type DialogState =
  | { readonly what: "rotate" }
  | { readonly what: "revoke"; readonly key: CompanionKey }
  | { readonly what: "script"; readonly rotation: KeyRotation; readonly copied: boolean }

/** How long reports may be missing, in exact seconds below a few minutes. */
const lateAfterText = (everyS: number): string =>
  everyS * LATE_AFTER_HEARTBEATS <= 180
    ? `${everyS * LATE_AFTER_HEARTBEATS} ${locale.units.s}`
    : duration(everyS * LATE_AFTER_HEARTBEATS * 1_000)

/** Why the API does not answer the agent, as a sentence; null if it does. */
const loginProblem = ({ sources }: Device): string | null => {
  const problem = sources.find(({ source }) => source === "routeros-api")?.problem ?? null
  return problem === null ? null : problem.replace(/[^.!?]$/, "$&.")
}

/** The self-reporting tab: freshness, keys, and drift from the script. */
@customElement("ispvm-companion")
export class IspvmCompanion extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  readonly #companion = new RequestController(this, {
    key: () =>
      this.deps === null || this.device === null ? null : ([this.deps, this.device.id] as const),
    load: ([{ api }, id]) => api.companion(id),
    everyMs: POLL_MS,
  })
  readonly #action = new ActionController<"rotate" | "revoke" | "check">(this)
  @state() private dialog: DialogState | null = null
  @state() private copyFailure = ""
  #stops: (() => void)[] = []

  static override styles = [shared, figureStyles, companionStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    const refreshTimer = setInterval(() => this.requestUpdate(), 1_000)
    const stop = this.deps?.live.on("event", (event) => {
      if (
        event.deviceId === this.device?.id &&
        (event.source === "push" || event.name === "reported-in")
      )
        this.#companion.reloadIn(DEBOUNCE_MS)
    })
    this.#stops = [() => clearInterval(refreshTimer), () => stop?.()]
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stops.splice(0)) stop()
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const was = changed.get("device")
    if (was == null || was.id === this.device?.id) return
    this.#setDialog(null)
  }

  override render() {
    const { device } = this
    if (device === null) return nothing
    return this.#companion.render({
      loading: () => html`<ispvm-skeleton lines="8"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#companion.reload}></ispvm-failed>`,
      ready: (companion) => this.#tab(device, companion),
    })
  }

  #tab(device: Device, companion: Companion) {
    const can = this.deps?.session.can("inventory:write") ?? false
    const companionState = stateOf(companion, nowMs())
    if (
      companionState === "none" ||
      (companionState === "never-reported" && companion.hello === null)
    )
      return this.#empty(device, companionState, can, companion)
    return html`<div class="all">
        ${this.#rejection(companion, device, can)} ${figures(companion, companionState === "late", nowMs())}
        <div class="columns">
          <div class="stack lined-rows">${this.#drift(companion, device, can)} ${this.#hello(companion, device)}</div>
          <div class="stack lined-rows">${this.#netwatch(companion)} ${this.#keys(companion, can)}</div>
        </div>
        ${can ? this.#actions(device, companion) : nothing}
        ${device.agentId === null && heartbeatOf(companion) > 0 ? html`<p class="muted alone">${strings.withoutAgentNote(lateAfterText(heartbeatOf(companion)))}</p>` : nothing}
      </div>
      ${this.#dialog()}`
  }

  #empty(
    device: Device,
    companionState: "none" | "never-reported",
    can: boolean,
    companion: Companion,
  ) {
    const isMade = companionState === "never-reported"
    const { lastPushAtMs } = companion
    const wasOnce = !isMade && lastPushAtMs !== null
    return html`<ispvm-empty icon=${isMade ? "radio" : "rss"} heading=${isMade ? strings.neverReportedTitle : wasOnce ? strings.removedTitle : strings.emptyTitle} text=${isMade ? strings.neverReportedText : wasOnce ? strings.removedText(duration(nowMs() - lastPushAtMs)) : strings.emptyText}>
        ${can ? html`<ispvm-button kind="primary" icon="terminal" href=${paths.deviceConnect(device.id)}>${isMade ? strings.again : strings.start}</ispvm-button>` : html`<p>${pageTexts.companion.script.notPermitted}</p>`}
        ${isMade && can && companion.keys.length > 0 ? html`<ispvm-button icon="trash-2" href=${paths.deviceConnect(device.id, "remove")}>${strings.remove}</ispvm-button>` : nothing}
      </ispvm-empty>
      ${this.#rejection(companion, device, can)} ${this.#dialog()}`
  }

  /** Rejected pushes are shown before all figures. */
  #rejection(companion: Companion, device: Device, can: boolean) {
    const rejection = currentRejection(companion)
    if (rejection === null) return nothing
    const isRemoved = isNotOnboarded(companion)
    const agoMs = nowMs() - rejection.atMs
    // A rejection from before the removal is shown only briefly; a script that is still there
    // retries every half minute.
    if (isRemoved && agoMs > REJECTION_SHOWN_MS) return nothing
    return html`<p class="rejected" role="alert">
      <ispvm-icon class="status-degraded" name="triangle-alert"></ispvm-icon>
      <span><strong>${isRemoved ? strings.lastRejectedTitle(duration(agoMs)) : strings.rejectedTitle(duration(agoMs))}</strong> ${isRemoved ? strings.rejectedAfterRemoval : strings.rejection(rejection.reason, rejection.message)}</span>
      ${can ? html`<ispvm-button class="push-end" icon="terminal" href=${paths.deviceConnect(device.id, isRemoved ? "remove" : "")}>${isRemoved ? strings.remove : strings.again}</ispvm-button>` : nothing}
    </p>`
  }

  #drift({ verification, desired }: Companion, device: Device, can: boolean) {
    const canCheck = can && device.agentId !== null && desired !== null
    return html`<section aria-labelledby="drift">
      <header>
        <h2 id="drift">${strings.drift}</h2>
        ${verification === null ? nothing : html`<span class="caption">${verification.drift.length === 0 ? "" : `${strings.differences(verification.drift.length)} · `}${strings.checked(duration(nowMs() - verification.atMs))}</span>`}
        ${canCheck ? html`<ispvm-button class="push-end" icon="git-compare" ?busy=${this.#action.running === "check"} @click=${() => void this.#check()}>${this.#action.running === "check" ? strings.checking : strings.check}</ispvm-button>` : nothing}
      </header>
      ${device.agentId === null ? html`<p class="muted note">${strings.checkNeedsAgent}</p>` : nothing}
      ${device.agentId === null && verification === null ? nothing : html`<ispvm-drift .verification=${verification}></ispvm-drift>`}
      ${this.#message !== "" && this.dialog === null ? html`<p class="form-error" role="alert">${this.#message}</p>` : nothing}
    </section>`
  }

  #keys({ keys, desired }: Companion, can: boolean) {
    const actions = {
      can,
      onRotate: () => this.#setDialog({ what: "rotate" }),
      onRevoke: (key: CompanionKey) => this.#setDialog({ what: "revoke", key }),
    }
    return html`<section aria-labelledby="keys">
      <header>
        <h2 id="keys" title=${strings.keysHint}>${strings.keys}</h2>
        ${can && (this.deps?.session.can("secrets:reveal") ?? false) && desired?.push === true ? html`<ispvm-button class="push-end" kind="quiet" icon="rotate-cw" @click=${actions.onRotate}>${strings.rotate}</ispvm-button>` : nothing}
      </header>
      ${keyList(keys, actions, nowMs())}
    </section>`
  }

  #netwatch(companion: Companion) {
    return html`<section aria-labelledby="netwatch"><header><h2 id="netwatch">${strings.netwatch}</h2></header>${netwatchList(companion)}</section>`
  }

  #hello(companion: Companion, device: Device) {
    const { hello, adoptedAtMs } = companion
    if (hello === null) return nothing
    return html`<section aria-labelledby="hello">
      <header>
        <h2 id="hello">${strings.hello}</h2>
        <span class="caption"><ispvm-time at=${hello.atMs}></ispvm-time>, ${strings.helloOf(hello.version)}</span>
      </header>
      ${helloText(companion, hello)}
      ${
        adoptedAtMs === null
          ? nothing
          : html`<p class="muted">${strings.adopted} <ispvm-time since at=${adoptedAtMs}></ispvm-time></p>
              ${loginProblem(device) === null ? nothing : html`<p class="form-error" role="alert">${strings.adoptedFails(loginProblem(device) ?? "")}</p>`}`
      }
    </section>`
  }

  #actions(device: Device, { desired }: Companion) {
    return html`<div class="actions">
      <ispvm-button icon="terminal" href=${paths.deviceConnect(device.id)}>${strings.again}</ispvm-button>
      <ispvm-button icon="key-round" href=${paths.deviceConnect(device.id, "accounts")}>${strings.accounts}</ispvm-button>
      <ispvm-button icon="shield-check" href=${paths.deviceConnect(device.id, "harden")}>${strings.harden}</ispvm-button>
      ${desired?.harden == null ? nothing : html`<ispvm-button icon="check" href=${paths.deviceConnect(device.id, "confirm-harden")}>${strings.confirmHarden}</ispvm-button>`}
      <ispvm-button class="push-end" kind="danger" icon="trash-2" href=${paths.deviceConnect(device.id, "remove")}>${strings.remove}</ispvm-button>
    </div>`
  }

  #dialog() {
    const { dialog } = this
    if (dialog === null) return nothing
    if (dialog.what === "script") return this.#newKey(dialog)
    const isRotate = dialog.what === "rotate"
    const heading = isRotate
      ? strings.rotateHeading
      : strings.revokeHeading(strings.short(dialog.key.id))
    return html`<ispvm-dialog open heading=${heading} @dismiss=${() => this.#setDialog(null)}>
      <p>${isRotate ? strings.rotateText : strings.revokeText}</p>
      ${this.#message === "" ? nothing : html`<p class="form-error" role="alert">${this.#message}</p>`}
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#setDialog(null)}>${t.components.cancel}</ispvm-button>
      ${
        isRotate
          ? html`<ispvm-button slot="actions" kind="primary" ?busy=${this.#action.running === "rotate"} @click=${() => void this.#rotate()}>${strings.rotate}</ispvm-button>`
          : html`<ispvm-button slot="actions" kind="danger" ?busy=${this.#action.running === "revoke"} @click=${() => void this.#revoke(dialog.key)}>${strings.revoke}</ispvm-button>`
      }
    </ispvm-dialog>`
  }

  /** Shown once, because it contains the new key. */
  #newKey(dialog: Extract<DialogState, { what: "script" }>) {
    return html`<ispvm-dialog ?wide=${this.#message !== ""} open heading=${strings.newKeyHeading} @dismiss=${() => this.#setDialog(null)}>
      <p>${strings.rotated}</p>
      ${
        this.#message === ""
          ? nothing
          : html`<p class="form-error" role="alert">${this.#message}</p>
              <div class="framed" role="region" tabindex="0" aria-label=${pageTexts.companion.script.title}><ispvm-script .script=${dialog.rotation.script}></ispvm-script></div>`
      }
      <span slot="actions" class="status-text" role="status">${dialog.copied ? pageTexts.companion.delivery.copied : ""}</span>
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#setDialog(null)}>${t.components.close}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" icon=${dialog.copied ? "check" : "copy"} @click=${() => void this.#copy(dialog)}>${pageTexts.companion.delivery.copy}</ispvm-button>
    </ispvm-dialog>`
  }

  get #message(): string {
    return this.#action.message || this.copyFailure
  }

  #setDialog(dialog: DialogState | null): void {
    this.dialog = dialog
    this.copyFailure = ""
    this.#action.clear()
  }

  async #do(
    what: "rotate" | "revoke" | "check",
    work: (deps: Deps, device: Device) => Promise<void>,
  ): Promise<void> {
    const { deps, device } = this
    if (deps === null || device === null) return
    await this.#action.run(what, async () => {
      await work(deps, device)
      await this.#companion.reload()
    })
  }

  #rotate(): Promise<void> {
    return this.#do("rotate", async (deps, device) => {
      const rotation = await deps.api.rotateKey(device.id)
      this.#setDialog({ what: "script", rotation, copied: false })
    })
  }
  #revoke(key: CompanionKey): Promise<void> {
    return this.#do("revoke", async (deps, device) => {
      await deps.api.revokeKey(device.id, key.id)
      deps.toast({ tone: "done", text: strings.revoked })
      this.#setDialog(null)
    })
  }
  #check(): Promise<void> {
    return this.#do("check", async (deps, device) => {
      const verification = await deps.api.verifyCompanion(device.id)
      this.#companion.update((was) => ({ ...was, verification }))
    })
  }
  async #copy(dialog: Extract<DialogState, { what: "script" }>): Promise<void> {
    try {
      await copyText(dialog.rotation.script.text)
      this.dialog = { ...dialog, copied: true }
    } catch {
      this.copyFailure = pageTexts.companion.delivery.copyFailed
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-companion": IspvmCompanion
  }
}
