import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Device, Interface } from "@ispvm/appliance/api/inventory"
import { html, nothing, type PropertyValues } from "lit"
import { customElement, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import { paths } from "../app/paths.ts"
import { isPage } from "../app/routes.ts"
import { nowMs } from "../components/now.ts"
import {
  appendReadings,
  busiest,
  type DeviceSeries,
  loadSeries,
  NO_SERIES,
  patchPorts,
} from "../features/device/device-series.ts"
import { deviceStyles } from "../features/device/device-styles.ts"
import {
  bounds,
  defaultSpan,
  type Range,
  readRange,
  SPANS,
  zoomQuery,
} from "../features/device/range.ts"
import { drawCharts, drawEvents, drawPorts, drawSensors } from "../features/device/views.ts"
import { t } from "../i18n/strings/strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-tabs.ts"
import "../features/network/ispvm-fault-injection.ts"
import "../features/device/ispvm-device-edit.ts"
import "../features/device/ispvm-device-head.ts"

const strings = t.pages.device
/** Live charts take each second from the stream, and are read again now and then so that they are bucketed anew. */
const REFRESH_MS = 120_000
const SPARK_POINTS = 60
/** In a storm the stream tells of incidents many times a second. */
const DEBOUNCE_MS = 400
const MAX_INCIDENTS = 100

/** One device: what it is, how it is, how it was. */
@customElement("ispvm-page-device")
export class IspvmPageDevice extends Page {
  protected override headingIs = "ispvm-device-head, h1:not(.named)"
  @state() private ports: readonly Interface[] = []
  @state() private shown: readonly Interface[] = []
  /** Whatever put it out of reach: also what failed as a whole site, an upstream or its agent. */
  @state() private incidents: readonly Incident[] = []
  @state() private events: readonly EventRow[] = []
  @state() private series: DeviceSeries = NO_SERIES
  @state() private phase: "loading" | "ready" | "failed" = "loading"
  @state() private why = ""
  @state() private editing = false
  /** What is shown where the address names no range: as much as there is to be seen, decided once. */
  @state() private preset = "1h"
  #isPresetChosen = false
  #hasScrolledToTab = false
  readonly #sparks = new Map<number, (number | null)[]>()
  #rangeQuery = ""
  #reloadTimer: ReturnType<typeof setTimeout> | undefined
  private companionCode: "not-loaded" | "loading" | "ready" | "failed" = "not-loaded"

  static override styles = [shared, panel, deviceStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.incidents])
  }

  protected override opened(): void {
    const id = this.#id()
    this.until(this.deps.live.withPorts(id))
    this.until(
      this.deps.live.on("readings", (readings) => {
        this.ports = patchPorts(this.ports, readings)
        this.#keepSparks()
        const range = this.#range()
        if (range.kind === "fixed" || this.phase !== "ready") return
        const status = this.deps.fleet.value.devices.get(id)?.status.status
        const isUnreachable = status === "down" || status === "unreachable" || status === "unknown"
        this.series = appendReadings(this.series, readings, {
          id,
          fromMs: nowMs() - range.spanMs,
          nowMs: nowMs(),
          isUnreachable,
        })
      }),
    )
    this.until(
      this.deps.live.on("event", (event) => {
        if (event.deviceId === id)
          this.events = [event, ...this.events.filter((each) => each.id !== event.id)]
      }),
    )
    const scheduleReload = (): void => {
      clearTimeout(this.#reloadTimer)
      this.#reloadTimer = setTimeout(() => void this.#loadIncidents(), DEBOUNCE_MS)
    }
    this.until(this.deps.live.on("incident", scheduleReload))
    this.until(() => clearTimeout(this.#reloadTimer))
    const timer = setInterval(() => void this.#load(), REFRESH_MS)
    this.until(() => clearInterval(timer))
    const sources = setInterval(() => void this.deps.fleet.refresh(id), 5_000)
    this.until(() => clearInterval(sources))
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    // Another range in the address is another question to the appliance.
    const rangeQuery = ["range", "from", "to"].map((key) => this.query.get(key) ?? "").join("|")
    if (rangeQuery === this.#rangeQuery && this.phase !== "loading") return
    if (rangeQuery !== this.#rangeQuery || this.ports.length === 0) {
      this.#rangeQuery = rangeQuery
      if (this.hasUpdated || this.isConnected) void this.#load()
    }
  }

  /** A link to a tab is a link to what stands in it, not to the charts above. */
  override updated(): void {
    if (this.#hasScrolledToTab || this.phase === "loading") return
    this.#hasScrolledToTab = true
    // The charts above take their heights first.
    if (this.query.has("tab"))
      requestAnimationFrame(() =>
        this.renderRoot.querySelector(".tabs")?.scrollIntoView({ block: "start" }),
      )
  }

  override render() {
    const fleet = this.deps.fleet.value
    const device = fleet.devices.get(this.#id())
    if (fleet.phase === "loading")
      return html`<ispvm-skeleton lines="3"></ispvm-skeleton><ispvm-skeleton shape="chart"></ispvm-skeleton>`
    if (fleet.phase === "failed")
      return html`<ispvm-failed why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    if (device === undefined) return this.#gone()
    document.title = `${device.name} · ${t.terms.product}`
    return html`<div class="page">
      <ispvm-device-head .device=${device} .deps=${this.deps} @edit=${() => this.#edit(true)}></ispvm-device-head>
      <ispvm-fault-injection .deps=${this.deps} .device=${device}></ispvm-fault-injection>
      ${this.#ranges()} ${this.#charts(device)} ${this.#tabs()}
      <ispvm-device-edit
        ?open=${this.editing}
        .device=${device}
        .deps=${this.deps}
        @dismiss=${() => this.#edit(false)}
        @removed=${() => this.deps.go(paths.devices)}
      ></ispvm-device-edit>
    </div>`
  }

  #range(): Range {
    return readRange(this.query, this.preset)
  }
  #id(): string {
    return this.params.id ?? ""
  }

  #gone() {
    return html`<ispvm-empty icon="unplug" heading=${strings.goneTitle} text=${strings.goneText}>
      <ispvm-button href=${paths.devices}>${t.shell.devices}</ispvm-button>
    </ispvm-empty>`
  }

  #ranges() {
    const range = this.#range()
    return html`<div class="ranges" role="group" aria-label=${strings.range}>
      ${SPANS.map(
        (
          span,
        ) => html`<ispvm-chip ?active=${range.kind === "live" && range.key === span.key} @click=${() => this.setQuery({ range: span.key === this.preset ? "" : span.key, from: "", to: "" })}
          >${span.label}</ispvm-chip
        >`,
      )}
      ${range.kind === "fixed" ? html`<ispvm-button kind="quiet" icon="rotate-cw" @click=${this.#onBack}>${strings.backToLive}</ispvm-button>` : nothing}
      <span class="muted hint">${t.components.chartHint}</span>
    </div>`
  }

  #charts(device: Device) {
    if (this.phase === "failed")
      return html`<section class="panel"><ispvm-failed heading=${strings.chartsFailed} why=${this.why} @retry=${() => void this.#load()}></ispvm-failed></section>`
    if (this.phase === "loading")
      return html`<div class="charts"><section class="panel"><ispvm-skeleton shape="chart"></ispvm-skeleton></section><section class="panel"><ispvm-skeleton shape="chart"></ispvm-skeleton></section></div>`
    return html`<div class="charts" @chart-zoom=${this.#onZoom} @chart-reset=${this.#onBack}>
      ${drawCharts({ series: this.series, shown: this.shown, span: bounds(this.#range(), nowMs()), incidents: this.incidents, isProbed: device.agentId !== null || (this.series.ping.columns.lossRatio ?? []).some((value) => value != null) })}
    </div>`
  }

  #tabs() {
    const tab = this.query.get("tab") ?? "interfaces"
    const tabs = [
      { key: "interfaces", label: strings.tabs.interfaces, count: this.ports.length },
      { key: "events", label: strings.tabs.events },
      { key: "sensors", label: strings.tabs.sensors },
      { key: "companion", label: t.companion.tab.title },
    ]
    return html`<section class="panel tabs ${this.query.has("tab") ? "targeted" : ""}">
      <ispvm-tabs
        label=${strings.tabs.label}
        .tabs=${tabs}
        active=${tab}
        @pick-tab=${(event: CustomEvent<string>) => this.setQuery({ tab: event.detail === "interfaces" ? "" : event.detail })}
      ></ispvm-tabs>
      <div role="tabpanel" aria-label=${tabs.find((each) => each.key === tab)?.label ?? ""}>
        ${tab === "companion" ? this.#companion() : tab === "events" ? drawEvents(this.events) : tab === "sensors" ? drawSensors(this.series, bounds(this.#range(), nowMs())) : this.#ports()}
      </div>
    </section>`
  }

  /** Its code comes when the tab is opened. */
  #companion() {
    if (this.companionCode === "not-loaded") void this.#loadCompanion()
    if (this.companionCode === "failed")
      return html`<ispvm-failed heading=${t.shell.loadFailed(t.companion.tab.title)} why=${t.shell.loadFailedWhy} @retry=${() => void this.#loadCompanion()}></ispvm-failed>`
    if (this.companionCode !== "ready") return html`<ispvm-skeleton lines="8"></ispvm-skeleton>`
    return html`<ispvm-companion .deps=${this.deps} .device=${this.deps.fleet.value.devices.get(this.#id()) ?? null}></ispvm-companion>`
  }
  async #loadCompanion(): Promise<void> {
    this.companionCode = "loading"
    try {
      await import("../features/companion/ispvm-companion.ts")
      this.companionCode = "ready"
    } catch {
      // Out of reach, or a newer release runs: it is said where it was asked for.
      this.companionCode = "failed"
    }
    this.requestUpdate()
  }

  #ports() {
    return drawPorts({
      ports: this.ports,
      sparks: this.#sparks,
      sort: this.query.get("sort") ?? "-rx",
      onSort: (sort) => this.setQuery({ sort }),
    })
  }

  async #loadIncidents(): Promise<void> {
    if (!this.deps.session.can("incidents:read")) return
    try {
      this.incidents = (
        await this.deps.api.incidents({ device: this.#id(), limit: MAX_INCIDENTS })
      ).items
    } catch (error) {
      // The marks that are drawn stay; the charts do without newer ones.
      if (!(error instanceof ApiError)) throw error
    }
  }

  async #load(): Promise<void> {
    void this.#loadIncidents()
    const id = this.#id()
    const rangeQuery = this.#rangeQuery
    try {
      const [ports, events] = await Promise.all([
        this.deps.api.interfaces(id),
        this.deps.api.events({ device: id, limit: 100 }),
      ])
      this.ports = ports.items
      this.events = events.items
      // The chosen ports stay while one looks: lines that swap places with every reading cannot be read.
      if (this.shown.length === 0) this.shown = busiest(ports.items)
      const series = await loadSeries(this.deps.api, id, this.shown, bounds(this.#range(), nowMs()))
      if (rangeQuery !== this.#rangeQuery) return
      if (this.#choosePreset(series)) return void this.#load()
      this.series = series
      this.phase = "ready"
    } catch (error) {
      if (this.phase === "ready") return
      this.phase = "failed"
      this.why = error instanceof Error ? error.message : String(error)
    }
  }

  /** True where it makes another question of the same address. */
  #choosePreset(series: DeviceSeries): boolean {
    const range = this.#range()
    if (this.#isPresetChosen || range.kind === "fixed" || this.query.has("range")) return false
    this.#isPresetChosen = true
    const probes = series.ping.columns.lossRatio ?? []
    const first = series.ping.atMs.find((_, index) => probes[index] != null) ?? null
    this.preset = defaultSpan(first, nowMs())
    return this.preset !== range.key
  }

  #keepSparks(): void {
    for (const port of this.ports) {
      const kept = this.#sparks.get(port.id) ?? []
      this.#sparks.set(
        port.id,
        [...kept, port.rxBps === null ? null : port.rxBps + (port.txBps ?? 0)].slice(-SPARK_POINTS),
      )
    }
  }
  #edit(open: boolean): void {
    this.editing = open && isPage(paths.devices)
  }

  readonly #onZoom = (event: CustomEvent<{ fromMs: number; toMs: number }>): void =>
    this.setQuery(zoomQuery(event.detail.fromMs, event.detail.toMs))
  readonly #onBack = (): void => this.setQuery({ from: "", to: "" })
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-device": IspvmPageDevice
  }
}
