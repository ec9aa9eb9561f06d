import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { agedOf } from "../../components/aged.ts"
import { emit } from "../../components/emit.ts"
import { hasAddress } from "../../i18n/format/address.ts"
import { duration } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import { methodAge } from "./method-age.ts"
import "../../components/ispvm-button.ts"
import "../maintenance/ispvm-working-on.ts"
import "../../components/ispvm-copy.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = t.pages.device
/** The head of the device page: name, status with its age, and monitoring. Emits `edit`. */
@customElement("ispvm-device-head")
export class IspvmDeviceHead extends LitElement {
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) deps: Deps | null = null

  static override styles = [
    shared,
    css`
      .why {
        color: var(--text-2);
        margin-block: var(--space-1) var(--space-3);
      }
      .incident {
        display: inline-flex;
        gap: var(--space-2);
        align-items: center;
        margin-block-end: var(--space-3);
        padding: var(--space-1) var(--space-3);
        border-radius: var(--radius);
        background: var(--fault-tint);
        color: var(--status-down-text);
        font-weight: var(--weight-medium);
      }
      dd {
        color: var(--text);
        max-inline-size: 40ch;
      }
      .let {
        display: block;
        color: var(--link);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.deps === null ? [] : [this.deps.incidents]))
  }

  override render() {
    const device = this.device
    if (device === null) return nothing
    const incident = this.deps?.incidents.value.all.get(device.incidentId ?? "")
    return html`<div class="headline">
        <h1>${device.name}</h1>
        <ispvm-status class="large" status=${device.status.status}></ispvm-status>
        ${device.status.sinceMs === null ? nothing : html`<span class="muted">${strings.since} <ispvm-time since at=${device.status.sinceMs}></ispvm-time></span>`}
        <ispvm-working-on class="push-end" .deps=${this.deps} .target=${{ kind: "device", id: device.id }}></ispvm-working-on>
        ${this.deps?.session.can("inventory:write") ? html`<ispvm-button icon="pencil" @click=${() => emit(this, "edit", null)}>${strings.edit}</ispvm-button>` : nothing}
      </div>
      <p class="why">${messageText(device.status.message)}</p>
      ${
        incident === undefined
          ? nothing
          : html`<a class="incident" href=${paths.incident(incident.id)}><ispvm-icon name="siren"></ispvm-icon>${messageText(incident.title)}</a>`
      }
      <dl class="spread">
        ${fact(strings.address, hasAddress(device.address) ? html`<ispvm-copy inline text=${device.address}></ispvm-copy>` : pageTexts.companion.monitoringMode.none)} ${fact(strings.board, device.board ?? t.terms.none)}
        ${fact(strings.release, device.version ?? t.terms.none)} ${fact(strings.uptime, agedOf(device, "health", device.uptimeS === null ? t.terms.none : duration(device.uptimeS * 1_000)))}
        ${fact(strings.site, device.siteId === null ? t.terms.none : html`<a href=${paths.devicesBy({ site: device.siteId })}>${device.siteName}</a>`)}
        ${fact(strings.roles, device.roles.map((role) => t.terms.role[role]).join(", ") || t.terms.none)}
        ${fact(strings.agent, this.#agent(device))}
        ${device.sources.map((source) => this.#source(source))}
      </dl>`
  }

  #agent(device: Device) {
    if (device.agentName !== null) return device.agentName
    if (device.sources.some((each) => each.source === "push")) return strings.selfReports
    return html`<span class="text-warn">${strings.noAgent}</span>
      ${this.deps?.session.can("inventory:write") ? html`<a class="let" href=${paths.deviceConnect(device.id)}>${strings.letReport}</a>` : nothing}`
  }

  #source(source: Device["sources"][number]) {
    return fact(
      t.terms.source(source.source),
      source.problem === null
        ? methodAge(source)
        : html`<span class="text-warn">${source.problem}</span>`,
    )
  }
}

const fact = (label: string, value: unknown) =>
  html`<div><dt class="small">${label}</dt><dd>${value}</dd></div>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-head": IspvmDeviceHead
  }
}
