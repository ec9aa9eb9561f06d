import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement, type PropertyValues } from "lit"
import { customElement, property } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { statusShape } from "./status-shape.ts"

/**
 * A status as shape, colour and text. `compact` keeps the text for screen readers only. A change
 * pulses once.
 */
@customElement("ispvm-status")
export class IspvmStatus extends LitElement {
  @property({ reflect: true }) status: Status = "unknown"
  @property({ type: Boolean, reflect: true }) compact = false
  /** Text other than that of the status, such as "Offline" for an agent. */
  @property() word = ""

  static override styles = [
    shared,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        white-space: nowrap;
        vertical-align: middle;
        color: var(--status-text);
        --status-shape: var(--status-unknown);
        --status-text: var(--status-unknown-text);
      }
      svg {
        inline-size: 0.93em;
        block-size: 0.93em;
        flex: none;
        color: var(--status-shape);
        overflow: visible;
      }
      :host([status="ok"]) {
        --status-shape: var(--status-ok);
        --status-text: var(--status-ok-text);
      }
      :host([status="degraded"]) {
        --status-shape: var(--status-degraded);
        --status-text: var(--status-degraded-text);
      }
      :host([status="down"]) {
        --status-shape: var(--status-down);
        --status-text: var(--status-down-text);
        font-weight: var(--weight-strong);
      }
      :host([status="unreachable"]) {
        --status-shape: var(--status-unreachable);
        --status-text: var(--status-unreachable-text);
      }
      :host([status="recovering"]) {
        --status-shape: var(--status-recovering);
        --status-text: var(--status-recovering-text);
      }
      :host([status="maintenance"]) {
        --status-shape: var(--status-maintenance);
        --status-text: var(--status-maintenance-text);
      }
      .pulse {
        animation: pulse var(--time-pulse) ease-out 1;
      }
      @keyframes pulse {
        30% {
          transform: scale(1.8);
        }
      }
    `,
  ]

  override updated(changed: PropertyValues<this>): void {
    if (changed.get("status") === undefined) return
    const shape = this.renderRoot.querySelector("svg")
    shape?.classList.add("pulse")
    shape?.addEventListener("animationend", () => shape.classList.remove("pulse"), { once: true })
  }

  override render() {
    const word = this.word || t.terms.status[this.status]
    return html`<svg viewBox="0 0 12 12" aria-hidden="true">${statusShape(this.status)}</svg
      ><span class=${this.compact ? "hidden-visually" : ""}>${word}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-status": IspvmStatus
  }
}
