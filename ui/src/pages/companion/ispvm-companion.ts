import type { Companion, CompanionKey, KeyRotation } from "@ispvm/appliance/api/companion"
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../deps.ts"
import { duration } from "../../format/time.ts"
import { copyText } from "../../parts/copy-text.ts"
import { nowMs } from "../../parts/now.ts"
import { paths } from "../../paths.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { BEATS, isForgotten, refusedNow, stateOf } from "./companion-look.ts"
import { figures, helloText, keyList, watchList } from "./companion-parts.ts"
import { companionStyles } from "./companion-styles.ts"
import { heartbeatOf } from "./wish-form.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-dialog.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-time.ts"
import "./ispvm-drift.ts"
import "./ispvm-script.ts"

const words = t.companion.tab
const POLL_MS = 10_000
/** Pushes come in bunches: they are answered with one reading. */
const GATHER_MS = 400
const STILL_MS = 120_000

type Asking =
  | { readonly what: "rotate" }
  | { readonly what: "revoke"; readonly key: CompanionKey }
  | { readonly what: "script"; readonly rotation: KeyRotation; readonly copied: boolean }

/** How long a router that only reports may be silent: to the second, while people count in seconds. */
const patience = (everyS: number): string => (everyS * BEATS <= 180 ? `${everyS * BEATS} s` : duration(everyS * BEATS * 1_000))

/** Why its API does not answer the agent, ended as a sentence; null where it does. */
const loginTrouble = ({ sources }: Device): string | null => {
  const trouble = sources.find(({ source }) => source === "routeros-api")?.trouble ?? null
  return trouble === null ? null : trouble.replace(/[^.!?]$/, "$&.")
}

