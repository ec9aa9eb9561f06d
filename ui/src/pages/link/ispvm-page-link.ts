import type { Link } from "@ispvm/appliance/api/inventory"
import type { FailoverDirection, LinkDetail } from "@ispvm/appliance/api/links"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import type { IncidentAsk } from "../../api/client.ts"
import { clock } from "../../format/time.ts"
import { bitRate, perSecond, share } from "../../format/units.ts"
import { aged } from "../../parts/aged.ts"
import { paths } from "../../paths.ts"
import { INTERVAL_MS, newestMs } from "../../state/freshness.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import type { LinkSubject } from "../network/ispvm-link-edit.ts"
import { FULL_SHARE, isFromBefore, loadShare } from "../network/line-look.ts"
import { EndsPage } from "./ends-page.ts"
import { endsStyles } from "./ends-styles.ts"
import { leftText, roomOf, worstCase } from "./failover-text.ts"
import { chartSkeleton, drawEvents, drawHealth, drawIncidents, figure } from "./history.ts"
import { incidentMarks, peakOf, trafficChart } from "./link-charts.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"
import "../network/ispvm-levers.ts"
import "../network/ispvm-link-edit.ts"
import "./ispvm-failover.ts"
import "./ispvm-link-end.ts"

const words = t.links

/**
 * One link: how it is and since when, both ends, what it carries, and what carries it when it
 * fails.
 */
@customElement("ispvm-page-link")
export class IspvmPageLink extends EndsPage<LinkDetail> {
  @state() private editing: LinkSubject | null = null

  static override styles = [shared, panel, endsStyles]

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
  protected about(): IncidentAsk {
    return { link: this.subject() }
  }

  override render() {
    if (this.detail.phase === "loading") return skeleton
    if (this.detail.phase === "failed") return this.#failed(this.detail.error)
    const { value: detail, atMs } = this.detail
    // Status and load come with the stream; what was read is the rest.
    const link = this.deps.fleet.value.links.get(detail.link.id) ?? detail.link
    document.title = `${link.name} · ${t.terms.product}`
    return html`<div class="page">
      ${this.#head(link)}
      ${this.isStale() ? html`<p class="stale" role="status"><ispvm-icon name="clock"></ispvm-icon>${words.stale(clock(atMs))}</p>` : nothing}
      <ispvm-levers .deps=${this.deps} .link=${link}></ispvm-levers>
      ${this.#figures(link, detail)}
      ${this.drawRanges()} ${this.#charts(link, detail)} ${this.#ends(link, detail)}
      <section class="panel" aria-labelledby="failover">
        <header><h2 id="failover">${words.failover.title}</h2></header>
        <ispvm-failover .link=${link} .failover=${detail.failover}></ispvm-failover>
      </section>
      <div class="two">
        ${drawIncidents(this.incidents, () => void this.loadAll())} ${drawEvents(this.events, true, () => void this.loadAll())}
      </div>
      <ispvm-link-edit .deps=${this.deps} .subject=${this.editing} @dismiss=${this.#onEdited}></ispvm-link-edit>
    </div>`
  }

