import { html } from "lit"
import { customElement } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { t } from "../i18n/strings/strings.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../features/health/ispvm-runbook.ts"

/** One runbook. */
@customElement("ispvm-page-runbook")
export class IspvmPageRunbook extends Page {
  static override styles = [shared, panel]

  override render() {
    return html`<div class="page page-narrow">
      <p><ispvm-button kind="quiet" icon="chevron-left" href=${paths.health}>${t.health.title}</ispvm-button></p>
      <section class="panel pad"><ispvm-runbook name=${this.params.id ?? ""}></ispvm-runbook></section>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-runbook": IspvmPageRunbook
  }
}
