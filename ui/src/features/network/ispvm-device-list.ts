import type { Device } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../../app/paths.ts"
import { agedQuietlyOf } from "../../components/aged.ts"
import { STATUS_ORDER } from "../../components/status-shape.ts"
import { byName } from "../../i18n/format/names.ts"
import { roundTrip } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-status.ts"

/** The round trip of a device that does not answer is outdated and not shown. */
const ANSWERS: ReadonlySet<Status> = new Set(["ok", "degraded", "recovering"])

/** Devices of a site or an incident, worst first. `most` limits the list in a popover. */
@customElement("ispvm-device-list")
export class IspvmDeviceList extends LitElement {
  @property({ attribute: false }) devices: readonly Device[] = []
  @property({ type: Number }) max = 200

  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: 1fr auto auto;
        gap: var(--space-3);
        align-items: center;
        min-block-size: var(--row-height);
        border-block-start: var(--line);
      }
      li:first-child {
        border-block-start: 0;
      }
      a {
        color: var(--text-strong);
        font-weight: var(--weight-medium);
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .rtt {
        color: var(--text-3);
        min-inline-size: var(--space-14);
        text-align: end;
      }
      p {
        padding-block-start: var(--space-2);
      }
    `,
  ]

  override render() {
    const sorted = [...this.devices].sort(
      (a, b) =>
        STATUS_ORDER.indexOf(a.status.status) - STATUS_ORDER.indexOf(b.status.status) ||
        byName(a, b),
    )
    const rest = sorted.length - this.max
    return html`<ul>
        ${sorted.slice(0, this.max).map(
          (device) => html`<li>
            <a href=${paths.device(device.id)} title=${device.name}>${device.name}</a>
            <ispvm-status status=${device.status.status} title=${messageText(device.status.message)}></ispvm-status>
            <span class="rtt">${ANSWERS.has(device.status.status) ? agedQuietlyOf(device, "probe", roundTrip(device.rttMs)) : t.terms.none}</span>
          </li>`,
        )}
      </ul>
      ${rest > 0 ? html`<p class="muted">${t.network.elsewhere(rest)}</p>` : nothing}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-list": IspvmDeviceList
  }
}
