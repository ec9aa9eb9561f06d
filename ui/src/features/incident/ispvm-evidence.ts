import type { Evidence } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { clock, exact } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { HoverController, hotStyles } from "./hover-controller.ts"
import { linkedText, type Names, NO_NAMES } from "./linked-text.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"

const strings = t.causes
type Stance = Evidence["stance"]
const STANCES: readonly Stance[] = ["for", "against"]
const ICON = { for: "circle-check", against: "circle-x" } as const
const NONE = { for: strings.noneFor, against: strings.noneAgainst }
/** The heaviest come first: these decide, the rest is there for whoever doubts. */
const FIRST = 8

/** What speaks for the cause and what against it, side by side. */
@customElement("ispvm-evidence")
export class IspvmEvidence extends LitElement {
  @property({ attribute: false }) evidence: readonly Evidence[] = []
  @property({ attribute: false }) names: Names = NO_NAMES
  @property() hot = ""
  @state() private expanded: ReadonlySet<Stance> = new Set()

  static override styles = [
    shared,
    hotStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .two {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      }
      section {
        padding: var(--space-3) var(--space-4);
      }
      section + section {
        border-inline-start: var(--line);
      }
      h3 {
        display: flex;
        align-items: center;
        gap: var(--space-1-5);
        padding-block-end: var(--space-1);
        font-size: var(--type-base);
        font-weight: var(--weight-strong);
        color: var(--text-strong);
      }
      h3 small {
        font: inherit;
        font-weight: var(--weight-normal);
        color: var(--text-3);
      }
      h3 ispvm-icon {
        color: var(--text-3);
      }
      .against.some h3 ispvm-icon {
        color: var(--status-degraded);
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        align-items: baseline;
        padding-block: var(--space-1-5);
      }
      li + li {
        border-block-start: var(--line);
      }
      .text {
        overflow-wrap: anywhere;
      }
      .text a {
        font-weight: var(--weight-medium);
        color: var(--text-strong);
      }
      time {
        color: var(--text-3);
        font-size: var(--type-small);
      }
      .none {
        color: var(--text-3);
        padding-block: var(--space-1-5);
      }
      ispvm-button {
        margin-block-start: var(--space-2);
      }
      @container (max-width: 560px) {
        .two {
          grid-template-columns: minmax(0, 1fr);
        }
        section + section {
          border-inline-start: 0;
          border-block-start: var(--line);
        }
      }
    `,
  ]

  constructor() {
    super()
    new HoverController(this)
  }

  override render() {
    return html`<div class="two">${STANCES.map((stance) => this.#column(stance))}</div>`
  }

  #column(stance: Stance) {
    const own = this.evidence.filter((each) => each.stance === stance)
    const all = this.expanded.has(stance)
    return html`<section class="${stance} ${own.length === 0 ? "" : "some"}" aria-labelledby=${stance}>
      <h3 id=${stance}><ispvm-icon name=${ICON[stance]}></ispvm-icon>${strings[stance]} <small>${own.length}</small></h3>
      ${own.length === 0 ? html`<p class="none">${NONE[stance]}</p>` : html`<ul>${(all ? own : own.slice(0, FIRST)).map((each) => this.#row(each))}</ul>`}
      ${
        own.length <= FIRST
          ? nothing
          : html`<ispvm-button kind="quiet" icon=${all ? "minus" : "plus"} @click=${() => this.#onToggle(stance)}>${all ? strings.showFewer : strings.showAll(own.length)}</ispvm-button>`
      }
    </section>`
  }

  #row({ message, deviceId, linkId, atMs }: Evidence) {
    const of = linkId ?? deviceId ?? ""
    return html`<li data-of=${of} class=${of !== "" && of === this.hot ? "hot" : ""}>
      <span class="text">${linkedText(messageText(message), this.names, this.hot)}</span>
      ${atMs === null ? nothing : html`<time datetime=${new Date(atMs).toISOString()} title=${exact(atMs)}>${clock(atMs)}</time>`}
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
