import type { Recheck } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { nowMs } from "../../components/now.ts"
import { exact, shortSpan } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { isPending } from "./diagnosis.ts"
import { HoverController, hotStyles } from "./hover-controller.ts"
import { linkedText, type Names, NO_NAMES } from "./linked-text.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-status.ts"

const strings = t.causes
/** Recent re-checks count in tenths of a second, older ones in seconds. */
const REFRESH_MS = 100
const SLOW_REFRESH_MS = 1_000
const SLOW_FROM_MS = 10_000
/** Pending re-checks first, then the newest; the rest is collapsed. */
const FIRST = 8
const SHAPE: Readonly<Record<NonNullable<Recheck["result"]>, Status>> = {
  up: "ok",
  down: "down",
  "no-answer": "unknown",
}

/** The re-checks: a pending one counts up, an answered one shows result and duration. */
@customElement("ispvm-rechecks")
export class IspvmRechecks extends LitElement {
  @property({ attribute: false }) rechecks: readonly Recheck[] = []
  /**
   * `over`: the incident is closed, nothing is pending. `stale`: whether an answer arrived is
   * unknown, so nothing counts.
   */
  @property() phase: "live" | "stale" | "over" = "live"
  @property({ attribute: false }) names: Names = NO_NAMES
  @property() hot = ""
  @state() private all = false
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [
    shared,
    hotStyles,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        align-items: center;
        padding-block: var(--space-1-5);
      }
      .result {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1-5);
        white-space: nowrap;
      }
      .pending {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1-5);
        color: var(--text-2);
      }
    `,
  ]

  constructor() {
    super()
    new HoverController(this)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }
  override connectedCallback(): void {
    super.connectedCallback()
    this.requestUpdate()
  }
  override updated(): void {
    clearTimeout(this.#timer)
    const pending = this.rechecks.filter(isPending)
    if (!this.isConnected || this.phase !== "live" || pending.length === 0) return
    const isYoung = pending.some((each) => nowMs() - each.requestedAtMs < SLOW_FROM_MS)
    this.#timer = setTimeout(() => this.requestUpdate(), isYoung ? REFRESH_MS : SLOW_REFRESH_MS)
  }

  override render() {
    const sorted = [...this.rechecks].sort(
      (a, b) => Number(isPending(b)) - Number(isPending(a)) || b.requestedAtMs - a.requestedAtMs,
    )
    return html`<ul class="lined-rows">${(this.all ? sorted : sorted.slice(0, FIRST)).map(
      (each) =>
        html`<li><span class="prose wrap">${linkedText(messageText(each.message), this.names, this.hot)}</span><span class="result" title=${exact(each.requestedAtMs)}>${this.#result(each)}</span></li>`,
    )}</ul>
    ${
      sorted.length <= FIRST
        ? nothing
        : html`<ispvm-button kind="quiet" icon=${this.all ? "minus" : "plus"} @click=${this.#onToggle}>${this.all ? strings.showFewer : strings.showAll(sorted.length)}</ispvm-button>`
    }`
  }

  #result(recheck: Recheck) {
    const { result, answeredAtMs, requestedAtMs } = recheck
    if (isPending(recheck))
      return html`<span class="pending"><ispvm-icon name="clock" size="14"></ispvm-icon>${this.#pendingText(requestedAtMs)}</span>`
    const word = result === null ? strings.answered : strings.result[result]
    const took =
      answeredAtMs === null ? "" : strings.recheckTook(shortSpan(answeredAtMs - requestedAtMs))
    return html`<ispvm-status status=${result === null ? "unknown" : SHAPE[result]} word=${word}></ispvm-status><small class="caption">${took}</small>`
  }

  readonly #onToggle = (): void => {
    this.all = !this.all
  }

  #pendingText(requestedAtMs: number): string {
    if (this.phase === "over") return strings.recheckUnanswered
    return this.phase === "stale"
      ? strings.recheckPending
      : strings.recheckRequested(shortSpan(nowMs() - requestedAtMs))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-rechecks": IspvmRechecks
  }
}
