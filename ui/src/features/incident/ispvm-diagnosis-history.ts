import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { clock, exact, shortSpan } from "../../i18n/format/time.ts"
import { probabilityText } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { containerHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { componentName } from "./component-name.ts"
import { type HistoryStep, historySteps } from "./history-steps.ts"
import { HoverController, hotStyles } from "./hover-controller.ts"
import { linkedText, type Names, NO_NAMES } from "./linked-text.ts"
import "../../components/ispvm-button.ts"

const strings = t.causes
const FIRST = 6

/** The diagnosis history: a step as wide as its confidence, newest first. */
@customElement("ispvm-diagnosis-history")
export class IspvmDiagnosisHistory extends LitElement {
  @property({ attribute: false }) history: IncidentDetail["diagnosisHistory"] = []
  @property({ attribute: false }) names: Names = NO_NAMES
  @property() hot = ""
  @state() private all = false

  static override styles = [
    shared,
    containerHost,
    hotStyles,
    css`
      li {
        display: grid;
        grid-template-columns: 8ch var(--size-20) 6ch minmax(0, 1fr);
        gap: 0 var(--space-3);
        align-items: start;
      }
      li > :not(.step) {
        padding-block: var(--space-1-5);
      }
      time {
        color: var(--text-3);
        white-space: nowrap;
      }
      .step {
        align-self: stretch;
        position: relative;
        border-inline-start: var(--line-strong);
        margin-inline-end: calc(-1 * var(--space-1));
      }
      .step b {
        position: absolute;
        inset-block: 0;
        inset-inline-start: 0;
        border-inline-end: var(--line-thick) solid var(--text-2);
        background: var(--surface-3);
      }
      .figure {
        text-align: end;
        white-space: nowrap;
        font-weight: var(--weight-strong);
        color: var(--text);
      }
      .what {
        overflow-wrap: anywhere;
        border-block-start: var(--line);
      }
      li:first-child .what {
        border: 0;
      }
      .what p a {
        color: var(--text);
        text-decoration: underline;
        text-decoration-color: var(--text-3);
        text-underline-offset: var(--space-0-5);
      }
      .turn {
        display: inline-block;
        padding-inline: var(--space-1-5);
        margin-inline-start: var(--space-1);
        border: var(--line-strong);
        border-radius: var(--radius-small);
        color: var(--text-2);
        font-size: var(--type-tiny);
        white-space: nowrap;
      }
      @container (max-width: 440px) {
        li {
          grid-template-columns: var(--space-10) auto minmax(0, 1fr);
        }
        .step {
          grid-row: 1 / span 2;
          grid-column: 1;
        }
        .figure {
          grid-column: 2;
          grid-row: 1;
          text-align: start;
        }
        time {
          grid-column: 3;
          grid-row: 1;
        }
        li > .what {
          grid-column: 2 / -1;
          grid-row: 2;
          border: 0;
          padding-block-start: 0;
        }
      }
    `,
  ]

  constructor() {
    super()
    new HoverController(this)
  }

  override render() {
    const steps = historySteps(this.history)
    return html`<ol>${(this.all ? steps : steps.slice(0, FIRST)).map((step) => this.#step(step))}</ol>
      ${
        steps.length <= FIRST
          ? nothing
          : html`<ispvm-button class="space-before" kind="quiet" icon=${this.all ? "minus" : "plus"} @click=${this.#onToggle}>${this.all ? strings.historyFewer : strings.historyMore(steps.length - FIRST)}</ispvm-button>`
      }`
  }

  #step({ change, kind, afterMs }: HistoryStep) {
    const { atMs, causes, confidence, message } = change
    const text = messageText(message)
    return html`<li>
      <time datetime=${new Date(atMs).toISOString()} title=${exact(atMs)}>${kind === "first" ? clock(atMs) : strings.after(shortSpan(afterMs))}</time>
      <span class="step" aria-hidden="true">${confidence === null ? nothing : html`<b style="inline-size:${confidence * 100}%"></b>`}</span>
      <span class="figure">${confidence === null ? t.terms.none : probabilityText(confidence)}</span>
      <div class="what">
        ${causes.length === 0 ? strings.nothing : causes.map((each, index) => html`${index === 0 ? nothing : html` <span class="caption">${strings.and}</span> `}<span data-of=${each.id} class=${this.hot === each.id ? "hot" : ""}>${componentName(each)}</span>`)}
        ${kind === "changed" ? html`<span class="turn">${strings.causeChanged}</span>` : nothing}
        ${text === "" ? nothing : html`<p class="small soft">${linkedText(text, this.names, this.hot)}</p>`}
      </div>
    </li>`
  }

  readonly #onToggle = (): void => {
    this.all = !this.all
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-diagnosis-history": IspvmDiagnosisHistory
  }
}
