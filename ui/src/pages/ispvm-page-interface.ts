import type { Interface } from "@ispvm/appliance/api/inventory"
import type { EndDevice, InterfaceDetail } from "@ispvm/appliance/api/links"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import type { IncidentParams } from "../api/client.ts"
import { paths } from "../app/paths.ts"
import { aged, agedOfPort, agedQuietlyOfPort } from "../components/aged.ts"
import { figure } from "../components/figure.ts"
import { EndsPage } from "../features/link/ends-page.ts"
import { endsStyles } from "../features/link/ends-styles.ts"
import { incidentMarks, peakOf, trafficChart } from "../features/link/link-charts.ts"
import { portState } from "../features/link/port-state.ts"
import {
  chartSkeleton,
  drawEvents,
  drawHealth,
  drawIncidents,
} from "../features/link/shared-sections.ts"
import { FULL_SHARE, loadShare } from "../features/network/link-style.ts"
import { clock } from "../i18n/format/time.ts"
import { bitRate, perCent, perSecond, roundTrip, share } from "../i18n/format/units.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { INTERVAL_MS } from "../state/freshness.ts"
import { figureStyles } from "../theme/figures.ts"
import { panel, shared } from "../theme/shared.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-copy.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-time.ts"
import "../features/link/ispvm-failover.ts"

const strings = t.links
const CHANGES: ReadonlySet<string> = new Set(["link-up", "link-down"])

/** The interface page: status with its age, traffic, and the link that ends on it. */
@customElement("ispvm-page-interface")
export class IspvmPageInterface extends EndsPage<InterfaceDetail> {
  static override styles = [shared, panel, figureStyles, endsStyles]

  protected subject(): string {
    return `${this.params.id ?? ""} ${this.#name()}`
  }
  protected read(): Promise<InterfaceDetail> {
    return this.deps.api.interface(this.params.id ?? "", this.#name())
  }
  protected endsOf({ device, interface: port }: InterfaceDetail) {
    return [{ deviceId: device.id, interfaceId: port.id, interface: port.name }]
  }
  /**
   * The stream sends only interfaces of links by default, so those of this device are requested.
   */
  protected override portsOf(): string {
    return this.params.id ?? ""
  }
  protected incidentParams(): IncidentParams {
    return { device: this.params.id ?? "", interface: this.#name() }
  }

  override render() {
    return this.detail.render({
      loading: () => skeleton,
      failed: (error) => this.#failed(error),
      ready: (detail) => this.#page(detail),
    })
  }

  #page(detail: InterfaceDetail) {
    const port = this.freshPort(detail.interface) ?? detail.interface
    const device = this.freshDevice(detail.device)
    document.title = `${device.name} ${port.name} · ${t.terms.product}`
    return html`<div class="page">
      ${this.#head(device, port, detail)}
      ${this.isStale() ? html`<ispvm-stale text=${strings.stale(clock(this.detail.atMs))} @retry=${this.loadAll}></ispvm-stale>` : nothing}
      ${this.#figures(device, port, detail)} ${this.#facts(device, port, detail)} ${this.range.bar()}
      ${this.#charts(device, port, detail)} ${this.#failover(detail)}
      <div class="two">
        ${drawIncidents(this.incidents.state, this.loadAll)} ${drawEvents(this.events.state, false, this.loadAll)}
      </div>
    </div>`
  }

  #name(): string {
    return this.query.get("name") ?? ""
  }

