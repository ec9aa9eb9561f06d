/** The sections that the link and interface pages share. */

import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import { html, nothing, type TemplateResult } from "lit"
import { paths } from "../../app/paths.ts"
import type { ChartMark, ChartRange } from "../../components/chart-model.ts"
import type { TimelineItem } from "../../components/ispvm-timeline.ts"
import { metricFormat } from "../../i18n/format/metrics.ts"
import { duration } from "../../i18n/format/time.ts"
import { perSecond } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { eventIcon, isLoss } from "../../state/event-icon.ts"
import type { RequestState } from "../../state/request.ts"
import { severityOf } from "../../state/severity.ts"
import { impactInFull } from "../incidents/impact.ts"
import { errorsChart, lossChart, type NamedEnd, roundTripChart } from "./link-charts.ts"
import "../../components/ispvm-chart.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"
import "../../components/ispvm-timeline.ts"

const strings = t.links

type Drawn = {
  readonly ends: readonly NamedEnd[]
  readonly span: ChartRange
  readonly marks: readonly ChartMark[]
}

/** Errors and discards, round trip and loss, for one end or two. */
export const drawHealth = ({ ends, span, marks }: Drawn): TemplateResult => {
  const one = ends.length === 1
  return html`<section class="panel">
      <ispvm-chart heading=${strings.errorsAndDiscards} height="180" min-range="1" .data=${errorsChart(ends)} .range=${span} .marks=${marks} .format=${perSecond}></ispvm-chart>
    </section>
    <section class="panel">
      <ispvm-chart heading=${one ? t.pages.device.rtt : strings.rttTo} height="96" min-range="1" .data=${roundTripChart(ends)} .range=${span} .marks=${marks} .format=${metricFormat("ms")}></ispvm-chart>
      <ispvm-chart heading=${one ? t.pages.device.loss : strings.lossTo} height="60" min-range="10" .data=${lossChart(ends)} .range=${span} .marks=${marks} .format=${metricFormat("%")}></ispvm-chart>
    </section>`
}

export const chartSkeleton = html`<section class="panel wide"><ispvm-skeleton shape="chart"></ispvm-skeleton></section>
  <section class="panel"><ispvm-skeleton shape="chart"></ispvm-skeleton></section>
  <section class="panel"><ispvm-skeleton shape="chart"></ispvm-skeleton></section>`

export const drawIncidents = (
  incidents: RequestState<readonly Incident[]>,
  retry: () => void,
): TemplateResult =>
  html`<section class="panel" aria-labelledby="incidents">
    <header>
      <h2 id="incidents">${strings.incidents}</h2>
      ${"value" in incidents && incidents.value.length > 0 ? html`<span class="muted">${strings.allOf(incidents.value.length)}</span>` : nothing}
    </header>
    ${
      incidents.phase === "loading"
        ? html`<ispvm-skeleton lines="3"></ispvm-skeleton>`
        : incidents.phase === "failed"
          ? html`<ispvm-failed why=${incidents.error.message} @retry=${retry}></ispvm-failed>`
          : incidents.value.length === 0
            ? html`<p class="quiet">${strings.noIncidents}</p>`
            : html`<div class="incidents" tabindex="0" role="group" aria-labelledby="incidents"><ul class="lined-rows">${incidents.value.map(incidentRow)}</ul></div>`
    }
  </section>`

const incidentRow = (
  incident: Incident,
) => html`<li class=${incident.state === "closed" ? "" : `tint-${severityOf(incident)}`}>
  <ispvm-status compact status=${severityOf(incident)} word=${t.incidents.state[incident.state]}></ispvm-status>
  <div>
    <a class="block wrap ${incident.state === "closed" ? "calm" : "bold"}" href=${paths.incident(incident.id)}>${messageText(incident.title)}</a>
    <span class="small ${incident.state === "closed" ? "muted" : "soft"}">${t.incidents.state[incident.state]} · ${impactInFull(incident)}</span>
  </div>
  <span class="at">${
    incident.closedAtMs === null
      ? html`<ispvm-time since at=${incident.openedAtMs}></ispvm-time>`
      : html`<ispvm-time at=${incident.openedAtMs}></ispvm-time><br />${strings.lasted(duration(incident.closedAtMs - incident.openedAtMs))}`
  }</span>
</li>`

/** `named`: with the name of the device, if there are two. */
export const drawEvents = (
  events: RequestState<readonly EventRow[]>,
  named: boolean,
  retry: () => void,
): TemplateResult =>
  html`<section class="panel" aria-labelledby="events">
    <header><h2 id="events">${strings.events}</h2></header>
    ${
      events.phase === "loading"
        ? html`<ispvm-skeleton lines="3"></ispvm-skeleton>`
        : events.phase === "failed"
          ? html`<ispvm-failed why=${events.error.message} @retry=${retry}></ispvm-failed>`
          : events.value.length === 0
            ? html`<p class="quiet">${strings.noEvents}</p>`
            : html`<div class="events pad-small" tabindex="0" role="group" aria-labelledby="events"><ispvm-timeline .items=${events.value.map((event) => eventItem(event, named))}></ispvm-timeline></div>`
    }
  </section>`

const eventItem = (event: EventRow, named: boolean): TimelineItem => {
  const own = t.terms.event(event.name, event.source, event.message)
  const text =
    named && own.startsWith(`${event.interface} `)
      ? own.slice((event.interface ?? "").length + 1)
      : own
  return {
    id: event.id,
    atMs: event.atMs,
    text:
      named && event.interface !== null
        ? html`<a href=${paths.interface(event.deviceId, event.interface)}>${event.deviceName} ${event.interface}</a> ${text}`
        : text,
    who: t.terms.source(event.source),
    icon: eventIcon(event.name),
    isLoss: isLoss(event.name),
  }
}
