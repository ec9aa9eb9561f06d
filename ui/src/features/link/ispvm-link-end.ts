import type { Interface } from "@ispvm/appliance/api/inventory"
import type { EndDevice } from "@ispvm/appliance/api/links"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../../app/paths.ts"
import { aged, agedQuietlyOfPort } from "../../components/aged.ts"
import { bitRate, perCent, perSecond, roundTrip } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { INTERVAL_MS } from "../../state/freshness.ts"
import { shared } from "../../theme/shared.ts"
import { portState } from "./port-state.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = t.links
const { facts } = strings

/** One end of a link: router, interface, and the facts they report. */
@customElement("ispvm-link-end")
export class IspvmLinkEnd extends LitElement {
  @property() label = ""
  @property({ attribute: false }) device: EndDevice | null = null
  @property({ attribute: false }) port: Interface | null = null
  /** The interface named by the link, even if the device does not report it. */
  @property({ attribute: "port-name" }) portName = ""

  static override styles = [
    shared,
    css`
      .who {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-3);
        align-items: baseline;
        padding-block-end: var(--space-2);
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--space-1) var(--space-4);
      }
    `,
  ]

  override render() {
    const { device, port } = this
    if (device === null) return nothing
    return html`<span class="caption">${this.label}${device.siteName === null ? nothing : html` · ${device.siteName}`}</span>
      <div class="who">
        <a class="bold wrap" href=${paths.device(device.id)}>${device.name}</a>
        <ispvm-status status=${device.status.status} title=${messageText(device.status.message)}></ispvm-status>
      </div>
      <dl class="prose wrap">
        <dt>${facts.interface}</dt>
        <dd>${this.#interface(device, port)}</dd>
        ${port === null ? nothing : this.#port(port)}
        <dt>${facts.rtt}</dt>
        <dd>
          ${aged(html`<span>${roundTrip(device.rttMs)}${device.lossPct === null ? nothing : html` · <span class=${device.lossPct > 0 ? "trouble" : ""}>${perCent(device.lossPct)} ${facts.loss.toLowerCase()}</span>`}</span>`, device.probedAtMs, INTERVAL_MS.probe)}
        </dd>
      </dl>`
  }

  #interface(device: EndDevice, port: Interface | null) {
    if (port !== null) {
      const { status, word } = portState(port)
      return html`<a href=${paths.interface(device.id, port.name)}>${port.name}</a> <ispvm-status status=${status} word=${word}></ispvm-status>`
    }
    return this.portName === ""
      ? html`<span class="text-warn">${strings.notNamed}.</span> ${strings.name}`
      : html`${this.portName} <span class="text-warn">${strings.notReported}</span>`
  }

  #port(port: Interface) {
    const errorRate = (value: number | null) =>
      html`<span class=${value !== null && value > 0 ? "trouble" : ""}>${perSecond(value)}</span>`
    return html`<dt>${facts.speed}</dt>
      <dd>${bitRate(port.speedBps)}</dd>
      ${
        port.comment === null || port.comment === ""
          ? nothing
          : html`<dt>${facts.comment}</dt>
              <dd>${port.comment}</dd>`
      }
      <dt>${strings.errors}</dt>
      <dd>${agedQuietlyOfPort(port, html`${errorRate(port.errorsPs)} <span>· ${strings.discards}</span> ${errorRate(port.dropsPs)}`)}</dd>
      <dt>${facts.measured}</dt>
      <dd>${agedQuietlyOfPort(port, port.atMs === null ? strings.noRate : html`<ispvm-time at=${port.atMs}></ispvm-time>`)}</dd>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-link-end": IspvmLinkEnd
  }
}
