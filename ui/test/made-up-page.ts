/** A page as somebody would add it; `made-up-page.test.ts` builds the UI with it. */
import { html } from "lit"
import { customElement } from "lit/decorators.js"
import { t } from "../src/i18n/strings/strings.ts"
import { Page } from "../src/pages/page.ts"
import { StoreController } from "../src/state/store-controller.ts"
import { panel, shared } from "../src/theme/shared.ts"

@customElement("ispvm-page-made-up")
export class IspvmPageMadeUp extends Page {
  static override styles = [shared, panel]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet])
  }

  override render() {
    return html`<div class="page">
      <h1>${this.heading}</h1>
      <section class="panel">
        <header><h2>${t.shell.devices}</h2></header>
        <p>${this.deps.fleet.value.devices.size}</p>
      </section>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-made-up": IspvmPageMadeUp
  }
}
