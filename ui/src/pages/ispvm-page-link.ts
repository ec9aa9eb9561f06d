import type { Link } from "@ispvm/appliance/api/inventory"
import type { FailoverDirection, LinkDetail } from "@ispvm/appliance/api/links"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import type { IncidentParams } from "../api/client.ts"
import { paths } from "../app/paths.ts"
import { aged } from "../components/aged.ts"
import { figure } from "../components/figure.ts"
import { EndsPage } from "../features/link/ends-page.ts"
import { endsStyles } from "../features/link/ends-styles.ts"
import { leftText, roomOf, worstCase } from "../features/link/failover-text.ts"
import { incidentMarks, peakOf, trafficChart } from "../features/link/link-charts.ts"
import {
  chartSkeleton,
  drawEvents,
  drawHealth,
  drawIncidents,
} from "../features/link/shared-sections.ts"
import type { LinkSubject } from "../features/network/ispvm-link-edit.ts"
import { FULL_SHARE, isLoadOutdated, loadShare } from "../features/network/link-style.ts"
import { clock } from "../i18n/format/time.ts"
import { bitRate, perSecond, share } from "../i18n/format/units.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { INTERVAL_MS, newestMs } from "../state/freshness.ts"
import { figureStyles } from "../theme/figures.ts"
import { panel, shared } from "../theme/shared.ts"
import { split } from "../theme/split.ts"
import "../components/ispvm-button.ts"
import "../features/maintenance/ispvm-working-on.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-time.ts"
import "../features/network/ispvm-fault-injection.ts"
import "../features/network/ispvm-link-edit.ts"
import "../features/link/ispvm-failover.ts"
import "../features/link/ispvm-link-end.ts"

const strings = t.links

/** The link page: status with its age, both ends, traffic, and failover capacity. */
@customElement("ispvm-page-link")
export class IspvmPageLink extends EndsPage<LinkDetail> {
  @state() private editing: LinkSubject | null = null

  static override styles = [shared, panel, figureStyles, split, endsStyles]

  protected subject(): string {
    return this.params.id ?? ""
  }
  protected read(): Promise<LinkDetail> {
    return this.deps.api.link(this.subject())
  }
  protected endsOf({ link, a, b }: LinkDetail) {
    return [
      { deviceId: a.device.id, interfaceId: a.interface?.id ?? null, interface: link.a.interface },
      { deviceId: b.device.id, interfaceId: b.interface?.id ?? null, interface: link.b.interface },
    ]
  }
  protected incidentParams(): IncidentParams {
    return { link: this.subject() }
  }

  override render() {
    return this.detail.render({
      loading: () => skeleton,
      failed: (error) => this.#failed(error),
      ready: (detail) => this.#page(detail),
    })
  }

