import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, svg, type TemplateResult } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { STATUS_ORDER } from "../../components/status-shape.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { openInNetwork } from "../../state/incidents.ts"
import { networkHealthOf } from "../../state/network-health.ts"
import { severityOf } from "../../state/severity.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import { statusStrokes } from "../../theme/status-strokes.ts"
import { pathOf } from "../incident/component-name.ts"
import { impactInFull } from "../incidents/impact.ts"
import { impactedDevices } from "./blast.ts"
import { DASH } from "./link-style.ts"
import { panelStyles } from "./panel-styles.ts"
import type { Selection } from "./selection.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-confidence.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"
import "../devices/ispvm-device-summary.ts"
import "../incident/ispvm-incident-summary.ts"
import "./ispvm-lab.ts"
import "./ispvm-fault-injection.ts"
import "./ispvm-link-summary.ts"
import "./ispvm-device-list.ts"

const strings = t.network

/**
 * The panel of map and graph: the selection, the selected incident, or the open incidents in view.
 * Emits `dismiss`, `pick-incident` (null to leave it) and `edit-thing`.
 */
@customElement("ispvm-network-panel")
export class IspvmNetworkPanel extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) selection: Selection = { kind: "none" }
  @property() incident = ""
  @property({ attribute: false }) inView: readonly Incident[] = []
  @property({ type: Number }) elsewhere = 0
  /** Map or graph; the other one is offered as a link. */
  @property() beside: "map" | "graph" = "map"

  static override styles = [shared, statusStrokes, panelStyles]

  constructor() {
    super()
    new StoreController(this, () =>
      this.deps === null ? [] : [this.deps.fleet, this.deps.incidents],
    )
  }

  override render() {
    if (this.deps === null) return nothing
    const { fleet } = this.deps
    const { selection } = this
    if (selection.kind === "link") {
      const link = fleet.value.links.get(selection.id)
      if (link !== undefined) {
        const content = html`<ispvm-link-summary .deps=${this.deps} .link=${link}></ispvm-link-summary>${this.#actions({ link: link.id })}`
        return this.#withHeader(strings.link, link.name, content)
      }
    }
    if (selection.kind === "site") {
      const site = fleet.value.sites.get(selection.id)
      if (site !== undefined)
        return this.#withHeader(strings.site, site.name, this.#site(site.id, site.note))
    }
    if (selection.kind === "device") {
      const device = fleet.value.devices.get(selection.id)
      if (device !== undefined)
        return this.#withHeader(strings.device, device.name, this.#device(device))
    }
    if (selection.kind === "agent") {
      const agent = fleet.value.agents.get(selection.id)
      if (agent !== undefined) {
        const content = html`<div><ispvm-status status=${agent.status}></ispvm-status><p class="muted">${agent.statusReason}</p></div>`
        return this.#withHeader(strings.agent, agent.name, content)
      }
    }
    return this.incident === "" ? this.#incidentsInView() : this.#incident(this.deps)
  }

  #withHeader(kind: string, name: string, body: TemplateResult) {
    return html`<header>
        <div class="grow"><span class="caption">${kind}</span><h2>${name}</h2></div>
        <ispvm-button kind="quiet" icon="x" label=${t.components.close} @click=${() => emit(this, "dismiss", null)}></ispvm-button>
      </header>
      <div class="body" tabindex="0" role="region" aria-label=${name}>${body}</div>`
  }

  #site(id: string, note: string) {
    const devices = [...(this.deps?.fleet.value.devices.values() ?? [])].filter(
      (device) => device.siteId === id,
    )
    return html`${note === "" ? nothing : html`<p class="muted">${note}</p>`}
      <section>
        <h3>${strings.devicesOf(devices.length, devices.filter((device) => device.status.status !== "ok").length)}</h3>
        <ispvm-device-list .devices=${devices}></ispvm-device-list>
      </section>
      ${this.#actions({ site: id })}`
  }

  #device(device: Device) {
    return html`<div class="controls">
        <ispvm-button kind="primary" icon="arrow-right" href=${paths.device(device.id)}>${strings.openDevice}</ispvm-button>
        ${device.siteId === null || this.beside === "map" ? nothing : html`<ispvm-button icon="map" href=${paths.mapBy({ site: device.siteId })}>${strings.openOnMap}</ispvm-button>`}
      </div>
      <ispvm-fault-injection .deps=${this.deps} .device=${device}></ispvm-fault-injection>
      <ispvm-device-summary .deps=${this.deps} .device=${device}></ispvm-device-summary>`
  }

  #actions(target: Readonly<Record<string, string>>) {
    const other = this.beside === "map" ? paths.graphBy(target) : paths.mapBy(target)
    return html`<div class="controls">
      ${target.link === undefined ? nothing : html`<ispvm-button kind="primary" icon="arrow-right" href=${paths.link(target.link)}>${strings.openDevice}</ispvm-button>`}
      ${this.deps?.session.can("inventory:write") ? html`<ispvm-button icon="pencil" @click=${() => emit(this, "edit-thing", null)}>${strings.edit.start}</ispvm-button>` : nothing}
      ${target.site === undefined || this.deps?.session.can("probes:read") !== true ? nothing : html`<ispvm-button icon="radar" href=${paths.probesBy({ site: target.site })}>${t.probes.title}</ispvm-button>`}
      ${
        target.site === undefined
          ? html`<ispvm-button icon=${this.beside === "map" ? "workflow" : "map"} href=${other}>${this.beside === "map" ? strings.openInGraph : strings.openOnMap}</ispvm-button>`
          : nothing
      }
    </div>`
  }

  #incident(deps: Deps) {
    const incident = deps.incidents.value.all.get(this.incident)
    const leave = html`<ispvm-button icon="x" @click=${() => emit(this, "pick-incident", null)}>${strings.leaveIncident}</ispvm-button>`
    if (incident === undefined)
      return html`<div class="body">${this.#others("")}<p>${strings.noIncident}</p>${leave}</div>`
    const impacted = impactedDevices(deps.fleet.value, incident)
    return html`<header>
        <div class="grow"><span class="caption">${t.shell.incident} ${incident.number}</span><h2>${messageText(incident.title)}</h2></div>
        <ispvm-button kind="quiet" icon="x" label=${strings.leaveIncident} @click=${() => emit(this, "pick-incident", null)}></ispvm-button>
      </header>
      <div class="body" tabindex="0" role="region" aria-label=${messageText(incident.title)}>
        ${this.#others(incident.id)}
        ${incident.state === "closed" ? html`<p class="muted">${strings.closed}</p>` : html`<p class="muted"><ispvm-time at=${incident.openedAtMs}></ispvm-time> · ${impactInFull(incident)}</p>`}
        <section class="causes">
          <h3>${strings.cause}</h3>
          ${incident.confidence === null ? nothing : html`<ispvm-confidence compact .value=${incident.confidence}></ispvm-confidence>`}
          <ul>
            ${incident.causes.map((cause) => html`<li class="wrap"><a href=${pathOf(cause)}><strong class="text-fault">${cause.name}</strong></a></li>`)}
          </ul>
          ${incident.alternatives.length === 0 ? nothing : html`<p class="muted">${strings.couldBe}: ${incident.alternatives.map((each) => each.name).join(", ")}</p>`}
        </section>
        <ispvm-incident-summary .deps=${deps} .incident=${incident}></ispvm-incident-summary>
        ${
          impacted.length === 0
            ? nothing
            : html`<section>
                <h3>${strings.blastTitle}</h3>
                <ispvm-device-list .devices=${impacted}></ispvm-device-list>
              </section>`
        }
        <div class="controls">
          <ispvm-button kind="primary" icon="arrow-right" href=${paths.incident(incident.id)}>${strings.openIncident}</ispvm-button>
          <ispvm-button icon=${this.beside === "map" ? "workflow" : "map"} href=${this.beside === "map" ? paths.graphBy({ incident: incident.id }) : paths.mapBy({ incident: incident.id })}
            >${this.beside === "map" ? strings.openInGraph : strings.openOnMap}</ispvm-button
          >
          ${leave}
        </div>
        <ispvm-lab .deps=${this.deps}></ispvm-lab>
      </div>`
  }

  #incidentsInView() {
    return html`<div class="body" tabindex="0" role="region" aria-label=${strings.panel}>
      <section>
        <h3>${strings.inView}</h3>
        ${
          this.inView.length === 0
            ? this.#noIncidents()
            : html`<div class="stack-2">${this.inView.map((incident) => this.#card(incident))}</div>`
        }
        ${this.elsewhere === 0 ? nothing : html`<p class="muted space-before">${strings.elsewhere(this.elsewhere)}</p>`}
      </section>
      <ispvm-lab .deps=${this.deps}></ispvm-lab>
      ${legend}
    </div>`
  }

  /** No incident in view does not mean that everything is up. */
  #noIncidents() {
    if (this.deps === null) return nothing
    const { kind, status, text } = networkHealthOf(this.deps.fleet.value)
    const message =
      this.elsewhere > 0
        ? strings.allUpText
        : {
            "nothing-monitored": strings.nothingMonitored,
            healthy: strings.allUp,
            unhealthy: t.pages.overview.unhealthy(text),
          }[kind]
    return html`<p class="all-up"><ispvm-status compact status=${this.elsewhere > 0 ? "ok" : status}></ispvm-status><span>${message}</span></p>`
  }

  /** A selected incident must not hide the others. */
  #others(shown: string) {
    const others =
      this.deps === null
        ? []
        : openInNetwork(this.deps.incidents.value).filter((each) => each.id !== shown)
    if (others.length === 0) return nothing
    return html`<section>
      <h3>${strings.alsoOpen}</h3>
      <div class="stack-2">${others.map((each) => this.#card(each))}</div>
    </section>`
  }

  #card(incident: Incident) {
    const owner =
      incident.acknowledgedBy === null
        ? ""
        : ` · ${t.pages.overview.ownedBy(incident.acknowledgedBy)}`
    return html`<button type="button" class="incident ${severityOf(incident)} tint-${severityOf(incident)}" @click=${() => emit(this, "pick-incident", incident.id)}>
      <strong class="wrap ${severityOf(incident) === "down" ? "text-fault" : ""}"><ispvm-status compact status=${severityOf(incident)}></ispvm-status> ${messageText(incident.title)}</strong>
      <span class="small soft"><ispvm-time at=${incident.openedAtMs}></ispvm-time> · ${impactInFull(incident)}${owner}</span>
    </button>`
  }
}

const legend = html`<details>
  <summary>${strings.legend}</summary>
  <div class="legend">
    ${STATUS_ORDER.map(
      (status) => html`<ispvm-status status=${status}></ispvm-status>
        <svg viewBox="0 0 54 10" aria-hidden="true">${svg`<line class=${status} x1="2" x2="52" y1="5" y2="5" stroke-dasharray=${DASH[status].join(" ") || nothing}/>`}</svg>`,
    )}
  </div>
  <p class="space-before">${strings.legendWidth}</p>
</details>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-network-panel": IspvmNetworkPanel
  }
}
