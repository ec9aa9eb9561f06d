import type { Evidence } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { clock, exact } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { split } from "../../theme/split.ts"
import { HoverController, hotStyles } from "./hover-controller.ts"
import { linkedText, type Names, NO_NAMES } from "./linked-text.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"

const strings = t.causes
type Stance = Evidence["stance"]
const STANCES: readonly Stance[] = ["for", "against"]
const ICON = { for: "circle-check", against: "circle-x" } as const
const NONE = { for: strings.noneFor, against: strings.noneAgainst }
/** The heaviest evidence comes first; the rest is collapsed. */
const FIRST = 8

/** Evidence for and against the cause, side by side. */
@customElement("ispvm-evidence")
export class IspvmEvidence extends LitElement {
  @property({ attribute: false }) evidence: readonly Evidence[] = []
  @property({ attribute: false }) names: Names = NO_NAMES
  @property() hot = ""
  @state() private expanded: ReadonlySet<Stance> = new Set()

  static override styles = [
    shared,
    split,
    hotStyles,
    css`
      h3 {
        display: flex;
        align-items: center;
        gap: var(--space-1-5);
        padding-block-end: var(--space-1);
        font-size: var(--type-base);
        font-weight: var(--weight-strong);
        color: var(--text-strong);
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        align-items: baseline;
        padding-block: var(--space-1-5);
      }
      .none {
        color: var(--text-3);
        padding-block: var(--space-1-5);
      }
    `,
  ]

  constructor() {
    super()
    new HoverController(this)
  }

  override render() {
    return html`<div class="split lined-columns">${STANCES.map((stance) => this.#column(stance))}</div>`
  }

  #column(stance: Stance) {
    const own = this.evidence.filter((each) => each.stance === stance)
    const all = this.expanded.has(stance)
    return html`<section class="pad-row" aria-labelledby=${stance}>
      <h3 id=${stance}><ispvm-icon class=${stance === "against" && own.length > 0 ? "status-degraded" : "muted"} name=${ICON[stance]}></ispvm-icon>${strings[stance]} <small>${own.length}</small></h3>
      ${own.length === 0 ? html`<p class="none">${NONE[stance]}</p>` : html`<ul class="lined-rows">${(all ? own : own.slice(0, FIRST)).map((each) => this.#row(each))}</ul>`}
      ${
        own.length <= FIRST
          ? nothing
          : html`<ispvm-button class="space-before" kind="quiet" icon=${all ? "minus" : "plus"} @click=${() => this.#onToggle(stance)}>${all ? strings.showFewer : strings.showAll(own.length)}</ispvm-button>`
      }
    </section>`
  }

  #row({ message, deviceId, linkId, atMs }: Evidence) {
    const of = linkId ?? deviceId ?? ""
    return html`<li data-of=${of} class=${of !== "" && of === this.hot ? "hot" : ""}>
      <span class="prose wrap">${linkedText(messageText(message), this.names, this.hot)}</span>
      ${atMs === null ? nothing : html`<time class="caption" datetime=${new Date(atMs).toISOString()} title=${exact(atMs)}>${clock(atMs)}</time>`}
    </li>`
  }

  #onToggle(stance: Stance): void {
    const next = new Set(this.expanded)
    if (!next.delete(stance)) next.add(stance)
    this.expanded = next
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-evidence": IspvmEvidence
  }
}
