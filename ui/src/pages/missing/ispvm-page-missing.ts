import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../../paths.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-empty.ts"

/** An address that leads nowhere, or to what this account may not see. */
@customElement("ispvm-page-missing")
export class IspvmPageMissing extends LitElement {
  @property() why: "missing" | "forbidden" = "missing"

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        place-items: center;
        min-block-size: 60vh;
      }
    `,
  ]

  override render() {
    const words = t.pages.missing[this.why]
    return html`<ispvm-empty first icon=${this.why === "missing" ? "unplug" : "circle-x"} heading=${words.heading} text=${words.text}>
      <ispvm-button href=${paths.overview}>${t.pages.missing.back}</ispvm-button>
      <ispvm-button href=${paths.devices}>${t.frame.devices}</ispvm-button>
    </ispvm-empty>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-missing": IspvmPageMissing
  }
}
