import type { Interface } from "@ispvm/appliance/api/inventory"
import type { EndDevice, InterfaceDetail } from "@ispvm/appliance/api/links"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import type { IncidentAsk } from "../../api/client.ts"
import { clock } from "../../format/time.ts"
import { bitRate, perSecond, roundTrip, share } from "../../format/units.ts"
import { aged, agedOfPort, agedQuietlyOfPort } from "../../parts/aged.ts"
import { paths } from "../../paths.ts"
import { INTERVAL_MS } from "../../state/freshness.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import { EndsPage } from "../link/ends-page.ts"
import { endsStyles } from "../link/ends-styles.ts"
import { chartSkeleton, drawEvents, drawHealth, drawIncidents, figure } from "../link/history.ts"
import { incidentMarks, peakOf, trafficChart } from "../link/link-charts.ts"
import { portState } from "../link/port-state.ts"
import { FULL_SHARE, loadShare } from "../network/line-look.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-copy.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"
import "../link/ispvm-failover.ts"

const words = t.links
const CHANGES: ReadonlySet<string> = new Set(["link-up", "link-down"])

/** One interface: how it is and since when, what it carries, and the link that ends on it. */
@customElement("ispvm-page-interface")
export class IspvmPageInterface extends EndsPage<InterfaceDetail> {
  static override styles = [shared, panel, endsStyles]

  protected subject(): string {
    return `${this.params.id ?? ""} ${this.#name()}`
  }
  protected read(): Promise<InterfaceDetail> {
    return this.deps.api.interface(this.params.id ?? "", this.#name())
  }
  protected endsOf({ device, interface: port }: InterfaceDetail) {
    return [{ deviceId: device.id, interfaceId: port.id, interface: port.name }]
  }
  /** It need not be a port of a link: those alone come without being asked for. */
  protected override portsOf(): string {
    return this.params.id ?? ""
  }
  protected about(): IncidentAsk {
    return { device: this.params.id ?? "", interface: this.#name() }
  }

  override render() {
    if (this.detail.phase === "loading") return skeleton
    if (this.detail.phase === "failed") return this.#failed(this.detail.error)
    const { value: detail, atMs } = this.detail
    const port = this.freshPort(detail.interface) ?? detail.interface
    const device = this.freshDevice(detail.device)
    document.title = `${device.name} ${port.name} · ${t.terms.product}`
    return html`<div class="page">
      ${this.#head(device, port, detail)}
      ${this.isStale() ? html`<p class="stale" role="status"><ispvm-icon name="clock"></ispvm-icon>${words.stale(clock(atMs))}</p>` : nothing}
      ${this.#figures(device, port, detail)} ${this.#facts(device, port, detail)} ${this.drawRanges()}
      ${this.#charts(device, port, detail)} ${this.#failover(detail)}
      <div class="two">
        ${drawIncidents(this.incidents, () => void this.loadAll())} ${drawEvents(this.events, false, () => void this.loadAll())}
      </div>
    </div>`
  }

  #name(): string {
    return this.ask.get("name") ?? ""
  }

  #failed(error: Error) {
    if (this.isGone(error))
      return html`<ispvm-empty icon="unplug" heading=${words.goneInterface.title} text=${words.goneInterface.text}>
          <ispvm-button href=${paths.device(this.params.id ?? "")}>${words.openDevice}</ispvm-button>
        </ispvm-empty>`
    return html`<ispvm-failed heading=${words.failedInterface} why=${error.message} @retry=${() => void this.loadAll()}></ispvm-failed>`
  }

