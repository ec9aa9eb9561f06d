import type { Incident } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../../app/paths.ts"
import { nowMs } from "../../components/now.ts"
import { planned } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shownConfidence } from "../../state/confidence-level.ts"
import { severityOf } from "../../state/severity.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-confidence.ts"
import "../../components/ispvm-status.ts"

const strings = t.incidents

/**
 * An incident in a list: its severity as a shape, its title as a link, and what is not certain
 * about it.
 */
@customElement("ispvm-incident-title")
export class IspvmIncidentTitle extends LitElement {
  @property({ attribute: false }) incident: Incident | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        gap: var(--space-3);
        align-items: baseline;
      }
      .open {
        animation: breathe var(--time-breathe) ease-in-out infinite;
      }
      @keyframes breathe {
        50% {
          opacity: 0.45;
          transform: scale(0.86);
        }
      }
      .sub {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-3);
        color: var(--text-2);
        font-size: var(--type-small);
        font-weight: var(--weight-normal);
      }
      @media (prefers-reduced-motion: reduce) {
        .open {
          animation: none;
        }
      }
    `,
  ]

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector("a")?.focus(options)
  }

  override render() {
    const { incident } = this
    if (incident === null) return nothing
    const { id, state, title } = incident
    return html`<ispvm-status class=${state === "open" ? "open" : ""} compact status=${severityOf(incident)} word=${strings.state[state]}></ispvm-status>
      <div>
        <a class="title wrap ${state === "closed" ? "calm" : "bold"}" href=${paths.incident(id)}>${messageText(title)}</a>
        ${this.#sub(incident)}
      </div>`
  }

  /**
   * The title has the first alternative; this line has the others, a low confidence, and the owner.
   */
  #sub(incident: Incident) {
    const others = incident.alternatives.length < 2 ? [] : incident.alternatives.slice(0, 6)
    const lowConfidence = shownConfidence(incident)
    const { severity, number, snoozedUntilMs, maintenanceWindowId, state } = incident
    return html`<div class="sub">
      <span>${t.workflow.severity[severity]}</span><span>${strings.number(number)}</span>
      ${state === "closed" ? html`<span>${incident.causeCode === null ? t.workflow.needsCode : t.workflow.closedAs(t.workflow.causeCode[incident.causeCode])}</span>` : nothing}
      ${maintenanceWindowId === null || state === "closed" ? nothing : html`<span>${t.workflow.inMaintenance}</span>`}
      ${snoozedUntilMs === null ? nothing : html`<span>${t.workflow.snoozed} ${t.workflow.until} ${planned(snoozedUntilMs, nowMs())}</span>`}
      ${lowConfidence === null ? nothing : html`<ispvm-confidence compact .value=${lowConfidence}></ispvm-confidence>`}
      ${others.length === 0 ? nothing : html`<span>${strings.couldAlso} ${others.map((each) => each.name).join(", ")}</span>`}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-title": IspvmIncidentTitle
  }
}
