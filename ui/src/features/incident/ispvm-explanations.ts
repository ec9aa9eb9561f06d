import type { Component, Hypothesis } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { probabilityText } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { Fleet } from "../../state/fleet.ts"
import { shared } from "../../theme/shared.ts"
import { componentName } from "./component-name.ts"
import { type CauseGroup, causeGroupsOf, unlistedProbability } from "./diagnosis.ts"
import { distinguishingCheck } from "./distinguishing-check.ts"
import { HoverController, hotStyles } from "./hover-controller.ts"

const strings = t.causes
/** All devices behind one switch are indistinguishable: the rest of a long list is a number. */
const MAX_EQUIVALENTS = 4

/**
 * The hypotheses by probability, each with its indistinguishable causes and a distinguishing check.
 * Emits `draw` with the one to show.
 */
@customElement("ispvm-explanations")
export class IspvmExplanations extends LitElement {
  @property({ attribute: false }) hypotheses: readonly Hypothesis[] = []
  @property({ attribute: false }) fleet: Fleet | null = null
  @property() hot = ""
  /** Index of the hypothesis that is shown. */
  @property({ type: Number }) drawn = 0
  /** The incident is closed, so no check is shown. */
  @property({ type: Boolean }) over = false
  /** The causes work badly; nothing has failed. */
  @property({ type: Boolean }) degraded = false

  static override styles = [
    shared,
    hotStyles,
    css`
      li {
        display: grid;
        grid-template-columns: var(--space-7) minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        align-items: baseline;
        padding-block: var(--space-2);
      }
      button {
        inline-size: var(--space-7);
        block-size: var(--space-7);
        padding: 0;
        border: var(--line-control);
        border-radius: 50%;
        background: none;
        color: var(--text-2);
        font-size: var(--type-small);
        font-weight: var(--weight-strong);
        cursor: pointer;
      }
      button[aria-pressed="true"] {
        background: var(--surface-3);
        border-color: var(--text-2);
        color: var(--text-strong);
      }
      .first .prose a, .figure {
        font-weight: var(--weight-strong);
      }
      .equivalents a {
        color: var(--text);
        font-weight: var(--weight-normal);
        text-decoration: underline;
        text-decoration-color: var(--text-3);
        text-underline-offset: var(--space-0-5);
      }
      .bar {
        grid-column: 2 / -1;
        margin-block: var(--space-1-5) var(--space-1);
      }
      .bar b {
        min-inline-size: var(--space-0-5);
      }
      .first {
        --fill: var(--text-2);
      }
      .distinguish {
        grid-column: 2 / -1;
        padding-block-start: var(--space-0-5);
      }
    `,
  ]

  constructor() {
    super()
    new HoverController(this)
  }

  override render() {
    const rest = unlistedProbability(this.hypotheses)
    return html`<ol class="lined-rows">${this.hypotheses.map((each, index) => this.#row(each, index))}
        ${rest === null ? nothing : html`<li class="muted"><span></span><span>${strings.else}</span><span class="figure muted">${probabilityText(rest)}</span>${bar(rest)}</li>`}
      </ol>
      ${this.hypotheses.length === 1 && rest === null ? html`<p class="muted pad-block">${strings.onlyOne}</p>` : nothing}`
  }

  #row(hypothesis: Hypothesis, index: number) {
    const groups = causeGroupsOf(hypothesis)
    return html`<li class=${index === 0 ? "first" : ""}>
      <button class="hover-fill" type="button" aria-pressed=${this.drawn === index ? "true" : "false"} aria-label=${strings.draw(index + 1)} title=${strings.draw(index + 1)} @click=${() => emit(this, "draw", index)}>${index + 1}</button>
      <div class="prose wrap">${groups.length === 0 ? html`${strings.nothing}. ${strings.nothingWhy}` : groups.map((group, at) => this.#causeGroup(group, at))}${(hypothesis.planned ?? []).map(({ name, probability }) => html`<div class="small soft">${strings.planned(name, probabilityText(probability))}</div>`)}</div>
      <span class="figure ${index === 0 ? "vivid" : "plain"}">${probabilityText(hypothesis.probability)}</span>
      ${bar(hypothesis.probability)} ${this.#distinguishingCheck(hypothesis, index)}
    </li>`
  }

  #causeGroup({ component, equivalents }: CauseGroup, at: number) {
    return html`<div>${at === 0 ? nothing : html`<span class="caption">${strings.and} </span>`}${this.#name(component)}</div>
      ${
        equivalents.length === 0
          ? nothing
          : html`<div class="equivalents small soft">${strings.equivalents(equivalents.length)}
              ${equivalents.slice(0, MAX_EQUIVALENTS).map((each, index) => html`${index === 0 ? nothing : ", "}${this.#name(each)}`)}
              ${equivalents.length > MAX_EQUIVALENTS ? strings.moreEquivalents(equivalents.length - MAX_EQUIVALENTS) : nothing}</div>`
      }`
  }

  #name(component: Component) {
    return html`<span data-of=${component.id} class=${this.hot === component.id ? "hot" : ""}>${componentName(component)}</span>`
  }

  #distinguishingCheck({ components }: Hypothesis, index: number) {
    const first = this.hypotheses[0]
    if (index === 0 || first === undefined || this.fleet === null || this.over) return nothing
    const step = distinguishingCheck(this.fleet, first.components, components, this.degraded)
    return step === null
      ? nothing
      : html`<p class="distinguish small soft"><span class="caption">${strings.distinguish}</span> ${step}</p>`
  }
}

const bar = (share: number) =>
  html`<span class="track bar" aria-hidden="true"><b style="inline-size:${share * 100}%"></b></span>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-explanations": IspvmExplanations
  }
}
