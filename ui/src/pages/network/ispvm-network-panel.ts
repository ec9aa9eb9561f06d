import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, svg, type TemplateResult } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../deps.ts"
import { emit } from "../../parts/emit.ts"
import { STATUS_ORDER } from "../../parts/status-shape.ts"
import { paths } from "../../paths.ts"
import { isPage } from "../../routes.ts"
import { inState } from "../../state/incidents.ts"
import { severityOf } from "../../state/severity.ts"
import { Watch } from "../../state/watch.ts"
import { wellnessOf } from "../../state/wellness.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { pathOf } from "../incident/component-name.ts"
import { impactInFull } from "../incidents/impact.ts"
import { touchedBy } from "./blast.ts"
import { DASH } from "./line-look.ts"
import { panelStyles } from "./panel-styles.ts"
import type { Selection } from "./selection.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-confidence.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"
import "../devices/ispvm-device-brief.ts"
import "../incident/ispvm-incident-brief.ts"
import "./ispvm-lab.ts"
import "./ispvm-levers.ts"
import "./ispvm-link-brief.ts"
import "./ispvm-site-brief.ts"

const words = t.network

/**
 * What stands beside map and graph: the selected thing, or the incident that is looked at, or the open incidents in view.
 * Emits `dismiss`, `pick-incident` (null to leave it) and `edit-thing`.
 */
