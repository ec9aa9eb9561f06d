import { css, html, LitElement } from "lit"
import { customElement } from "lit/decorators.js"
import { panel, shared } from "../src/theme/shared.ts"
import { FAILOVERS, makeFailover, makeLinkDetail, makePair } from "../test/make-link.ts"
import "../src/features/link/ispvm-failover.ts"
import "../src/features/link/ispvm-link-end.ts"

const NAMES = {
  parallel: "Failover: a parallel link takes over",
  ring: "Failover: too little room on the ring",
  none: "Failover: no alternative path",
  "partner-down": "Failover: the partner is down",
  unknown: "Failover: a capacity is not stated",
  "has-failed": "Failover: the link is down",
} as const

/** Components of the link and interface pages, in every state. */
@customElement("ispvm-gallery-links")
export class IspvmGalleryLinks extends LitElement {
  static override styles = [
    shared,
    panel,
    css`
      :host {
        display: grid;
        gap: var(--space-4);
        grid-template-columns: repeat(auto-fit, minmax(min(var(--size-130), 100%), 1fr));
        align-items: start;
      }
    `,
  ]

  override render() {
    const { a, b, link } = makePair()
    const { a: end } = makeLinkDetail(link, a, b)
    const panelOf = (heading: string, body: unknown) =>
      html`<section class="panel"><header><h2>${heading}</h2></header>${body}</section>`
    return html`${FAILOVERS.map((kind) => panelOf(NAMES[kind], html`<ispvm-failover .link=${link} .failover=${makeFailover(kind)}></ispvm-failover>`))}
      ${panelOf("End of a link", html`<ispvm-link-end class="pad-row" label="End A" port-name="sfp-sfpplus1" .device=${end.device} .port=${end.interface}></ispvm-link-end>`)}
      ${panelOf("End whose interface is not reported", html`<ispvm-link-end class="pad-row" label="End A" port-name="sfp9" .device=${end.device}></ispvm-link-end>`)}
      ${panelOf("End that names no interface", html`<ispvm-link-end class="pad-row" label="End B" .device=${end.device}></ispvm-link-end>`)}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-gallery-links": IspvmGalleryLinks
  }
}