/** What a router says of itself, by its own script: how fresh, with which keys, and how far it has drifted from what the script made. */
@customElement("ispvm-companion")
export class IspvmCompanion extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  @state() private companion: Companion | null = null
  @state() private error: ApiError | null = null
  @state() private asking: Asking | null = null
  @state() private busy: "" | "rotate" | "revoke" | "check" = ""
  @state() private wrong = ""
  #stops: (() => void)[] = []
  #soon: ReturnType<typeof setTimeout> | undefined

  static override styles = [shared, companionStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    const poll = setInterval(() => void this.#load(), POLL_MS)
    const beat = setInterval(() => this.requestUpdate(), 1_000)
    const stop = this.deps?.live.on("event", (event) => {
      if (event.deviceId === this.device?.id && (event.source === "push" || event.name === "reported-in")) this.#loadSoon()
    })
    this.#stops = [() => clearInterval(poll), () => clearInterval(beat), () => stop?.(), () => clearTimeout(this.#soon)]
    void this.#load()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stops.splice(0)) stop()
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const was = changed.get("device")
    if (was == null || was.id === this.device?.id) return
    this.companion = null
    this.#ask(null)
    void this.#load()
  }

  override render() {
    const { companion, device } = this
    if (device === null) return nothing
    if (companion === null)
      return this.error === null
        ? html`<ispvm-skeleton lines="8"></ispvm-skeleton>`
        : html`<ispvm-failed heading=${words.failed} why=${this.error.message} @retry=${() => void this.#load()}></ispvm-failed>`
    const can = this.deps?.session.can("inventory:write") ?? false
    const how = stateOf(companion, nowMs())
    if (how === "none" || (how === "silent" && companion.hello === null)) return this.#empty(device, how, can, companion)
    return html`<div class="all">
        ${this.#turnedAway(companion, device, can)} ${figures(companion, how === "late", nowMs())}
        <div class="columns">
          <div class="stack">${this.#drift(companion, device, can)} ${this.#hello(companion, device)}</div>
          <div class="stack">${this.#watches(companion)} ${this.#keys(companion, can)}</div>
        </div>
        ${can ? this.#actions(device, companion) : nothing}
        ${device.agentId === null && heartbeatOf(companion) > 0 ? html`<p class="muted alone">${words.aloneNote(patience(heartbeatOf(companion)))}</p>` : nothing}
      </div>
      ${this.#dialog()}`
  }

  #empty(device: Device, how: "none" | "silent", can: boolean, companion: Companion) {
    const isMade = how === "silent"
    const { lastPushAtMs } = companion
    const wasOnce = !isMade && lastPushAtMs !== null
    return html`<ispvm-empty icon=${isMade ? "radio" : "rss"} heading=${isMade ? words.silentTitle : wasOnce ? words.outTitle : words.emptyTitle} text=${isMade ? words.silentText : wasOnce ? words.outText(duration(nowMs() - lastPushAtMs)) : words.emptyText}>
        ${can ? html`<ispvm-button kind="primary" icon="terminal" href=${paths.deviceConnect(device.id)}>${isMade ? words.again : words.start}</ispvm-button>` : html`<p>${t.companion.script.nobody}</p>`}
        ${isMade && can && companion.keys.length > 0 ? html`<ispvm-button icon="trash-2" href=${paths.deviceConnect(device.id, "remove")}>${words.remove}</ispvm-button>` : nothing}
      </ispvm-empty>
      ${this.#turnedAway(companion, device, can)} ${this.#dialog()}`
  }

  /** It has something to say and is not let in: that comes before all figures. */
  #turnedAway(companion: Companion, device: Device, can: boolean) {
    const refusal = refusedNow(companion)
    if (refusal === null) return nothing
    const isOut = isForgotten(companion)
    const agoMs = nowMs() - refusal.atMs
    // What it was refused before it was let go is no news for long; a script that is still there tries every half minute.
    if (isOut && agoMs > STILL_MS) return nothing
    return html`<p class="away" role="alert">
      <ispvm-icon name="triangle-alert"></ispvm-icon>
      <span><strong>${isOut ? words.awayOutTitle(duration(agoMs)) : words.awayTitle(duration(agoMs))}</strong> ${isOut ? words.awayOut : words.refusal(refusal.reason, refusal.message)}</span>
      ${can ? html`<ispvm-button class="end" icon="terminal" href=${paths.deviceConnect(device.id, isOut ? "remove" : "")}>${isOut ? words.remove : words.again}</ispvm-button>` : nothing}
    </p>`
  }

  #drift({ verification, wish }: Companion, device: Device, can: boolean) {
    const canCheck = can && device.agentId !== null && wish !== null
    return html`<section aria-labelledby="drift">
      <header>
        <h2 id="drift">${words.drift}</h2>
        ${verification === null ? nothing : html`<span class="muted">${verification.drift.length === 0 ? "" : `${words.differences(verification.drift.length)} · `}${words.checked(duration(nowMs() - verification.atMs))}</span>`}
        ${canCheck ? html`<ispvm-button class="end" icon="git-compare" ?busy=${this.busy === "check"} @click=${() => void this.#check()}>${this.busy === "check" ? words.checking : words.check}</ispvm-button>` : nothing}
      </header>
      ${device.agentId === null ? html`<p class="muted note">${words.checkNeedsAgent}</p>` : nothing}
      ${device.agentId === null && verification === null ? nothing : html`<ispvm-drift .verification=${verification}></ispvm-drift>`}
      ${this.wrong !== "" && this.asking === null ? html`<p class="wrong" role="alert">${this.wrong}</p>` : nothing}
    </section>`
  }

  #keys({ keys, wish }: Companion, can: boolean) {
    const acts = {
      can,
      onRotate: () => this.#ask({ what: "rotate" }),
      onRevoke: (key: CompanionKey) => this.#ask({ what: "revoke", key }),
    }
    return html`<section aria-labelledby="keys">
      <header>
        <h2 id="keys" title=${words.keysHint}>${words.keys}</h2>
        ${can && (this.deps?.session.can("secrets:reveal") ?? false) && wish?.push === true ? html`<ispvm-button class="end" kind="quiet" icon="rotate-cw" @click=${acts.onRotate}>${words.rotate}</ispvm-button>` : nothing}
      </header>
      ${keyList(keys, acts, nowMs())}
    </section>`
  }

  #watches(companion: Companion) {
    return html`<section aria-labelledby="watches"><header><h2 id="watches">${words.watches}</h2></header>${watchList(companion)}</section>`
  }

  #hello(companion: Companion, device: Device) {
    const { hello, adoptedAtMs } = companion
    if (hello === null) return nothing
    return html`<section aria-labelledby="hello">
      <header>
        <h2 id="hello">${words.hello}</h2>
        <span class="muted"><ispvm-time at=${hello.atMs}></ispvm-time>, ${words.helloOf(hello.version)}</span>
      </header>
      ${helloText(companion, hello)}
      ${
        adoptedAtMs === null
          ? nothing
          : html`<p class="muted">${words.adopted} <ispvm-time since at=${adoptedAtMs}></ispvm-time></p>
              ${loginTrouble(device) === null ? nothing : html`<p class="wrong" role="alert">${words.adoptedFails(loginTrouble(device) ?? "")}</p>`}`
      }
    </section>`
  }

  #actions(device: Device, { wish }: Companion) {
    return html`<div class="actions">
      <ispvm-button icon="terminal" href=${paths.deviceConnect(device.id)}>${words.again}</ispvm-button>
      <ispvm-button icon="shield-check" href=${paths.deviceConnect(device.id, "harden")}>${words.harden}</ispvm-button>
      ${wish?.harden == null ? nothing : html`<ispvm-button icon="check" href=${paths.deviceConnect(device.id, "confirm-harden")}>${words.confirmHarden}</ispvm-button>`}
      <ispvm-button class="end" kind="danger" icon="trash-2" href=${paths.deviceConnect(device.id, "remove")}>${words.remove}</ispvm-button>
    </div>`
  }

  #dialog() {
    const { asking } = this
    if (asking === null) return nothing
    if (asking.what === "script") return this.#newKey(asking)
    const isRotate = asking.what === "rotate"
    const heading = isRotate ? words.rotateHeading : words.revokeHeading(words.short(asking.key.id))
    return html`<ispvm-dialog open heading=${heading} @dismiss=${() => this.#ask(null)}>
      <p>${isRotate ? words.rotateText : words.revokeText}</p>
      ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#ask(null)}>${t.parts.cancel}</ispvm-button>
      ${
        isRotate
          ? html`<ispvm-button slot="actions" kind="primary" ?busy=${this.busy === "rotate"} @click=${() => void this.#rotate()}>${words.rotate}</ispvm-button>`
          : html`<ispvm-button slot="actions" kind="danger" ?busy=${this.busy === "revoke"} @click=${() => void this.#revoke(asking.key)}>${words.revoke}</ispvm-button>`
      }
    </ispvm-dialog>`
  }

  /** Shown once: it holds the new key. */
  #newKey(asking: Extract<Asking, { what: "script" }>) {
    return html`<ispvm-dialog ?wide=${this.wrong !== ""} open heading=${words.newKeyHeading} @dismiss=${() => this.#ask(null)}>
      <p>${words.rotated}</p>
      ${
        this.wrong === ""
          ? nothing
          : html`<p class="wrong" role="alert">${this.wrong}</p>
              <div class="framed" role="region" tabindex="0" aria-label=${t.companion.script.title}><ispvm-script .script=${asking.rotation.script}></ispvm-script></div>`
      }
      <span slot="actions" class="said" role="status">${asking.copied ? t.companion.take.copied : ""}</span>
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#ask(null)}>${t.parts.close}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" icon=${asking.copied ? "check" : "copy"} @click=${() => void this.#copy(asking)}>${t.companion.take.copy}</ispvm-button>
    </ispvm-dialog>`
  }

  #ask(asking: Asking | null): void {
    this.asking = asking
    this.wrong = ""
  }

  #loadSoon(): void {
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => void this.#load(), GATHER_MS)
  }

  async #load(): Promise<void> {
    const { deps, device } = this
    if (deps === null || device === null) return
    try {
      this.companion = await deps.api.companion(device.id)
      this.error = null
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      // What was shown stays, and its ages go on.
      this.error = error
    }
  }

  async #do(what: typeof this.busy, work: (deps: Deps, device: Device) => Promise<void>): Promise<void> {
    const { deps, device } = this
    if (deps === null || device === null || this.busy !== "") return
    this.busy = what
    this.wrong = ""
    try {
      await work(deps, device)
      await this.#load()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.wrong = error.message
    } finally {
      this.busy = ""
    }
  }

  #rotate(): Promise<void> {
    return this.#do("rotate", async (deps, device) => {
      const rotation = await deps.api.rotateKey(device.id)
      this.#ask({ what: "script", rotation, copied: false })
    })
  }
  #revoke(key: CompanionKey): Promise<void> {
    return this.#do("revoke", async (deps, device) => {
      await deps.api.revokeKey(device.id, key.id)
      deps.toast({ tone: "done", text: words.revoked })
      this.#ask(null)
    })
  }
  #check(): Promise<void> {
    return this.#do("check", async (deps, device) => {
      const verification = await deps.api.verifyCompanion(device.id)
      if (this.companion !== null) this.companion = { ...this.companion, verification }
    })
  }
  async #copy(asking: Extract<Asking, { what: "script" }>): Promise<void> {
    try {
      await copyText(asking.rotation.script.text)
      this.asking = { ...asking, copied: true }
    } catch {
      this.wrong = t.companion.take.copyFailed
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-companion": IspvmCompanion
  }
}