  #failed(error: Error) {
    if (this.isGone(error))
      return html`<ispvm-empty icon="unplug" heading=${strings.goneInterface.title} text=${strings.goneInterface.text}>
          <ispvm-button href=${paths.device(this.params.id ?? "")}>${strings.openDevice}</ispvm-button>
        </ispvm-empty>`
    return html`<ispvm-failed heading=${strings.failedInterface} why=${error.message} @retry=${this.loadAll}></ispvm-failed>`
  }

  #head(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    const own = portState(port)
    const known =
      link === null ? undefined : (this.deps.fleet.value.links.get(link.link.id) ?? link.link)
    // If its link is down, the reason of the link is more exact; an unreachable router reports
    // nothing.
    const isUnreachable =
      device.status.status === "down" ||
      device.status.status === "unreachable" ||
      device.status.status === "unknown"
    const shown = isUnreachable
      ? {
          status: known?.status.status ?? ("unknown" as const),
          word: "",
          sentence: messageText((known ?? device).status.message),
        }
      : own
    const sinceMs =
      (isUnreachable || own.status === "down" ? known?.status.sinceMs : null) ??
      this.#changedAtMs(own.status)
    const incident = this.deps.incidents.value.all.get(known?.incidentId ?? "")
    return html`<div>
      <div class="headline">
        <h1><a href=${paths.device(device.id)}>${device.name}</a> ${port.name}</h1>
        <ispvm-status class="large" status=${shown.status} word=${shown.word}></ispvm-status>
        ${sinceMs === null ? nothing : html`<span class="muted">${t.pages.device.since} <ispvm-time since at=${sinceMs}></ispvm-time></span>`}
        <div class="controls push-end-wide">
          ${known === undefined ? nothing : html`<ispvm-button icon="cable" href=${paths.link(known.id)}>${strings.openLink}</ispvm-button>`}
          <ispvm-button icon="router" href=${paths.device(device.id)}>${strings.openDevice}</ispvm-button>
        </div>
      </div>
      <p class="why">${shown.sentence}</p>
      ${incident === undefined ? nothing : html`<a class="cause" href=${paths.incident(incident.id)}><ispvm-icon name="siren"></ispvm-icon>${messageText(incident.title)}</a>`}
    </div>`
  }

  /** The last up or down event, if known. */
  #changedAtMs(status: string): number | null {
    const last = this.events.value?.find((event) => CHANGES.has(event.name))
    return last === undefined || (last.name === "link-up") !== (status === "ok") ? null : last.atMs
  }

  #figures(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    const remote =
      link === null
        ? null
        : link.a.device.id === device.id
          ? link.b.device.name
          : link.a.device.name
    const errorClass = (value: number | null): string =>
      value !== null && value > 0 ? "scarce" : ""
    return html`<dl class="figures lined-columns">
      ${figure(strings.facts.speed, bitRate(port.speedBps), port.type)}
      ${this.#load(port, remote === null ? strings.in : strings.inFrom(remote), port.rxBps)}
      ${this.#load(port, remote === null ? strings.out : strings.outTo(remote), port.txBps)}
      ${figure(strings.errors, agedOfPort(port, perSecond(port.errorsPs)), nothing, errorClass(port.errorsPs))}
      ${figure(strings.discards, agedOfPort(port, perSecond(port.dropsPs)), nothing, errorClass(port.dropsPs))}
    </dl>`
  }

  #load(port: Interface, label: string, bps: number | null) {
    const used = loadShare(bps, port.speedBps)
    const value = agedOfPort(port, bitRate(bps))
    return figure(
      label,
      value,
      bps === null ? strings.noRate : used === null ? nothing : strings.ofSpeed(share(used)),
      used !== null && used >= FULL_SHARE ? "scarce" : "",
    )
  }

  #facts(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    const remote = link === null ? null : link.a.device.id === device.id ? link.b : link.a
    return html`<dl class="facts spread prose">
      ${fact(strings.facts.device, html`<a href=${paths.device(device.id)}>${device.name}</a>`)}
      ${device.siteName === null ? nothing : fact(strings.facts.site, device.siteName)}
      ${fact(strings.link, link === null ? html`<span class="muted">${strings.noLink}</span>` : html`<a href=${paths.link(link.link.id)}>${link.link.name}</a>`)}
      ${remote === null ? nothing : fact(strings.facts.remoteEnd, html`<a href=${paths.device(remote.device.id)}>${remote.device.name}</a>${remote.interface === null ? nothing : html` <a href=${paths.interface(remote.device.id, remote.interface.name)}>${remote.interface.name}</a>`}`)}
      ${port.comment === null || port.comment === "" ? nothing : fact(strings.facts.comment, port.comment)}
      ${port.mac === null ? nothing : fact(strings.facts.mac, html`<ispvm-copy inline text=${port.mac}></ispvm-copy>`)}
      ${fact(strings.facts.rtt, aged(html`<span>${roundTrip(device.rttMs)}${device.lossPct === null ? nothing : html` · ${perCent(device.lossPct)} ${strings.facts.loss.toLowerCase()}`}</span>`, device.probedAtMs, INTERVAL_MS.probe))}
      ${port.atMs === null ? nothing : fact(strings.facts.measured, agedQuietlyOfPort(port, html`<ispvm-time at=${port.atMs}></ispvm-time>`))}
    </dl>`
  }

  #charts(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    const { state: charts } = this.charts
    if (charts.phase === "failed")
      return html`<section class="panel"><ispvm-failed heading=${strings.chartsFailed} why=${charts.error.message} @retry=${this.loadAll}></ispvm-failed></section>`
    const [series] = this.series
    if (charts.phase === "loading" || series === undefined)
      return html`<div class="charts">${chartSkeleton}</div>`
    const remote =
      link === null
        ? null
        : link.a.device.id === device.id
          ? link.b.device.name
          : link.a.device.name
    const [inward, outward] =
      remote === null ? [strings.in, strings.out] : [strings.inFrom(remote), strings.outTo(remote)]
    const marks = incidentMarks(this.incidents.value ?? [])
    const span = this.range.span
    const peaks = [
      [inward, peakOf(series.port, "interface.rx_bps")],
      [outward, peakOf(series.port, "interface.tx_bps")],
    ] as const
    return html`<div class="charts" @chart-zoom=${this.range.onZoom} @chart-reset=${this.range.onBack}>
      <section class="panel wide">
        <ispvm-chart heading=${strings.traffic} height="200" min-range="1000" .limit=${port.speedBps} .data=${trafficChart(series, { out: outward, back: inward })} .range=${span} .marks=${marks} .format=${bitRate}></ispvm-chart>
        <p class="note">${strings.peak}: ${peaks.map(([name, bps], index) => html`${index === 0 ? nothing : " · "}${name} ${bitRate(bps)}${port.speedBps === null || bps === null ? nothing : ` (${share(bps / port.speedBps)})`}`)}</p>
      </section>
      ${drawHealth({ ends: [{ name: device.name, series }], span, marks })}
    </div>`
  }

  #failover({ link }: InterfaceDetail) {
    if (link === null) return nothing
    return html`<section class="panel" aria-labelledby="failover">
      <header><h2 id="failover">${strings.failover.title}</h2><a class="muted" href=${paths.link(link.link.id)}>${link.link.name}</a></header>
      <ispvm-failover .link=${link.link} .failover=${link.failover}></ispvm-failover>
    </section>`
  }
}

const fact = (label: string, value: unknown) =>
  html`<div><dt class="small">${label}</dt><dd>${value}</dd></div>`

const skeleton = html`<div class="page">
    <ispvm-skeleton shape="text" lines="2"></ispvm-skeleton>
    <div class="panel"><ispvm-skeleton shape="figure"></ispvm-skeleton></div>
    <div class="charts">${chartSkeleton}</div>
  </div>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-interface": IspvmPageInterface
  }
}
