import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import { unsafeSVG } from "lit/directives/unsafe-svg.js"
import { ICONS, type IconName } from "./icons.ts"

/** An icon in the text colour. Decorative: the text is beside it or in a tooltip. */
@customElement("ispvm-icon")
export class IspvmIcon extends LitElement {
  @property() name: IconName = "info"
  @property({ type: Number }) size = 16

  static override styles = css`
    :host {
      display: inline-flex;
      flex: none;
      vertical-align: -0.18em;
    }
    svg {
      display: block;
      stroke-width: 1.75;
    }
  `

  override render() {
    return html`<span aria-hidden="true" style="display:inline-flex">${unsafeSVG(sized(ICONS[this.name], this.size))}</span>`
  }
}

const sized = (source: string, size: number): string =>
  source
    .replace(/width="24"/, `width="${size}"`)
    .replace(/height="24"/, `height="${size}"`)
    .replace(/stroke-width="2"/, 'stroke-width="1.75"')

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-icon": IspvmIcon
  }
}
