import type { Incident } from "@ispvm/appliance/api/incidents"
import { css, html } from "lit"
import { customElement } from "lit/decorators.js"
import { messageText } from "../../i18n/strings/message-text.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { Page } from "../../pages/page.ts"
import { inState } from "../../state/incidents.ts"
import { severityOf } from "../../state/severity.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import { impactInFull } from "./impact.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

/** Open and acknowledged incidents on a wall display, the worst first: nothing can be clicked. */
@customElement("ispvm-wall-incidents")
export class IspvmWallIncidents extends Page {
  static override styles = [
    shared,
    css`
      .rows {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-4);
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: var(--space-4);
        align-items: baseline;
        padding: var(--space-3);
        border: var(--line);
        border-radius: var(--radius);
        font-size: var(--type-large);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.incidents])
  }

  override render() {
    const incidents = this.deps.incidents.value
    if (incidents.phase === "loading") return html`<ispvm-skeleton lines="6"></ispvm-skeleton>`
    const all = [...inState(incidents, "open"), ...inState(incidents, "acknowledged")]
    return html`<h1 class="hidden-visually">${this.heading}</h1>
      ${all.length === 0 ? html`<p class="soft rows">${pageTexts.walls.screen.noIncidents}</p>` : html`<ul class="rows">${all.map(row)}</ul>`}`
  }
}

const row = (incident: Incident) => {
  const severity = severityOf(incident)
  const isOpen = incident.state === "open"
  return html`<li class=${isOpen ? `tint-${severity}` : ""}>
    <ispvm-status compact status=${severity}></ispvm-status>
    <div>
      <strong class="block wrap">${messageText(incident.title)}</strong>
      <span class=${isOpen ? "soft" : "muted"}>${impactInFull(incident)}</span>
    </div>
    <ispvm-time class="soft" since at=${incident.openedAtMs}></ispvm-time>
  </li>`
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-wall-incidents": IspvmWallIncidents
  }
}
