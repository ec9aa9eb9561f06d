import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import { html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import { duration } from "../../format/time.ts"
import { isTyping } from "../../parts/keys.ts"
import { paths } from "../../paths.ts"
import { isPage } from "../../routes.ts"
import { severityOf } from "../../state/severity.ts"
import type { Loaded } from "../../state/store.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import { impactOf } from "../incidents/impact.ts"
import { Page } from "../page.ts"
import { incidentStyles } from "./incident-styles.ts"
import type { IspvmIncidentActions } from "./ispvm-incident-actions.ts"
import { nextSteps } from "./next-step.ts"
import { timelineItems } from "./timeline-items.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"
import "../../parts/ispvm-timeline.ts"
import "./ispvm-blast.ts"
import "./ispvm-incident-actions.ts"
import "./ispvm-symptoms.ts"

const words = t.incidents
/** A storm tells of an incident many times a second: it is read again once the words settle. */
const GATHER_MS = 200

/** One incident: what broke and why we think so, who feels it, what tells us, and what happened since. */
@customElement("ispvm-page-incident")
export class IspvmPageIncident extends Page {
  @state() private detail: Loaded<IncidentDetail> = { phase: "loading" }
  @query("ispvm-incident-actions") private actions: IspvmIncidentActions | null | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [shared, panel, incidentStyles]

  constructor() {
    super()
    new Watch(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    void this.#load()
    const soon = (): void => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => void this.#load(), GATHER_MS)
    }
    this.until(() => clearTimeout(this.#timer))
    this.until(
      this.deps.live.on("incident", (incident) => {
        if (incident.id === this.params.id) soon()
      }),
    )
    this.until(
      this.deps.live.on("hello", (hello) => {
        if (!hello.resumed) soon()
      }),
    )
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
  }

  override render() {
    if (this.detail.phase === "loading")
      return html`<ispvm-skeleton lines="2"></ispvm-skeleton><ispvm-skeleton shape="chart"></ispvm-skeleton>`
    if (this.detail.phase === "failed") return this.#failed(this.detail.error)
    const incident = this.detail.value
    document.title = `${incident.title} · ${t.terms.product}`
    return html`<div class="page">
      ${this.#head(incident)}
      <div class="three">
        ${this.#cause(incident)}
        <section class="panel" aria-label=${words.blast}>
          <header><h2>${words.blast}</h2></header>
          <div class="body"><ispvm-blast .fleet=${this.deps.fleet.value} .incident=${incident}></ispvm-blast></div>
        </section>
        <section class="panel evidence-panel">
          <header><h2>${words.evidence}</h2><span class="muted">${words.symptoms(incident.symptomList.length)}</span></header>
          <div class="evidence" tabindex="0" role="region" aria-label=${words.evidence}><ispvm-symptoms .symptoms=${incident.symptomList}></ispvm-symptoms></div>
        </section>
      </div>
      <section class="panel">
        <header><h2>${words.timeline}</h2></header>
        <div class="timeline"><ispvm-timeline exactly .items=${timelineItems(incident.timeline)}></ispvm-timeline></div>
      </section>
    </div>`
  }

  #failed(error: Error) {
    if (error instanceof ApiError && [400, 404, 422].includes(error.status))
      return html`<ispvm-empty icon="siren" heading=${words.goneTitle} text=${words.goneText}>
        <ispvm-button href=${paths.incidents}>${t.frame.incidents}</ispvm-button>
      </ispvm-empty>`
    return html`<ispvm-failed heading=${words.oneFailed} why=${error.message} @retry=${() => void this.#load()}></ispvm-failed>`
  }

  #head(incident: IncidentDetail) {
    const { closedAtMs, openedAtMs, acknowledgedBy, state } = incident
    return html`<div class="head">
      <ispvm-status compact status=${severityOf(incident)} word=${words.state[state]}></ispvm-status>
      <h1>${incident.title}</h1>
      <div class="facts">
        <span class="muted">${words.number(incident.number)}</span>
        <strong class="said">${words.state[state]}${acknowledgedBy === null || state === "closed" ? nothing : html` ${words.by(acknowledgedBy)}`}</strong>
        ${
          closedAtMs === null
            ? html`<span>${words.since} <ispvm-time since at=${openedAtMs}></ispvm-time></span>`
            : html`<span>${words.lasted(duration(closedAtMs - openedAtMs))}</span><span>${words.closed.toLowerCase()} <ispvm-time at=${closedAtMs}></ispvm-time></span>`
        }
        <span>${impactOf(incident)}</span>
      </div>
      <div class="links">
        ${isPage(paths.map) ? html`<ispvm-button icon="map" href=${paths.mapBy({ incident: incident.id })}>${words.onMap}</ispvm-button>` : nothing}
        ${isPage(paths.graph) ? html`<ispvm-button icon="workflow" href=${paths.graphBy({ incident: incident.id })}>${words.onGraph}</ispvm-button>` : nothing}
      </div>
    </div>`
  }

  #cause(incident: IncidentDetail) {
    const steps = nextSteps(this.deps.fleet.value, incident)
    return html`<section class="panel">
      <header><h2>${words.cause}</h2></header>
      <div class="body">
        <div class="cause">
          <ul>${incident.causes.map((each) => html`<li><span class="kind">${words.kind[each.kind]}</span><strong>${nameOf(each)}</strong></li>`)}</ul>
          ${
            incident.alternatives.length === 0
              ? nothing
              : html`<h3 style="padding-block-start:var(--space-2)">${words.couldAlso}</h3>
                  <ul>${incident.alternatives.map((each) => html`<li><span class="kind">${words.kind[each.kind]}</span><span>${nameOf(each)}</span></li>`)}</ul>`
          }
        </div>
        ${
          steps.length === 0
            ? nothing
            : html`<div class="next"><h3>${words.next}</h3>${steps.map((step) => html`<p>${step}</p>`)}</div>`
        }
        <ispvm-incident-actions ?hidden=${incident.state === "closed"} .incident=${incident} .deps=${this.deps} @acted=${() => void this.#load()}></ispvm-incident-actions>
        ${
          incident.because.length === 0
            ? nothing
            : html`<div class="because"><h3>${incident.state === "closed" ? words.whyThen : words.why}</h3><ul>${incident.because.map((each) => html`<li>${each}</li>`)}</ul></div>`
        }
      </div>
    </section>`
  }

  async #load(): Promise<void> {
    const id = this.params.id ?? ""
    try {
      const value = await this.deps.api.incident(id)
      if (id === this.params.id) this.detail = { phase: "ready", value, atMs: Date.now() }
    } catch (error) {
      // What was read before stays on screen; the frame says when the appliance is out of reach.
      if (this.detail.phase !== "ready")
        this.detail = { phase: "failed", error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "a" || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    void this.actions?.acknowledge()
  }
}

const nameOf = (component: Component) => {
  if (component.kind === "device") return html`<a href=${paths.device(component.id)}>${component.name}</a>`
  return component.kind === "agent" && isPage(paths.agents)
    ? html`<a href=${paths.agent(component.id)}>${component.name}</a>`
    : component.name
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-incident": IspvmPageIncident
  }
}
