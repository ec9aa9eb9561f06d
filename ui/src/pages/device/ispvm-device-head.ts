import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../deps.ts"
import { hasAddress } from "../../format/address.ts"
import { duration } from "../../format/time.ts"
import { agedOf } from "../../parts/aged.ts"
import { emit } from "../../parts/emit.ts"
import { paths } from "../../paths.ts"
import { isPage } from "../../routes.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { methodAge } from "./method-age.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-copy.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"

const words = t.pages.device
/** Who the device is, how it is and since when, and how it is watched. Emits `edit`. */
@customElement("ispvm-device-head")
export class IspvmDeviceHead extends LitElement {
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) deps: Deps | null = null

  static override styles = [
    shared,
    css`
      .top {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2) var(--space-4);
        align-items: center;
      }
      h1 {
        overflow-wrap: anywhere;
      }
      ispvm-status {
        font-size: var(--type-large);
      }
      .top ispvm-button {
        margin-inline-start: auto;
      }
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
        font-weight: 500;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-3) var(--space-8);
      }
      dt {
        color: var(--text-3);
        font-size: var(--type-small);
      }
      dd {
        color: var(--text);
        max-inline-size: 40ch;
      }
      .let {
        display: block;
        color: var(--link);
      }
      .trouble {
        color: var(--status-degraded-text);
      }
    `,
  ]

  override render() {
    const device = this.device
    if (device === null) return nothing
    const incident = this.deps?.incidents.value.all.get(device.incidentId ?? "")
    return html`<div class="top">
        <h1>${device.name}</h1>
        <ispvm-status status=${device.status.status}></ispvm-status>
        ${device.status.sinceMs === null ? nothing : html`<span class="muted">${words.since} <ispvm-time since at=${device.status.sinceMs}></ispvm-time></span>`}
        ${this.deps?.session.can("inventory:write") ? html`<ispvm-button icon="pencil" @click=${() => emit(this, "edit", null)}>${words.edit}</ispvm-button>` : nothing}
      </div>
      <p class="why">${device.status.sentence}</p>
      ${
        incident === undefined || !isPage(`${paths.incidents}/:id`)
          ? nothing
          : html`<a class="incident" href=${paths.incident(incident.id)}><ispvm-icon name="siren"></ispvm-icon>${incident.title}</a>`
      }
      <dl>
        ${fact(words.address, hasAddress(device.address) ? html`<ispvm-copy inline text=${device.address}></ispvm-copy>` : t.companion.way.none)} ${fact(words.board, device.board ?? t.terms.none)}
        ${fact(words.release, device.version ?? t.terms.none)} ${fact(words.uptime, agedOf(device, "health", device.uptimeS === null ? t.terms.none : duration(device.uptimeS * 1_000)))}
        ${fact(words.site, device.siteId === null ? t.terms.none : html`<a href=${paths.devicesBy({ site: device.siteId })}>${device.siteName}</a>`)}
        ${fact(words.roles, device.roles.map((role) => t.terms.role[role]).join(", ") || t.terms.none)}
        ${fact(words.agent, this.#agent(device))}
        ${device.sources.map((source) => this.#source(source))}
      </dl>`
  }

  #agent(device: Device) {
    if (device.agentName !== null) return device.agentName
    if (device.sources.some((each) => each.source === "push")) return words.selfReports
    return html`<span class="trouble">${words.noAgent}</span>
      ${this.deps?.session.can("inventory:write") ? html`<a class="let" href=${paths.deviceConnect(device.id)}>${words.letReport}</a>` : nothing}`
  }

  #source(source: Device["sources"][number]) {
    return fact(
      t.terms.source(source.source),
      source.trouble === null ? methodAge(source) : html`<span class="trouble">${source.trouble}</span>`,
    )
  }
}

const fact = (label: string, value: unknown) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-head": IspvmDeviceHead
  }
}