  #page(detail: LinkDetail) {
    // Status and load come from the stream, the rest from the request.
    const link = this.deps.fleet.value.links.get(detail.link.id) ?? detail.link
    document.title = `${link.name} · ${t.terms.product}`
    return html`<div class="page">
      ${this.#head(link)}
      ${this.isStale() ? html`<ispvm-stale text=${strings.stale(clock(this.detail.atMs))} @retry=${this.loadAll}></ispvm-stale>` : nothing}
      <ispvm-fault-injection .deps=${this.deps} .link=${link}></ispvm-fault-injection>
      ${this.#figures(link, detail)}
      ${this.range.bar()} ${this.#charts(link, detail)} ${this.#ends(link, detail)}
      <section class="panel" aria-labelledby="failover">
        <header><h2 id="failover">${strings.failover.title}</h2></header>
        <ispvm-failover .link=${link} .failover=${detail.failover}></ispvm-failover>
      </section>
      <div class="two">
        ${drawIncidents(this.incidents.state, this.loadAll)} ${drawEvents(this.events.state, true, this.loadAll)}
      </div>
      <ispvm-link-edit .deps=${this.deps} .subject=${this.editing} @dismiss=${this.#onEdited}></ispvm-link-edit>
    </div>`
  }

  #failed(error: Error) {
    if (this.isGone(error))
      return html`<ispvm-empty icon="unplug" heading=${strings.goneLink.title} text=${strings.goneLink.text}>
          <ispvm-button href=${paths.map}>${t.shell.map}</ispvm-button>
        </ispvm-empty>`
    return html`<ispvm-failed heading=${strings.failedLink} why=${error.message} @retry=${this.loadAll}></ispvm-failed>`
  }

  #head(link: Link) {
    const incident = this.deps.incidents.value.all.get(link.incidentId ?? "")
    const { status, message, sinceMs } = link.status
    return html`<div>
      <div class="headline">
        <h1>${link.name}</h1>
        <ispvm-status class="large" status=${status}></ispvm-status>
        ${sinceMs === null ? nothing : html`<span class="muted">${t.pages.device.since} <ispvm-time since at=${sinceMs}></ispvm-time></span>`}
        <div class="controls push-end-wide">
          <ispvm-button icon="map" href=${paths.mapBy({ link: link.id })}>${strings.onMap}</ispvm-button>
          <ispvm-button icon="workflow" href=${paths.graphBy({ link: link.id })}>${strings.onGraph}</ispvm-button>
          <ispvm-working-on .deps=${this.deps} .target=${{ kind: "link", id: link.id }}></ispvm-working-on>
          ${this.deps.session.can("inventory:write") ? html`<ispvm-button icon="pencil" @click=${() => this.#edit(link)}>${strings.edit}</ispvm-button>` : nothing}
        </div>
      </div>
      <p class="why">${messageText(message)}</p>
      ${incident === undefined ? nothing : html`<a class="cause" href=${paths.incident(incident.id)}><ispvm-icon name="siren"></ispvm-icon>${messageText(incident.title)}</a>`}
    </div>`
  }

  #figures(link: Link, detail: LinkDetail) {
    const ports = [this.freshPort(detail.a.interface), this.freshPort(detail.b.interface)].flatMap(
      (port) => port ?? [],
    )
    const sum = (values: readonly (number | null)[]): number | null =>
      values.every((value) => value === null)
        ? null
        : values.reduce<number>((total, value) => total + (value ?? 0), 0)
    const [errors, discards] = [
      sum(ports.map((port) => port.errorsPs)),
      sum(ports.map((port) => port.dropsPs)),
    ]
    const hasErrors = (errors ?? 0) + (discards ?? 0) > 0
    return html`<dl class="figures lined-columns">
      ${figure(strings.capacity, link.capacityBps === null ? t.terms.none : bitRate(link.capacityBps), this.#capacityNote(link, detail))}
      ${this.#load(link, link.a.deviceName, link.b.deviceName, link.aToBBps)}
      ${this.#load(link, link.b.deviceName, link.a.deviceName, link.bToABps)}
      ${figure(strings.errorsAndDiscards, aged(`${perSecond(errors)} · ${perSecond(discards)}`, newestMs(ports.map((port) => port.atMs)), INTERVAL_MS.interface), strings.bothEnds, hasErrors ? "scarce" : "")}
      ${this.#left(detail)}
    </dl>`
  }

  #capacityNote(link: Link, { a, b }: LinkDetail) {
    const speeds = [a, b].flatMap((end) =>
      end.interface?.speedBps ? [end.interface.speedBps] : [],
    )
    const slowest = speeds.length === 0 ? null : Math.min(...speeds)
    if (link.capacityBps === null)
      return slowest === null ? strings.notStated : strings.bySpeed(bitRate(slowest))
    if (slowest !== null && slowest < link.capacityBps)
      return html`<span class="text-warn">${strings.below(bitRate(slowest))}</span>`
    return link.medium === null ? nothing : t.network.medium[link.medium]
  }

  #load(link: Link, from: string, to: string, bps: number | null) {
    const isOld = isLoadOutdated(link)
    const used = loadShare(bps, link.capacityBps)
    const value = aged(bitRate(bps), isOld ? null : link.atMs, INTERVAL_MS.interface)
    const below =
      bps === null
        ? strings.noRate
        : isOld
          ? strings.old
          : used === null
            ? nothing
            : strings.ofCapacity(share(used))
    return figure(
      strings.direction(from, to),
      value,
      below,
      isOld ? "old" : used !== null && used >= FULL_SHARE ? "scarce" : "",
    )
  }

  #left({ failover }: LinkDetail) {
    const label = failover.hasFailed ? strings.leftFigureNow : strings.leftFigure
    if (failover.kind === "none")
      return figure(label, strings.failover.noneTitle, nothing, "scarce")
    const worst = worstCase(failover)
    if (worst?.leftBps == null || worst.capacityBps === null)
      return figure(label, t.terms.none, strings.failover.unknown)
    return figure(
      label,
      leftText(worst.leftBps),
      this.#leftNote(worst, worst.leftBps, worst.capacityBps),
      roomOf(worst),
    )
  }

  #leftNote({ narrowest }: FailoverDirection, leftBps: number, capacityBps: number) {
    if (leftBps >= 0) return strings.ofThat(share(leftBps / capacityBps), bitRate(capacityBps))
    return html`${strings.failover.at} ${narrowest.map(({ name }) => name).join(", ")}`
  }

  #charts(link: Link, detail: LinkDetail) {
    const { state: charts } = this.charts
    if (charts.phase === "failed")
      return html`<section class="panel"><ispvm-failed heading=${strings.chartsFailed} why=${charts.error.message} @retry=${this.loadAll}></ispvm-failed></section>`
    const [a, b] = this.series
    if (charts.phase === "loading" || a === undefined || b === undefined)
      return html`<div class="charts">${chartSkeleton}</div>`
    const [ab, ba] = [
      strings.direction(link.a.deviceName, link.b.deviceName),
      strings.direction(link.b.deviceName, link.a.deviceName),
    ]
    // End A measures both directions; without an interface there, end B does, with directions
    // swapped.
    const isA = detail.a.interface !== null
    const traffic = isA
      ? trafficChart(a, { out: ab, back: ba })
      : trafficChart(b, { out: ba, back: ab })
    const counted = isA ? a.port : b.port
    const marks = incidentMarks(this.incidents.value ?? [])
    const span = this.range.span
    const ends = [
      { name: link.a.deviceName, series: a },
      { name: link.b.deviceName, series: b },
    ]
    const peaks = [
      [isA ? ab : ba, peakOf(counted, "interface.tx_bps")],
      [isA ? ba : ab, peakOf(counted, "interface.rx_bps")],
    ] as const
    return html`<div class="charts" @chart-zoom=${this.range.onZoom} @chart-reset=${this.range.onBack}>
      <section class="panel wide">
        <ispvm-chart heading=${strings.traffic} height="200" min-range="1000" .limit=${link.capacityBps} .data=${traffic} .range=${span} .marks=${marks} .format=${bitRate}></ispvm-chart>
        <p class="note">${strings.peak}: ${peaks.map(([name, bps], index) => html`${index === 0 ? nothing : " · "}${name} ${bitRate(bps)}${link.capacityBps === null || bps === null ? nothing : ` (${share(bps / link.capacityBps)})`}`)}</p>
      </section>
      ${drawHealth({ ends, span, marks })}
    </div>`
  }

  #ends(link: Link, detail: LinkDetail) {
    const agents = [
      ...new Set([detail.a, detail.b].flatMap(({ device }) => device.agentName ?? [])),
    ]
    return html`<section class="panel" aria-labelledby="ends">
      <header><h2 id="ends">${strings.ends}</h2></header>
      <div class="split lined-columns">
        ${(["a", "b"] as const).map(
          (side) =>
            html`<ispvm-link-end class="pad-row" label=${strings.end[side]} port-name=${link[side].interface ?? ""} .device=${this.freshDevice(detail[side].device)} .port=${this.freshPort(detail[side].interface)}></ispvm-link-end>`,
        )}
      </div>
      ${agents.length === 0 ? nothing : html`<p class="note">${strings.probedBy(agents.join(", "))}</p>`}
    </section>`
  }

  #edit(link: Link): void {
    this.editing = { kind: "old", link }
  }
  readonly #onEdited = (): void => {
    this.editing = null
    void this.loadAll()
  }
}

/** Placeholder: head, figures, charts. */
const skeleton = html`<div class="page">
    <ispvm-skeleton shape="text" lines="2"></ispvm-skeleton>
    <div class="panel"><ispvm-skeleton shape="figure"></ispvm-skeleton></div>
    <div class="charts">${chartSkeleton}</div>
    <div class="panel"><ispvm-skeleton lines="6"></ispvm-skeleton></div>
  </div>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-link": IspvmPageLink
  }
}