@customElement("ispvm-network-panel")
export class IspvmNetworkPanel extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) selection: Selection = { kind: "none" }
  @property() incident = ""
  @property({ attribute: false }) inView: readonly Incident[] = []
  @property({ type: Number }) elsewhere = 0
  /** Which of the two this panel stands beside: the other is offered as a way to look. */
  @property() beside: "map" | "graph" = "map"

  static override styles = [shared, panelStyles]

  constructor() {
    super()
    new Watch(this, () => (this.deps === null ? [] : [this.deps.fleet, this.deps.incidents]))
  }

  override render() {
    if (this.deps === null) return nothing
    const { fleet } = this.deps
    const { selection } = this
    if (selection.kind === "link") {
      const link = fleet.value.links.get(selection.id)
      if (link !== undefined) {
        const look = html`<ispvm-link-brief .deps=${this.deps} .link=${link}></ispvm-link-brief>${this.#actions({ link: link.id })}`
        return this.#frame(words.link, link.name, look)
      }
    }
    if (selection.kind === "site") {
      const site = fleet.value.sites.get(selection.id)
      if (site !== undefined) return this.#frame(words.site, site.name, this.#site(site.id, site.note))
    }
    if (selection.kind === "device") {
      const device = fleet.value.devices.get(selection.id)
      if (device !== undefined) return this.#frame(words.device, device.name, this.#device(device))
    }
    if (selection.kind === "agent") {
      const agent = fleet.value.agents.get(selection.id)
      if (agent !== undefined) {
        const look = html`<div><ispvm-status status=${agent.status}></ispvm-status><p class="muted">${agent.statusReason}</p></div>`
        return this.#frame(words.agent, agent.name, look)
      }
    }
    return this.incident === "" ? this.#everything() : this.#incident(this.deps)
  }

  #frame(kind: string, name: string, body: TemplateResult) {
    return html`<header>
        <div style="flex:1;min-inline-size:0"><span class="kind">${kind}</span><h2>${name}</h2></div>
        <ispvm-button kind="quiet" icon="x" label=${t.parts.close} @click=${() => emit(this, "dismiss", null)}></ispvm-button>
      </header>
      <div class="body" tabindex="0" role="region" aria-label=${name}>${body}</div>`
  }

  #site(id: string, note: string) {
    const devices = [...(this.deps?.fleet.value.devices.values() ?? [])].filter((device) => device.siteId === id)
    return html`${note === "" ? nothing : html`<p class="muted">${note}</p>`}
      <section>
        <h3>${words.devicesOf(devices.length, devices.filter((device) => device.status.status !== "ok").length)}</h3>
        <ispvm-site-brief .devices=${devices}></ispvm-site-brief>
      </section>
      ${this.#actions({ site: id })}`
  }

  #device(device: Device) {
    return html`<div class="actions">
        <ispvm-button kind="primary" icon="arrow-right" href=${paths.device(device.id)}>${words.openDevice}</ispvm-button>
        ${device.siteId === null || this.beside === "map" ? nothing : html`<ispvm-button icon="map" href=${paths.mapBy({ site: device.siteId })}>${words.openOnMap}</ispvm-button>`}
      </div>
      <ispvm-levers .deps=${this.deps} .device=${device}></ispvm-levers>
      <ispvm-device-brief .deps=${this.deps} .device=${device}></ispvm-device-brief>`
  }

  #actions(ask: Readonly<Record<string, string>>) {
    const other = this.beside === "map" ? paths.graphBy(ask) : paths.mapBy(ask)
    return html`<div class="actions">
      ${ask.link === undefined ? nothing : html`<ispvm-button kind="primary" icon="arrow-right" href=${paths.link(ask.link)}>${words.openDevice}</ispvm-button>`}
      ${this.deps?.session.can("inventory:write") ? html`<ispvm-button icon="pencil" @click=${() => emit(this, "edit-thing", null)}>${words.edit.start}</ispvm-button>` : nothing}
      ${
        ask.site === undefined
          ? html`<ispvm-button icon=${this.beside === "map" ? "workflow" : "map"} href=${other}>${this.beside === "map" ? words.openInGraph : words.openOnMap}</ispvm-button>`
          : nothing
      }
    </div>`
  }

  #incident(deps: Deps) {
    const incident = deps.incidents.value.all.get(this.incident)
    const leave = html`<ispvm-button icon="x" @click=${() => emit(this, "pick-incident", null)}>${words.leaveIncident}</ispvm-button>`
    if (incident === undefined) return html`<div class="body">${this.#others("")}<p>${words.noIncident}</p>${leave}</div>`
    const touched = touchedBy(deps.fleet.value, incident)
    return html`<header>
        <div style="flex:1;min-inline-size:0"><span class="kind">${t.frame.incident} ${incident.number}</span><h2>${incident.title}</h2></div>
        <ispvm-button kind="quiet" icon="x" label=${words.leaveIncident} @click=${() => emit(this, "pick-incident", null)}></ispvm-button>
      </header>
      <div class="body" tabindex="0" role="region" aria-label=${incident.title}>
        ${this.#others(incident.id)}
        ${incident.state === "closed" ? html`<p class="muted">${words.closed}</p>` : html`<p class="muted"><ispvm-time at=${incident.openedAtMs}></ispvm-time> · ${impactInFull(incident)}</p>`}
        <section class="causes">
          <h3>${words.cause}</h3>
          ${incident.confidence === null ? nothing : html`<ispvm-confidence brief .value=${incident.confidence}></ispvm-confidence>`}
          <ul>
            ${incident.causes.map((cause) => html`<li><a href=${pathOf(cause)}><strong>${cause.name}</strong></a></li>`)}
          </ul>
          ${incident.alternatives.length === 0 ? nothing : html`<p class="muted">${words.couldBe}: ${incident.alternatives.map((each) => each.name).join(", ")}</p>`}
        </section>
        <ispvm-incident-brief .deps=${deps} .incident=${incident}></ispvm-incident-brief>
        ${
          touched.length === 0
            ? nothing
            : html`<section>
                <h3>${words.blastTitle}</h3>
                <ispvm-site-brief .devices=${touched}></ispvm-site-brief>
              </section>`
        }
        <div class="actions">
          ${isPage(`${paths.incidents}/:id`) ? html`<ispvm-button kind="primary" icon="arrow-right" href=${paths.incident(incident.id)}>${words.openIncident}</ispvm-button>` : nothing}
          <ispvm-button icon=${this.beside === "map" ? "workflow" : "map"} href=${this.beside === "map" ? paths.graphBy({ incident: incident.id }) : paths.mapBy({ incident: incident.id })}
            >${this.beside === "map" ? words.openInGraph : words.openOnMap}</ispvm-button
          >
          ${leave}
        </div>
        <ispvm-lab .deps=${this.deps}></ispvm-lab>
      </div>`
  }

  #everything() {
    return html`<div class="body" tabindex="0" role="region" aria-label=${words.panel}>
      <section>
        <h3>${words.inView}</h3>
        ${
          this.inView.length === 0
            ? this.#calm()
            : html`<div class="incidents">${this.inView.map((incident) => this.#card(incident))}</div>`
        }
        ${this.elsewhere === 0 ? nothing : html`<p class="muted" style="padding-block-start:var(--space-2)">${words.elsewhere(this.elsewhere)}</p>`}
      </section>
      <ispvm-lab .deps=${this.deps}></ispvm-lab>
      ${legend}
    </div>`
  }

  /** No incident in view is not yet all well. */
  #calm() {
    if (this.deps === null) return nothing
    const { kind, status, text } = wellnessOf(this.deps.fleet.value)
    const said =
      this.elsewhere > 0
        ? words.calmText
        : { "nothing-watched": words.nothingWatched, well: words.calm, "not-well": t.pages.overview.notWell(text) }[kind]
    return html`<p class="calm"><ispvm-status compact status=${this.elsewhere > 0 ? "ok" : status}></ispvm-status><span>${said}</span></p>`
  }

  /** Looking at one incident must not hide that there is another. */
  #others(shown: string) {
    const others =
      this.deps === null
        ? []
        : [...inState(this.deps.incidents.value, "open"), ...inState(this.deps.incidents.value, "acknowledged")].filter(
            (each) => each.id !== shown,
          )
    if (others.length === 0) return nothing
    return html`<section>
      <h3>${words.alsoOpen}</h3>
      <div class="incidents">${others.map((each) => this.#card(each))}</div>
    </section>`
  }

  #card(incident: Incident) {
    const owner = incident.acknowledgedBy === null ? "" : ` · ${t.pages.overview.ownedBy(incident.acknowledgedBy)}`
    return html`<button type="button" class="incident ${severityOf(incident)}" @click=${() => emit(this, "pick-incident", incident.id)}>
      <strong><ispvm-status compact status=${severityOf(incident)}></ispvm-status> ${incident.title}</strong>
      <span><ispvm-time at=${incident.openedAtMs}></ispvm-time> · ${impactInFull(incident)}${owner}</span>
    </button>`
  }
}

const legend = html`<details>
  <summary>${words.legend}</summary>
  <div class="legend">
    ${STATUS_ORDER.map(
      (status) => html`<ispvm-status status=${status}></ispvm-status>
        <svg viewBox="0 0 54 10" aria-hidden="true">${svg`<line class=${status} x1="2" x2="52" y1="5" y2="5" stroke-dasharray=${DASH[status].join(" ") || nothing}/>`}</svg>`,
    )}
  </div>
  <p style="padding-block-start:var(--space-2)">${words.legendWidth}</p>
</details>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-network-panel": IspvmNetworkPanel
  }
}
