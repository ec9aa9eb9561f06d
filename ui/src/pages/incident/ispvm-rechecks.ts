import type { Recheck } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { exact, shortSpan } from "../../format/time.ts"
import { nowMs } from "../../parts/now.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { linkedText, type Names, NO_NAMES } from "./linked-text.ts"
import { hotStyles, Pointing } from "./pointing.ts"
import { isAwaited } from "./verdict.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-status.ts"

const words = t.causes
/** What was asked a moment ago counts in tenths, what was asked long ago in seconds. */
const TICK_MS = 100
const SLOW_TICK_MS = 1_000
const SLOW_FROM_MS = 10_000
/** What is awaited comes first, then what was asked last; the rest waits until it is asked for. */
const FIRST = 8
const SHAPE: Readonly<Record<NonNullable<Recheck["result"]>, Status>> = { up: "ok", down: "down", "no-answer": "unknown" }

/** The looks that were asked for because they would decide: what runs counts up, what is answered says what and how soon. */
@customElement("ispvm-rechecks")
export class IspvmRechecks extends LitElement {
  @property({ attribute: false }) rechecks: readonly Recheck[] = []
  /** `over`: the incident is, nothing is awaited any more. `stale`: whether an answer came is not known, so nothing counts. */
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
        padding-block: 5px;
      }
      li + li {
        border-block-start: 1px solid var(--border);
      }
      .text {
        overflow-wrap: anywhere;
      }
      .text a {
        font-weight: 500;
        color: var(--text-strong);
      }
      .result {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        white-space: nowrap;
      }
      .awaited {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        color: var(--text-2);
      }
      small {
        font-size: var(--type-small);
        color: var(--text-3);
      }
    `,
  ]

  constructor() {
    super()
    new Pointing(this)
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
    const awaited = this.rechecks.filter(isAwaited)
    if (!this.isConnected || this.phase !== "live" || awaited.length === 0) return
    const isYoung = awaited.some((each) => nowMs() - each.askedAtMs < SLOW_FROM_MS)
    this.#timer = setTimeout(() => this.requestUpdate(), isYoung ? TICK_MS : SLOW_TICK_MS)
  }

  override render() {
    const sorted = [...this.rechecks].sort((a, b) => Number(isAwaited(b)) - Number(isAwaited(a)) || b.askedAtMs - a.askedAtMs)
    return html`<ul>${(this.all ? sorted : sorted.slice(0, FIRST)).map(
      (each) =>
        html`<li><span class="text">${linkedText(each.text, this.names, this.hot)}</span><span class="result" title=${exact(each.askedAtMs)}>${this.#result(each)}</span></li>`,
    )}</ul>
    ${
      sorted.length <= FIRST
        ? nothing
        : html`<ispvm-button kind="quiet" icon=${this.all ? "minus" : "plus"} @click=${this.#onFold}>${this.all ? words.showFewer : words.showAll(sorted.length)}</ispvm-button>`
    }`
  }

  #result(recheck: Recheck) {
    const { result, answeredAtMs, askedAtMs } = recheck
    if (isAwaited(recheck))
      return html`<span class="awaited"><ispvm-icon name="clock" size="14"></ispvm-icon>${this.#awaited(askedAtMs)}</span>`
    const word = result === null ? words.answered : words.result[result]
    const took = answeredAtMs === null ? "" : words.recheckTook(shortSpan(answeredAtMs - askedAtMs))
    return html`<ispvm-status status=${result === null ? "unknown" : SHAPE[result]} word=${word}></ispvm-status><small>${took}</small>`
  }

  readonly #onFold = (): void => {
    this.all = !this.all
  }

  #awaited(askedAtMs: number): string {
    if (this.phase === "over") return words.recheckNever
    return this.phase === "stale" ? words.recheckAwaited : words.recheckAsked(shortSpan(nowMs() - askedAtMs))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-rechecks": IspvmRechecks
  }
}
