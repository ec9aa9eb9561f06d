import type { Companion } from "@ispvm/appliance/api/companion"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { nowMs } from "../../components/now.ts"
import { duration } from "../../i18n/format/time.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { shared } from "../../theme/shared.ts"
import { partsOf } from "./part-name.ts"
import "../../components/ispvm-icon.ts"

const strings = pageTexts.companion.live
/** Longer than a paste takes; after this, a failure is likely. */
const SLOW_MS = 120_000

/** Shows whether the router has run the script. The next action goes into the slot. */
@customElement("ispvm-report-strip")
export class IspvmReportStrip extends LitElement {
  /** When the script was copied or its command created; null: not yet. */
  @property({ type: Number }) issuedAtMs: number | null = null
  /** When the command expires; null for a copied script, which does not expire. */
  @property({ type: Number }) untilMs: number | null = null
  /** The last report before that. */
  @property({ type: Number }) previousHelloAtMs: number | null = null
  @property({ attribute: false }) hello: Companion["hello"] = null
  /** A push has arrived since, but no script report yet. */
  @property({ type: Boolean }) seen = false
  /** Titles of the parts, by id. */
  @property({ attribute: false }) titles: ReadonlyMap<string, string> = new Map()
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = [
    shared,
    css`
      .strip {
        display: grid;
        grid-template-columns: var(--space-6) minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-2);
        align-items: center;
        padding: var(--space-2) var(--space-3);
        border: var(--line);
        border-radius: var(--radius);
        color: var(--text-2);
        min-block-size: var(--space-11);
      }
      .waiting {
        border-style: dashed;
        border-color: var(--border-strong);
      }
      .here {
        background: var(--ok-tint);
        border-color: color-mix(in srgb, var(--status-recovering) 55%, transparent);
        animation: arrive var(--time-pulse) ease-out 1;
      }
      .partly {
        background: var(--warn-tint);
        border-color: color-mix(in srgb, var(--status-degraded) 45%, transparent);
      }
      dl {
        grid-column: 2 / -1;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--space-0-5) var(--space-3);
        font-size: var(--type-small);
      }
      .hint {
        grid-column: 2 / -1;
        font-size: var(--type-small);
      }
      @media (max-width: 640px) {
        .strip {
          grid-template-columns: var(--space-6) minmax(0, 1fr);
        }
        .strip > .muted {
          grid-column: 2;
        }
        ::slotted(*) {
          grid-column: 2;
          justify-self: start;
          margin-block-start: var(--space-2);
          order: 1;
        }
      }
      @keyframes arrive {
        from {
          transform: scale(0.985);
        }
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => this.requestUpdate(), 1_000)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    const { hello, issuedAtMs } = this
    const isNew =
      hello !== null &&
      (issuedAtMs === null ? nowMs() - hello.atMs < SLOW_MS : hello.atMs !== this.previousHelloAtMs)
    if (hello !== null && isNew) return this.#reported(hello)
    if (issuedAtMs === null || (this.untilMs !== null && nowMs() > this.untilMs && !this.seen))
      return html`<div class="strip">
        <ispvm-icon name="radio" size="18"></ispvm-icon><span>${strings.idle}${hello === null ? nothing : html` ${strings.before(duration(nowMs() - hello.atMs))}`}</span>
      </div>`
    const waitedMs = nowMs() - issuedAtMs
    return html`<div class="strip waiting" role="status">
      <ispvm-icon class="breathe" name="radio" size="18"></ispvm-icon><span><strong>${this.seen ? strings.firstPushReceived : `${strings.waiting} …`}</strong></span>
      <span class="muted">${strings.waitingHint(spanOf(waitedMs))}</span>
      ${waitedMs > SLOW_MS && !this.seen ? html`<p class="hint">${strings.slow}</p>` : nothing}
    </div>`
  }

  #reported(hello: NonNullable<Companion["hello"]>) {
    const isWhole = hello.failed.length === 0
    const named = (entries: readonly string[]): string => partsOf(entries, this.titles).join(" · ")
    return html`<div class="strip here ${isWhole ? "" : "partly"}" role="status">
      <ispvm-icon class=${isWhole ? "status-recovering" : "status-degraded"} name=${isWhole ? "circle-check" : "triangle-alert"} size="18"></ispvm-icon>
      <span><strong>${strings.reported(spanOf(nowMs() - hello.atMs))}</strong> <span class="muted">${hello.version}</span></span>
      <slot></slot>
      <dl>
        ${hello.done.length === 0 ? nothing : html`<div class="contents"><dt class="soft">${strings.done}</dt><dd>${named(hello.done)}</dd></div>`}
        ${isWhole ? nothing : html`<div class="contents"><dt class="soft">${strings.failed}</dt><dd class="text-warn wrap">${partsOf(hello.failed, this.titles).map((each) => html`<div>${each}</div>`)}</dd></div>`}
      </dl>
    </div>`
  }
}

/** With seconds from the start, because the user is waiting. */
const spanOf = (ms: number): string => duration(Math.max(1_000, ms))

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-report-strip": IspvmReportStrip
  }
}
