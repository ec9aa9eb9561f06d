import type { Incident, IncidentDetail } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { nowMs } from "../../components/now.ts"
import { t } from "../../i18n/strings/strings.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import { linkedText, namesIn } from "./linked-text.ts"
import { nextSteps } from "./next-step.ts"
import "./ispvm-incident-actions.ts"

/** In a storm an incident changes many times a second: it is read once it settles. */
const DEBOUNCE_MS = 400

/** What to do about an incident, wherever it is named: the next step, and acknowledging it on the spot. */
@customElement("ispvm-incident-summary")
export class IspvmIncidentSummary extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) incident: Incident | null = null
  @state() private detail: IncidentDetail | null = null
  #requestedVersion = ""
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
      }
      h3 {
        margin: 0;
        font-size: var(--type-small);
        font-weight: 600;
        color: var(--text-2);
      }
      .next p {
        padding-block-start: var(--space-1);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () =>
      this.deps === null ? [] : [this.deps.fleet, this.deps.session],
    )
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#requestedVersion = ""
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { incident } = this
    if (incident === null || !changed.has("incident")) return
    const version = `${incident.id} ${incident.updatedAtMs}`
    if (version === this.#requestedVersion) return
    const isAnother = this.detail?.id !== incident.id
    if (isAnother) this.detail = null
    this.#requestedVersion = version
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#load(incident.id), isAnother ? 0 : DEBOUNCE_MS)
  }

  override render() {
    const { deps, incident, detail } = this
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
            ${steps.map((step) => html`<p>${linkedText(step, names, "")}</p>`)}
          </section>`
    }
      <ispvm-incident-actions .incident=${incident} .deps=${deps}></ispvm-incident-actions>`
  }

  async #load(id: string): Promise<void> {
    try {
      const detail = await this.deps?.api.incident(id)
      if (detail !== undefined && this.incident?.id === id) this.detail = detail
    } catch (error) {
      // Without its detail it can still be acknowledged.
      if (!(error instanceof ApiError)) throw error
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-summary": IspvmIncidentSummary
  }
}
