import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { agedOf } from "../../components/aged.ts"
import { hasAddress } from "../../i18n/format/address.ts"
import { duration } from "../../i18n/format/time.ts"
import { bitRate, perCent, roundTrip } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import { lastSeen, methodAge } from "../device/method-age.ts"
import "../../components/ispvm-copy.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"
import "../incident/ispvm-incident-summary.ts"

const strings = t.pages.device

/**
 * Summary of a device: status with reason, latest values, facts, monitoring. For drawer, map and
 * graph.
 */
@customElement("ispvm-device-summary")
export class IspvmDeviceSummary extends LitElement {
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) deps: Deps | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-5);
      }
      .figures {
        display: grid;
        grid-template-columns: repeat(3, 1fr);
        gap: var(--line-width);
        background: var(--border);
        border: var(--line);
        border-radius: var(--radius);
        overflow: hidden;
      }
      .figures > div {
        background: var(--surface-1);
        padding: var(--space-2) var(--space-3);
      }
      .facts {
        display: grid;
        grid-template-columns: var(--size-24) 1fr;
        gap: var(--space-1) var(--space-3);
        align-items: baseline;
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
    return html`<div>
        <ispvm-status status=${device.status.status}></ispvm-status>
        ${device.status.sinceMs === null ? nothing : html`<span class="muted"> ${strings.since} <ispvm-time since at=${device.status.sinceMs}></ispvm-time></span>`}
        <p class="soft tight-before">${messageText(device.status.message)}</p>
      </div>
      ${incident === undefined ? nothing : html`<a class="form-error block medium" href=${paths.incident(incident.id)}>${messageText(incident.title)}</a><ispvm-incident-summary .deps=${this.deps} .incident=${incident}></ispvm-incident-summary>`}
      <dl class="figures">
        ${figure(strings.rtt, agedOf(device, "probe", roundTrip(device.rttMs)))}${figure(strings.loss, agedOf(device, "probe", perCent(device.lossPct)))}
        ${figure(strings.cpu, agedOf(device, "health", perCent(device.cpuPct)))}${figure(strings.memory, agedOf(device, "health", perCent(device.memoryPct)))}
        ${figure(strings.rx, agedOf(device, "interface", bitRate(device.rxBps)))}${figure(strings.tx, agedOf(device, "interface", bitRate(device.txBps)))}
      </dl>
      <dl class="facts">
        ${fact(strings.address, hasAddress(device.address) ? html`<ispvm-copy inline text=${device.address}></ispvm-copy>` : pageTexts.companion.monitoringMode.none)}
        ${fact(strings.board, device.board ?? t.terms.none)}
        ${fact(strings.release, device.version ?? t.terms.none)}
        ${fact(strings.uptime, agedOf(device, "health", device.uptimeS === null ? t.terms.none : duration(device.uptimeS * 1_000)))}
        ${fact(strings.site, device.siteName ?? t.terms.none)}
        ${fact(strings.roles, device.roles.map((role) => t.terms.role[role]).join(", ") || t.terms.none)}
        ${(device.tags ?? []).length === 0 ? nothing : fact(t.network.edit.tags, tagLinks(device.tags ?? []))}
        ${fact(strings.agent, device.agentName ?? (device.sources.some((each) => each.source === "push") ? strings.selfReports : strings.noAgent))}
        ${fact(strings.seen, lastSeen(device))}
        ${device.sources.map((source) =>
          fact(
            t.terms.source(source.source),
            source.problem === null ? methodAge(source) : source.problem,
          ),
        )}
      </dl>`
  }
}

const tagLinks = (tags: readonly string[]) =>
  tags.map(
    (tag, index) => html`${index === 0 ? "" : ", "}<a href=${paths.devicesBy({ tag })}>${tag}</a>`,
  )
const figure = (label: string, value: unknown) =>
  html`<div><dt class="small">${label}</dt><dd class="emphasis">${value}</dd></div>`
const fact = (label: string, value: unknown) =>
  html`<dt class="small">${label}</dt><dd class="wrap">${value}</dd>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-summary": IspvmDeviceSummary
  }
}