  #head(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    const own = portState(port)
    const known = link === null ? undefined : (this.deps.fleet.value.links.get(link.link.id) ?? link.link)
    // Where a link ends on it and does not run, the link's reason is the better one; a router out
    // of reach tells nothing.
    const isBlind = device.status.status === "down" || device.status.status === "behind" || device.status.status === "unknown"
    const shown = isBlind
      ? {
          status: known?.status.status ?? ("unknown" as const),
          word: "",
          sentence: known?.status.sentence ?? device.status.sentence,
        }
      : own
    const sinceMs = (isBlind || own.status === "down" ? known?.status.sinceMs : null) ?? this.#changedAtMs(own.status)
    const incident = this.deps.incidents.value.all.get(known?.incidentId ?? "")
    return html`<div>
      <div class="top">
        <h1><a href=${paths.device(device.id)}>${device.name}</a> ${port.name}</h1>
        <ispvm-status status=${shown.status} word=${shown.word}></ispvm-status>
        ${sinceMs === null ? nothing : html`<span class="muted">${t.pages.device.since} <ispvm-time since at=${sinceMs}></ispvm-time></span>`}
        <div class="actions">
          ${known === undefined ? nothing : html`<ispvm-button icon="cable" href=${paths.link(known.id)}>${words.openLink}</ispvm-button>`}
          <ispvm-button icon="router" href=${paths.device(device.id)}>${words.openDevice}</ispvm-button>
        </div>
      </div>
      <p class="why">${shown.sentence}</p>
      ${incident === undefined ? nothing : html`<a class="cause" href=${paths.incident(incident.id)}><ispvm-icon name="siren"></ispvm-icon>${incident.title}</a>`}
    </div>`
  }

  /** When it last went up or down, as far as its events tell. */
  #changedAtMs(status: string): number | null {
    if (this.events.phase !== "ready") return null
    const last = this.events.value.find((event) => CHANGES.has(event.name))
    return last === undefined || (last.name === "link-up") !== (status === "ok") ? null : last.atMs
  }

  #figures(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    const far = link === null ? null : link.a.device.id === device.id ? link.b.device.name : link.a.device.name
    const trouble = (value: number | null): string => (value !== null && value > 0 ? "scarce" : "")
    return html`<dl class="figures">
      ${figure(words.facts.speed, bitRate(port.speedBps), port.type)}
      ${this.#load(port, far === null ? words.in : words.inFrom(far), port.rxBps)}
      ${this.#load(port, far === null ? words.out : words.outTo(far), port.txBps)}
      ${figure(words.errors, agedOfPort(port, perSecond(port.errorsPs)), nothing, trouble(port.errorsPs))}
      ${figure(words.discards, agedOfPort(port, perSecond(port.dropsPs)), nothing, trouble(port.dropsPs))}
    </dl>`
  }

  #load(port: Interface, label: string, bps: number | null) {
    const used = loadShare(bps, port.speedBps)
    const value = agedOfPort(port, bitRate(bps))
    return figure(
      label,
      value,
      bps === null ? words.noRate : used === null ? nothing : words.ofSpeed(share(used)),
      used !== null && used >= FULL_SHARE ? "scarce" : "",
    )
  }

  #facts(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    const far = link === null ? null : link.a.device.id === device.id ? link.b : link.a
    return html`<dl class="facts">
      ${fact(words.facts.device, html`<a href=${paths.device(device.id)}>${device.name}</a>`)}
      ${device.siteName === null ? nothing : fact(words.facts.site, device.siteName)}
      ${fact(words.link, link === null ? html`<span class="muted">${words.noLink}</span>` : html`<a href=${paths.link(link.link.id)}>${link.link.name}</a>`)}
      ${far === null ? nothing : fact(words.facts.farEnd, html`<a href=${paths.device(far.device.id)}>${far.device.name}</a>${far.interface === null ? nothing : html` <a href=${paths.interface(far.device.id, far.interface.name)}>${far.interface.name}</a>`}`)}
      ${port.comment === null || port.comment === "" ? nothing : fact(words.facts.comment, port.comment)}
      ${port.mac === null ? nothing : fact(words.facts.mac, html`<ispvm-copy inline text=${port.mac}></ispvm-copy>`)}
      ${fact(words.facts.rtt, aged(html`<span>${roundTrip(device.rttUs)}${device.lossRatio === null ? nothing : html` · ${share(device.lossRatio)} ${words.facts.loss.toLowerCase()}`}</span>`, device.probedAtMs, INTERVAL_MS.probe))}
      ${port.atMs === null ? nothing : fact(words.facts.measured, agedQuietlyOfPort(port, html`<ispvm-time at=${port.atMs}></ispvm-time>`))}
    </dl>`
  }

  #charts(device: EndDevice, port: Interface, { link }: InterfaceDetail) {
    if (this.charts.phase === "failed")
      return html`<section class="panel"><ispvm-failed heading=${words.chartsFailed} why=${this.charts.why} @retry=${() => void this.loadAll()}></ispvm-failed></section>`
    const [series] = this.series
    if (this.charts.phase === "loading" || series === undefined) return html`<div class="charts">${chartSkeleton}</div>`
    const far = link === null ? null : link.a.device.id === device.id ? link.b.device.name : link.a.device.name
    const [inward, outward] = far === null ? [words.in, words.out] : [words.inFrom(far), words.outTo(far)]
    const marks = this.incidents.phase === "ready" ? incidentMarks(this.incidents.value) : []
    const span = this.span()
    const peaks = [
      [inward, peakOf(series.port, "rxBps")],
      [outward, peakOf(series.port, "txBps")],
    ] as const
    return html`<div class="charts" @chart-zoom=${this.onZoom} @chart-reset=${this.onBack}>
      <section class="panel wide">
        <ispvm-chart heading=${words.traffic} height="200" least="1000" .limit=${port.speedBps} .data=${trafficChart(series, { out: outward, back: inward })} .range=${span} .marks=${marks} .format=${bitRate}></ispvm-chart>
        <p class="note">${words.peak}: ${peaks.map(([name, bps], index) => html`${index === 0 ? nothing : " · "}${name} ${bitRate(bps)}${port.speedBps === null || bps === null ? nothing : ` (${share(bps / port.speedBps)})`}`)}</p>
      </section>
      ${drawHealth({ ends: [{ name: device.name, series }], span, marks })}
    </div>`
  }

  #failover({ link }: InterfaceDetail) {
    if (link === null) return nothing
    return html`<section class="panel" aria-labelledby="failover">
      <header><h2 id="failover">${words.failover.title}</h2><a class="muted" href=${paths.link(link.link.id)}>${link.link.name}</a></header>
      <ispvm-failover .link=${link.link} .failover=${link.failover}></ispvm-failover>
    </section>`
  }
}

const fact = (label: string, value: unknown) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`

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