  #failed(error: Error) {
    if (this.isGone(error))
      return html`<ispvm-empty icon="unplug" heading=${words.goneLink.title} text=${words.goneLink.text}>
          <ispvm-button href=${paths.map}>${t.frame.map}</ispvm-button>
        </ispvm-empty>`
    return html`<ispvm-failed heading=${words.failedLink} why=${error.message} @retry=${() => void this.loadAll()}></ispvm-failed>`
  }

  #head(link: Link) {
    const incident = this.deps.incidents.value.all.get(link.incidentId ?? "")
    const { status, sentence, sinceMs } = link.status
    return html`<div>
      <div class="top">
        <h1>${link.name}</h1>
        <ispvm-status status=${status}></ispvm-status>
        ${sinceMs === null ? nothing : html`<span class="muted">${t.pages.device.since} <ispvm-time since at=${sinceMs}></ispvm-time></span>`}
        <div class="actions">
          <ispvm-button icon="map" href=${paths.mapBy({ link: link.id })}>${words.onMap}</ispvm-button>
          <ispvm-button icon="workflow" href=${paths.graphBy({ link: link.id })}>${words.onGraph}</ispvm-button>
          ${this.deps.session.can("inventory:write") ? html`<ispvm-button icon="pencil" @click=${() => this.#edit(link)}>${words.edit}</ispvm-button>` : nothing}
        </div>
      </div>
      <p class="why">${sentence}</p>
      ${incident === undefined ? nothing : html`<a class="cause" href=${paths.incident(incident.id)}><ispvm-icon name="siren"></ispvm-icon>${incident.title}</a>`}
    </div>`
  }

  #figures(link: Link, detail: LinkDetail) {
    const ports = [this.freshPort(detail.a.interface), this.freshPort(detail.b.interface)].flatMap((port) => port ?? [])
    const sum = (values: readonly (number | null)[]): number | null =>
      values.every((value) => value === null) ? null : values.reduce<number>((total, value) => total + (value ?? 0), 0)
    const [errors, discards] = [sum(ports.map((port) => port.errorsPs)), sum(ports.map((port) => port.dropsPs))]
    const trouble = (errors ?? 0) + (discards ?? 0) > 0
    return html`<dl class="figures">
      ${figure(words.capacity, link.capacityBps === null ? t.terms.none : bitRate(link.capacityBps), this.#capacityNote(link, detail))}
      ${this.#load(link, link.a.deviceName, link.b.deviceName, link.aToBBps)}
      ${this.#load(link, link.b.deviceName, link.a.deviceName, link.bToABps)}
      ${figure(words.errorsAndDiscards, aged(`${perSecond(errors)} · ${perSecond(discards)}`, newestMs(ports.map((port) => port.atMs)), INTERVAL_MS.interface), words.bothEnds, trouble ? "scarce" : "")}
      ${this.#left(detail)}
    </dl>`
  }

  #capacityNote(link: Link, { a, b }: LinkDetail) {
    const speeds = [a, b].flatMap((end) => (end.interface?.speedBps ? [end.interface.speedBps] : []))
    const slowest = speeds.length === 0 ? null : Math.min(...speeds)
    if (link.capacityBps === null) return slowest === null ? words.notStated : words.bySpeed(bitRate(slowest))
    if (slowest !== null && slowest < link.capacityBps) return html`<span class="scarce">${words.below(bitRate(slowest))}</span>`
    return link.medium === null ? nothing : t.network.medium[link.medium]
  }

  #load(link: Link, from: string, to: string, bps: number | null) {
    const isOld = isFromBefore(link)
    const used = loadShare(bps, link.capacityBps)
    const value = aged(bitRate(bps), isOld ? null : link.atMs, INTERVAL_MS.interface)
    const below = bps === null ? words.noRate : isOld ? words.old : used === null ? nothing : words.ofCapacity(share(used))
    return figure(words.direction(from, to), value, below, isOld ? "old" : used !== null && used >= FULL_SHARE ? "scarce" : "")
  }

  #left({ failover }: LinkDetail) {
    const label = failover.hasFailed ? words.leftFigureNow : words.leftFigure
    if (failover.kind === "none") return figure(label, words.failover.noneTitle, nothing, "scarce")
    const worst = worstCase(failover)
    if (worst?.leftBps == null || worst.capacityBps === null) return figure(label, t.terms.none, words.failover.unknown)
    return figure(label, leftText(worst.leftBps), this.#leftNote(worst, worst.leftBps, worst.capacityBps), roomOf(worst))
  }

  #leftNote({ narrowest }: FailoverDirection, leftBps: number, capacityBps: number) {
    if (leftBps >= 0) return words.ofThat(share(leftBps / capacityBps), bitRate(capacityBps))
    return html`${words.failover.at} ${narrowest.map(({ name }) => name).join(", ")}`
  }

  #charts(link: Link, detail: LinkDetail) {
    if (this.charts.phase === "failed")
      return html`<section class="panel"><ispvm-failed heading=${words.chartsFailed} why=${this.charts.why} @retry=${() => void this.loadAll()}></ispvm-failed></section>`
    const [a, b] = this.series
    if (this.charts.phase === "loading" || a === undefined || b === undefined)
      return html`<div class="charts">${chartSkeleton}</div>`
    const [ab, ba] = [
      words.direction(link.a.deviceName, link.b.deviceName),
      words.direction(link.b.deviceName, link.a.deviceName),
    ]
    // End A counts both directions; where it names no interface, end B does, the other way round.
    const isA = detail.a.interface !== null
    const traffic = isA ? trafficChart(a, { out: ab, back: ba }) : trafficChart(b, { out: ba, back: ab })
    const counted = isA ? a.port : b.port
    const marks = this.incidents.phase === "ready" ? incidentMarks(this.incidents.value) : []
    const span = this.span()
    const ends = [
      { name: link.a.deviceName, series: a },
      { name: link.b.deviceName, series: b },
    ]
    const peaks = [
      [isA ? ab : ba, peakOf(counted, "txBps")],
      [isA ? ba : ab, peakOf(counted, "rxBps")],
    ] as const
    return html`<div class="charts" @chart-zoom=${this.onZoom} @chart-reset=${this.onBack}>
      <section class="panel wide">
        <ispvm-chart heading=${words.traffic} height="200" least="1000" .limit=${link.capacityBps} .data=${traffic} .range=${span} .marks=${marks} .format=${bitRate}></ispvm-chart>
        <p class="note">${words.peak}: ${peaks.map(([name, bps], index) => html`${index === 0 ? nothing : " · "}${name} ${bitRate(bps)}${link.capacityBps === null || bps === null ? nothing : ` (${share(bps / link.capacityBps)})`}`)}</p>
      </section>
      ${drawHealth({ ends, span, marks })}
    </div>`
  }

  #ends(link: Link, detail: LinkDetail) {
    const agents = [...new Set([detail.a, detail.b].flatMap(({ device }) => device.agentName ?? []))]
    return html`<section class="panel" aria-labelledby="ends">
      <header><h2 id="ends">${words.ends}</h2></header>
      <div class="pair">
        ${(["a", "b"] as const).map(
          (side) =>
            html`<ispvm-link-end label=${words.end[side]} port-name=${link[side].interface ?? ""} .device=${this.freshDevice(detail[side].device)} .port=${this.freshPort(detail[side].interface)}></ispvm-link-end>`,
        )}
      </div>
      ${agents.length === 0 ? nothing : html`<p class="note">${words.probedBy(agents.join(", "))}</p>`}
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

/** The shape of what is coming: the head, its figures, and the charts. */
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
