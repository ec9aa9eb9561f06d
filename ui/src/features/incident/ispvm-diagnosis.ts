import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { t } from "../../i18n/strings/strings.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { componentName } from "./component-name.ts"
import {
  bestHypothesis,
  type CauseGroup,
  cardinalityOf,
  causeGroupsOf,
  recheckProgress,
} from "./diagnosis.ts"
import { HoverController, hotStyles } from "./hover-controller.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-confidence.ts"
import "../../components/ispvm-status.ts"

const strings = t.causes
/** All devices behind one switch are indistinguishable: a long list is collapsed. */
const FIRST = 4

/** The cause: confidence, failed component, and those indistinguishable from it. */
@customElement("ispvm-diagnosis")
export class IspvmDiagnosis extends LitElement {
  @property({ attribute: false }) incident: IncidentDetail | null = null
  /** The highlighted component. */
  @property() hot = ""
  @state() private all = false

  constructor() {
    super()
    new HoverController(this)
  }

  static override styles = [
    shared,
    stackHost,
    hotStyles,
    css`
      .cause-row {
        display: grid;
        grid-template-columns: var(--space-3-5) minmax(0, 1fr);
        gap: 0 var(--space-2);
        align-items: baseline;
        padding-block: var(--line-width);
        overflow-wrap: anywhere;
        font-size: var(--type-large);
        line-height: var(--leading);
      }
      .several .maybe.cause-row {
        padding-inline-start: calc(var(--space-3-5) + var(--space-2));
      }
      .cause-row ispvm-button {
        font-size: var(--type-base);
        margin-inline-start: calc(-1 * var(--space-3));
      }
      .mark {
        inline-size: var(--space-2-5);
        block-size: var(--space-2-5);
        border-radius: var(--radius-tiny);
        background: var(--status-down);
        align-self: start;
        margin-block-start: calc(0.7em - var(--space-1-5));
      }
      .mark.maybe {
        background: none;
        border: var(--line-thick) dashed var(--status-down);
      }
      .closed .mark {
        background: var(--text-3);
      }
      .closed .mark.maybe {
        background: none;
        border-color: var(--text-3);
      }
    `,
  ]

  override render() {
    const { incident } = this
    if (incident === null) return nothing
    const groups = causeGroupsOf(bestHypothesis(incident))
    const progress = recheckProgress(incident)
    return html`${incident.confidence === null ? nothing : html`<ispvm-confidence .value=${incident.confidence}></ispvm-confidence>`}
      ${this.#cardinality(groups, incident)}
      <ul class="${incident.state} ${groups.length > 1 ? "several" : ""}">
        ${groups.length === 0 ? html`<li class="cause-row names"><span></span><strong>${strings.nothing}</strong></li>` : groups.map((group) => this.#causeGroup(group))}
      </ul>
      ${progress === null ? nothing : html`<p class="soft" role="status"><ispvm-status status="unknown" word=${strings.rechecksPending(progress.answered, progress.requested)}></ispvm-status></p>`}`
  }

  /** Without a computed diagnosis, nothing is known about indistinguishable causes. */
  #cardinality(groups: readonly CauseGroup[], incident: IncidentDetail) {
    const count = 1 + (groups[0]?.equivalents.length ?? 0)
    const over = incident.state === "closed"
    const explanation = {
      nothing: strings.nothingWhy,
      one: "",
      "one-of": incident.hypotheses.length === 0 ? "" : strings.oneOf(count, over),
      all: strings.allOf(groups.length, over),
      "all-of-each": strings.allOfEach(groups.length, over),
    }[cardinalityOf(groups)]
    return explanation === "" ? nothing : html`<p class="soft">${explanation}</p>`
  }

  #causeGroup({ component, equivalents }: CauseGroup) {
    const shown =
      this.all || equivalents.length <= FIRST + 1 ? equivalents : equivalents.slice(0, FIRST)
    return html`${this.#row(component, "cause")}${shown.map((each) => this.#row(each, "maybe"))}
      ${
        equivalents.length <= FIRST + 1
          ? nothing
          : html`<li class="cause-row names"><span></span><span><ispvm-button kind="quiet" icon=${this.all ? "minus" : "plus"} @click=${this.#onToggle}>${this.all ? strings.fewerEquivalents : strings.moreEquivalentsButton(equivalents.length - FIRST)}</ispvm-button></span></li>`
      }`
  }

  #row(component: Component, part: "cause" | "maybe") {
    return html`<li class="cause-row names ${part} ${this.hot === component.id ? "hot" : ""}" data-of=${component.id}>
      <span class="mark ${part}"></span>
      <span>${part === "maybe" ? html`<span class="caption">${strings.or} </span>` : nothing}${componentName(component)}</span>
    </li>`
  }

  readonly #onToggle = (): void => {
    this.all = !this.all
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-diagnosis": IspvmDiagnosis
  }
}
