import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Overview } from "@ispvm/appliance/api/overview"
import type { Status } from "@ispvm/appliance/api/shared"
import { html, nothing, type TemplateResult } from "lit"
import { customElement, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { aged, agedQuietly } from "../components/aged.ts"
import type { TimelineItem } from "../components/ispvm-timeline.ts"
import { nowMs } from "../components/now.ts"
import { impactInFull } from "../features/incidents/impact.ts"
import { busiestLinks, changesOf, figuresOf } from "../features/overview/figures.ts"
import { overviewStyles } from "../features/overview/overview-styles.ts"
import { bitRate, count, roundTrip, share } from "../i18n/format/units.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { shownConfidence } from "../state/confidence-level.ts"
import { eventIcon, isLoss } from "../state/event-icon.ts"
import { INTERVAL_MS } from "../state/freshness.ts"
import { inState } from "../state/incidents.ts"
import { networkHealthOf } from "../state/network-health.ts"
import { RequestController } from "../state/request.ts"
import { severityOf } from "../state/severity.ts"
import { StoreController } from "../state/store-controller.ts"
import { figureStyles } from "../theme/figures.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-confidence.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-spark.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-time.ts"
import "../components/ispvm-timeline.ts"

const strings = t.pages.overview
/** The traffic of the last hour has one point per minute and is requested twice as often. */
const REFRESH_MS = 30_000
const MAX_EVENTS = 600
const HOUR_MS = 3_600_000
/** Share of capacity from which a link is nearly full. */
const FULL = 0.8
/** With fewer minutes a sparkline shows nothing useful. */
const MIN_POINTS = 15
const NOT_OK: readonly Status[] = ["down", "unreachable", "degraded", "unknown"]

/** The overview page: figures, open incidents, recent changes. */
@customElement("ispvm-page-overview")
export class IspvmPageOverview extends Page {
  readonly #overview = new RequestController(this, {
    key: () => [],
    load: () => this.#load(),
    everyMs: REFRESH_MS,
  })
  @state() private events: readonly EventRow[] = []

  static override styles = [shared, panel, figureStyles, overviewStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.incidents])
  }

  protected override opened(): void {
    this.until(
      this.deps.live.on("event", (event) => {
        this.events = [event, ...this.events.filter((each) => each.id !== event.id)].slice(
          0,
          MAX_EVENTS,
        )
      }),
    )
  }

  override render() {
    const fleet = this.deps.fleet.value
    const { state: overview } = this.#overview
    if (fleet.phase === "failed" || (overview.phase === "failed" && fleet.phase === "loading")) {
      const why =
        fleet.error?.message ?? (overview.phase === "failed" ? overview.error.message : "")
      return html`<ispvm-failed heading=${strings.failed} why=${why} @retry=${this.#onRetry}></ispvm-failed>`
    }
    if (fleet.phase === "loading")
      return html`<ispvm-skeleton shape="figure"></ispvm-skeleton><ispvm-skeleton lines="8"></ispvm-skeleton>`
    if (fleet.devices.size === 0) return this.#empty()
    return html`<h1 class="hidden-visually">${t.shell.overview}</h1>
      <div class="page">
        ${this.#healthSummary()}${this.#figures()}
        <div class="two"><div class="stack-4">${this.#incidents()}${this.#links()}</div>${this.#changes()}</div>
      </div>`
  }

  #empty() {
    const can = this.deps.session.can("inventory:write")
    return html`<ispvm-empty icon="house" heading=${strings.emptyTitle} text=${strings.emptyText}>
      ${can ? html`<ispvm-button kind="primary" icon="plus" href=${paths.deviceNew}>${t.pages.devices.add}</ispvm-button>` : nothing}
      ${can ? html`<ispvm-button icon="upload" href=${paths.deviceImport}>${t.pages.devices.importCsv}</ispvm-button>` : nothing}
    </ispvm-empty>`
  }

  #healthSummary() {
    const open =
      inState(this.deps.incidents.value, "open").length +
      inState(this.deps.incidents.value, "acknowledged").length
    if (open > 0) return nothing
    const { kind, status, text } = networkHealthOf(this.deps.fleet.value)
    if (kind !== "healthy")
      return html`<p class="healthy" role="status"><ispvm-status compact status=${status}></ispvm-status>${strings.unhealthy(text)}</p>`
    const since = this.#quietSince()
    return html`<p class="healthy" role="status">
      <ispvm-status compact status="ok"></ispvm-status>${strings.healthy}
      ${since === null ? nothing : html`<span class="muted">${strings.for} <ispvm-time since at=${since}></ispvm-time></span>`}
    </p>`
  }

  /** Values of the stream may be newer than the answer. */
  #quietSince(): number | null {
    const loaded = this.#overview.value?.quietSinceMs ?? null
    const closed = [...this.deps.incidents.value.all.values()].flatMap(
      (each) => each.closedAtMs ?? [],
    )
    return loaded === null && closed.length === 0 ? null : Math.max(loaded ?? 0, ...closed)
  }

  #figures() {
    const { devices, links, rttMs, rttAtMs, trafficBps, trafficAtMs } = figuresOf(
      this.deps.fleet.value,
    )
    const hour = this.#overview.value?.trafficHour ?? []
    const deviceProblems = NOT_OK.flatMap((status) => {
      const n = devices.by.get(status) ?? 0
      return n === 0
        ? []
        : [html`<a href=${paths.devicesBy({ status })}>${statusCount(status, n)}</a>`]
    })
    const unassigned =
      devices.withoutAgent === 0
        ? []
        : [
            html`<a href=${paths.devicesBy({ agent: "none" })}>${strings.noAgent(devices.withoutAgent)}</a>`,
          ]
    const linkProblems = NOT_OK.flatMap((status) =>
      links.by.has(status) ? [statusCount(status, links.by.get(status) ?? 0)] : [],
    )
    return html`<dl class="figures lined-columns">
      ${figure(strings.devicesUp, html`${devices.up === null ? t.terms.none : count(devices.up)}<small> ${strings.of(count(devices.all))}</small>`, deviceProblems.length + unassigned.length === 0 ? html`<span class="muted">${devices.reportOnly === 0 ? strings.allAnswer : strings.allAnswerOrReport(devices.reportOnly)}</span>` : [...deviceProblems, ...unassigned])}
      ${figure(strings.linksUp, html`${links.up === null ? t.terms.none : count(links.up)}<small> ${strings.of(count(links.all))}</small>`, linkProblems.length === 0 ? html`<span class="muted">${strings.allRun}</span>` : linkProblems)}
      ${figure(html`<span title=${strings.trafficHint}>${strings.traffic}</span>`, html`<span title=${strings.trafficHint}>${aged(bitRate(trafficBps), trafficAtMs, INTERVAL_MS.interface)}</span>`, hour.filter((each) => each.bps !== null).length < MIN_POINTS ? nothing : html`<ispvm-spark filled width="150" height="28" .values=${hour.map((each) => each.bps)}></ispvm-spark>`)}
      ${figure(strings.rtt, aged(roundTrip(rttMs), rttAtMs, INTERVAL_MS.probe), html`<span class="muted">${strings.rttHint}</span>`)}
    </dl>`
  }

  #incidents() {
    const open = inState(this.deps.incidents.value, "open")
    const acknowledged = inState(this.deps.incidents.value, "acknowledged")
    const all = [...open, ...acknowledged]
    return html`<section class="panel">
      <header>
        <h2>${strings.incidents}</h2>
        <a class="muted" href=${paths.incidents}>${strings.allIncidents}</a>
      </header>
      ${
        all.length === 0
          ? html`<p class="quiet">${strings.noIncidents}</p>`
          : html`<ul class="incidents lined-rows">${all.map((incident) => this.#incident(incident))}</ul>`
      }
    </section>`
  }

  #incident(incident: Incident) {
    const severity = severityOf(incident)
    const lowConfidence = shownConfidence(incident)
    const isOpen = incident.state === "open"
    const tone = isOpen ? "soft" : "muted"
    return html`<li class=${isOpen ? `tint-${severity}` : ""}>
      <ispvm-status compact status=${severity}></ispvm-status>
      <div>
        <strong class="block wrap"><a href=${paths.incident(incident.id)}>${messageText(incident.title)}</a></strong>
        ${lowConfidence === null ? nothing : html`<span class="small ${tone}"><ispvm-confidence compact .value=${lowConfidence}></ispvm-confidence> · </span>`}<span class="small ${tone}">${impactInFull(incident)}${incident.acknowledgedBy === null ? nothing : html` · ${strings.ownedBy(incident.acknowledgedBy)}`}</span>
      </div>
      <ispvm-time class="soft" since at=${incident.openedAtMs}></ispvm-time>
    </li>`
  }

  #links() {
    const links = busiestLinks(this.deps.fleet.value.links.values())
    if (links.length === 0) return nothing
    return html`<section class="panel">
      <header><h2>${strings.busiest}</h2></header>
      <ul class="links">
        ${links.map(
          ({ link, loadBps, ratio }) => html`<li>
            <a class="ellipsis" href=${paths.link(link.id)} title=${link.name}>${link.name}</a>
            <span class="soft">${aged(bitRate(loadBps), link.atMs, INTERVAL_MS.interface)}</span>
            <span class="ratio">${agedQuietly(ratio === null ? t.terms.none : share(ratio), link.atMs, INTERVAL_MS.interface)}</span>
            <i class="track wide ${ratio !== null && ratio >= FULL ? "scarce" : ""}"><b style="inline-size:${Math.min(100, (ratio ?? 0) * 100)}%"></b></i>
          </li>`,
        )}
      </ul>
    </section>`
  }

  #changes() {
    const items = changesOf(
      [...this.deps.incidents.value.all.values()],
      this.events,
      nowMs() - HOUR_MS,
      (id) => this.deps.fleet.value.devices.get(id)?.incidentId ?? null,
    )
    return html`<section class="panel">
      <header><h2>${strings.changes}</h2></header>
      ${
        items.length === 0
          ? html`<p class="quiet">${strings.noChanges}</p>`
          : html`<div class="changes pad-small" tabindex="0" role="region" aria-label=${strings.changes}><ispvm-timeline .items=${items.slice(0, 24).map(timelineItem)}></ispvm-timeline></div>`
      }
    </section>`
  }

  async #load(): Promise<Overview> {
    const since = Math.round(nowMs() - HOUR_MS)
    const [overview, events] = await Promise.all([
      this.deps.api.overview(),
      this.deps.session.can("events:read")
        ? this.deps.api.events({ since, limit: 500 })
        : { items: [] },
    ])
    const known = new Set(events.items.map((event) => event.id))
    this.events = [...this.events.filter((event) => !known.has(event.id)), ...events.items]
    return overview
  }

  readonly #onRetry = (): void => {
    void this.deps.fleet.reload()
    void this.#overview.reload()
  }
}

const statusCount = (status: Status, n: number) =>
  html`<ispvm-status status=${status} word="${count(n)} ${t.terms.status[status].toLowerCase()}"></ispvm-status>`

const figure = (label: TemplateResult | string, value: TemplateResult | string, below: unknown) =>
  html`<div><dt class="minor">${label}</dt><dd class="value">${value}</dd><dd class="below">${below}</dd></div>`

const timelineItem = (change: ReturnType<typeof changesOf>[number]): TimelineItem => ({
  id: change.id,
  atMs: change.atMs,
  text:
    change.deviceId === null
      ? change.text
      : html`<a href=${paths.device(change.deviceId)} class="medium">${change.deviceName}</a> ${change.interface === null ? nothing : html`<a href=${paths.interface(change.deviceId, change.interface)}>${change.interface}</a> `}${change.text}`,
  ...(change.status === null ? {} : { status: change.status }),
  ...(change.event === null ? {} : { icon: eventIcon(change.event), isLoss: isLoss(change.event) }),
})

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-overview": IspvmPageOverview
  }
}
