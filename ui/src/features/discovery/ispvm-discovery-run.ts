import type { DiscoveryRun } from "@ispvm/appliance/api/discovery"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { count, roundTrip } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { shared } from "../../theme/shared.ts"
import { keysOf } from "./filter.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.discovery

/** The last run in figures. What was left out is shown on request, by reason. */
@customElement("ispvm-discovery-run")
export class IspvmDiscoveryRun extends LitElement {
  @property({ attribute: false }) run: DiscoveryRun | null = null
  @property({ type: Boolean }) running = false
  @state() private isExpanded = false

  static override styles = [
    shared,
    css`
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2) var(--space-6);
      }
      dd {
        min-block-size: var(--space-6);
        display: flex;
        align-items: center;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
        min-block-size: var(--space-6);
        margin-inline-start: calc(-1 * var(--space-1));
        padding-inline: var(--space-1);
        border: 0;
        border-radius: var(--radius-small);
        background: none;
        cursor: pointer;
      }
      .left-out {
        max-inline-size: var(--size-150);
        margin-block-start: var(--space-2);
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--surface-2);
      }
      li {
        display: flex;
        justify-content: space-between;
        gap: var(--space-4);
      }
      @media (max-width: 640px) {
        dl {
          flex-wrap: nowrap;
          overflow-x: auto;
        }
      }
    `,
  ]

  override render() {
    if (this.running)
      return html`<p class="with-icon soft" role="status"><ispvm-icon class="spin" name="rotate-cw" size="14"></ispvm-icon>${strings.running}</p>`
    const { run } = this
    const { facts } = strings
    if (run === null) return this.#facts([[facts.at, facts.never]])
    const leftOut = Object.values(run.dropped).reduce((sum, n) => sum + n, 0)
    return html`${this.#facts([
      [facts.at, html`<ispvm-time .atMs=${run.atMs}></ispvm-time>`],
      [facts.took, roundTrip(run.tookMs)],
      [facts.devices, count(run.devices)],
      [facts.confirmed, count(run.confirmed)],
      [facts.proposed, count(run.proposed)],
      [facts.leftOut, leftOut === 0 ? "0" : this.#fold(leftOut)],
    ])}${this.isExpanded && leftOut > 0 ? this.#leftOut(run.dropped) : nothing}`
  }

  #facts(facts: readonly (readonly [label: string, value: unknown])[]) {
    return html`<dl aria-label=${strings.facts.label}>${facts.map(([label, value]) => html`<div class="nowrap"><dt class="minor">${label}</dt><dd class="emphasis">${value}</dd></div>`)}</dl>`
  }

  #fold(leftOut: number) {
    return html`<button class="hover-fill emphasis" type="button" aria-expanded=${this.isExpanded ? "true" : "false"} aria-label="${strings.facts.leftOut} ${count(leftOut)}" @click=${this.#onFold}>
      ${count(leftOut)}<ispvm-icon name=${this.isExpanded ? "chevron-down" : "chevron-right"} size="14"></ispvm-icon>
    </button>`
  }

  #leftOut(dropped: DiscoveryRun["dropped"]) {
    const reasons = keysOf(strings.dropped).filter((reason) => dropped[reason] > 0)
    return html`<div class="left-out stack-1 small">
      <p class="soft">${strings.leftOutLead}</p>
      <ul>${reasons.map((reason) => html`<li><span class="wrap">${strings.dropped[reason]}</span><span class="emphasis">${count(dropped[reason])}</span></li>`)}</ul>
    </div>`
  }

  readonly #onFold = (): void => {
    this.isExpanded = !this.isExpanded
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-discovery-run": IspvmDiscoveryRun
  }
}
