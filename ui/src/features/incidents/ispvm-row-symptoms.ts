import type { Incident } from "@ispvm/appliance/api/incidents"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-stale.ts"
import "../incident/ispvm-symptoms.ts"

/** The symptoms of an incident below its row, as live as the row. */
@customElement("ispvm-row-symptoms")
export class IspvmRowSymptoms extends LitElement {
  @property({ attribute: false }) incident: Incident | null = null
  @property({ attribute: false }) deps: Deps | null = null
  readonly #detail = new RequestController(this, {
    key: () =>
      this.deps === null || this.incident === null
        ? null
        : ([this.deps, this.incident.id, this.incident.updatedAtMs] as const),
    load: ([deps, id]) => deps.api.incident(id),
    isSame: ([, was], [, is]) => was === is,
  })

  static override styles = [shared]

  override render() {
    const { state } = this.#detail
    return this.#detail.render({
      loading: () => html`<ispvm-skeleton shape="text" lines="2"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${t.incidents.oneFailed} why=${error.message} @retry=${this.#detail.reload}></ispvm-failed>`,
      ready: ({ symptomList }) => html`
        ${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#detail.reload}></ispvm-stale>` : nothing}
        <ispvm-symptoms .symptoms=${symptomList}></ispvm-symptoms>`,
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-row-symptoms": IspvmRowSymptoms
  }
}
