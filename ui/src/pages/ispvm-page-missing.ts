import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-empty.ts"

/** Shown for an unknown address, or for a page without permission. */
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
    const strings = t.pages.missing[this.why]
    return html`<ispvm-empty first icon=${this.why === "missing" ? "unplug" : "circle-x"} heading=${strings.heading} text=${strings.text}>
      <ispvm-button href=${paths.overview}>${t.pages.missing.back}</ispvm-button>
      <ispvm-button href=${paths.devices}>${t.shell.devices}</ispvm-button>
    </ispvm-empty>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-missing": IspvmPageMissing
  }
}
