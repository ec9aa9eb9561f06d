import type { Incident } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { nowMs } from "../../components/now.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { StoreController } from "../../state/store-controller.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { linkedText, namesIn } from "./linked-text.ts"
import { nextSteps } from "./next-step.ts"
import "./ispvm-incident-actions.ts"

/** In a storm an incident changes many times a second; it is reloaded after a pause. */
const DEBOUNCE_MS = 400

/** Next step and acknowledgement of an incident, for panels and drawer. */
@customElement("ispvm-incident-summary")
export class IspvmIncidentSummary extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) incident: Incident | null = null
  /** A failed reload is not shown: the incident can still be acknowledged. */
  readonly #detail = new RequestController(this, {
    key: () =>
      this.deps === null || this.incident === null
        ? null
        : ([this.deps, this.incident.id] as const),
    load: ([{ api }, id]) => api.incident(id),
  })

  static override styles = [
    shared,
    stackHost,
    css`
      h3 {
        margin: 0;
        font-size: var(--type-small);
        font-weight: var(--weight-strong);
        color: var(--text-2);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () =>
      this.deps === null ? [] : [this.deps.fleet, this.deps.session],
    )
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const was = changed.get("incident")
    const { incident } = this
    if (was == null || incident === null || was.id !== incident.id) return
    if (was.updatedAtMs !== incident.updatedAtMs) this.#detail.reloadIn(DEBOUNCE_MS)
  }

  override render() {
    const { deps, incident } = this
    const detail = this.#detail.value ?? null
    if (deps === null || incident === null) return nothing
    const steps =
      detail === null
        ? []
        : nextSteps(deps.fleet.value, { ...detail, state: incident.state }, nowMs())
    const names = detail === null ? null : namesIn(deps.fleet.value, detail)
    return html`${
      steps.length === 0 || names === null
        ? nothing
        : html`<section class="next">
            <h3>${t.incidents.next}</h3>
            ${steps.map((step) => html`<p class="tight-before">${linkedText(step, names, "")}</p>`)}
          </section>`
    }
      <ispvm-incident-actions .incident=${incident} .deps=${deps}></ispvm-incident-actions>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-summary": IspvmIncidentSummary
  }
}
