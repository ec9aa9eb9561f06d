import type { Device, Interface } from "@ispvm/appliance/api/inventory"
import { html, type TemplateResult } from "lit"
import { customElement, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { nowMs } from "../components/now.ts"
import {
  appendReadings,
  busiest,
  type DeviceSeries,
  loadOthers,
  loadSeries,
  patchPorts,
} from "../features/device/device-series.ts"
import { deviceStyles, tableHeight } from "../features/device/device-styles.ts"
import {
  type Collected,
  type DataTab,
  dataTab,
  hasProbeValues,
  PROBE_VALUES,
  shownTabs,
} from "../features/device/device-tabs.ts"
import { keepSparks, type PortSparks } from "../features/device/port-sparks.ts"
import { drawCharts, drawPorts } from "../features/device/views.ts"
import { RangeController } from "../features/range/range-controller.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { INTERVAL_MS, intervalOf } from "../state/freshness.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-tabs.ts"
import "../features/network/ispvm-device-faults.ts"
import "../features/network/ispvm-fault-injection.ts"
import "../features/device/ispvm-device-edit.ts"
import "../features/device/ispvm-device-head.ts"
import "../features/probes/ispvm-device-probes.ts"
import "../features/device/ispvm-device-reading.ts"

const strings = t.pages.device
/**
 * Live charts are continued by the stream and reloaded now and then, so that buckets are complete.
 */
const REFRESH_MS = 120_000
/** In a storm incidents change many times a second. */
const DEBOUNCE_MS = 400
const MAX_INCIDENTS = 100

type LazyCode = "companion" | "diagnostics" | "tabs"
const LAZY_CODE: Readonly<Record<LazyCode, () => Promise<unknown>>> = {
  companion: () => import("../features/companion/ispvm-companion.ts"),
  diagnostics: () => import("../features/diagnostics/ispvm-diagnostics.ts"),
  tabs: () => import("../features/device/lazy-tabs.ts"),
}
/** What an address says of a tab does not belong to another one. */
const NO_TAB = {
  ...{ part: "", q: "", row: "", sort: "", gone: "" },
  ...{ level: "", source: "", span: "", off: "", run: "", changed: "" },
} as const
/** Tabs with an element of their own, in the code of tabs. */
const OWN_TABS: ReadonlySet<string> = new Set(["events", "configuration", "collection"])
const NOTHING_COLLECTED: Collected = { tables: [], families: [] }

type Lists = {
  readonly ports: readonly Interface[]
  readonly collected: Collected
}

/** The device page. */
@customElement("ispvm-page-device")
export class IspvmPageDevice extends Page {
  protected override headingIs = "ispvm-device-head, h1:not(.named)"
  readonly #range = new RangeController(this, {
    query: () => this.query,
    setQuery: (changes) => this.setQuery(changes),
  })
  readonly #lists = new RequestController(this, {
    key: () => [this.#id()] as const,
    load: async ([id]): Promise<Lists> => {
      const [ports, tables, families] = await Promise.all([
        this.deps.api.interfaces(id),
        this.deps.api.deviceTables(id),
        this.deps.api.deviceMetricFamilies(id),
      ])
      return {
        ports: ports.items,
        collected: { tables: tables.items, families: families.items },
      }
    },
    everyMs: REFRESH_MS,
    onReady: ({ ports }) => {
      // The chosen interfaces stay the same: lines that change places with every sample are
      // unreadable.
      if (this.shown.length === 0) this.shown = busiest(ports)
      void this.#series.reload()
    },
  })
  readonly #series = new RequestController(this, {
    key: () => (this.#lists.value === undefined ? null : ([this.#id(), this.#range.key] as const)),
    load: () => this.#loadSeries(),
    keepsValue: ([was], [is]) => was === is,
  })
  readonly #others = new RequestController(this, {
    key: () => (this.#series.value === undefined ? null : ([this.#id(), this.#range.key] as const)),
    load: ([id]) => loadOthers(this.deps.api, id, this.#collected.families, this.#range.span),
    keepsValue: ([was], [is]) => was === is,
    everyMs: REFRESH_MS,
  })
  /** The incidents of the device, also those of its site, an upstream or its agent. */
  readonly #incidents = new RequestController(this, {
    key: () => (this.deps.session.can("incidents:read") ? ([this.#id()] as const) : null),
    load: async ([device]) =>
      (await this.deps.api.incidents({ device, limit: MAX_INCIDENTS })).items,
    everyMs: REFRESH_MS,
  })
  @state() private shown: readonly Interface[] = []
  @state() private editing = false
  #hasScrolledToTab = false
  #sparks: PortSparks = new Map()
  readonly #code: Record<LazyCode, "not-loaded" | "loading" | "ready" | "failed"> = {
    companion: "not-loaded",
    diagnostics: "not-loaded",
    tabs: "not-loaded",
  }

  static override styles = [shared, panel, deviceStyles, tableHeight]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.incidents])
  }

  protected override opened(): void {
    const id = this.#id()
    this.until(this.deps.live.withPorts(id))
    this.until(
      this.deps.live.on("readings", (readings) => {
        this.#lists.update((was) => ({ ...was, ports: patchPorts(was.ports, readings) }))
        this.#sparks = keepSparks(this.#sparks, this.#ports)
        const range = this.#range.value
        if (range.kind === "fixed") return
        const moment = { id, fromMs: nowMs() - range.spanMs, everyMs: this.#everyMs(id) }
        this.#series.update((was) => appendReadings(was, readings, moment))
      }),
    )
    this.until(this.deps.live.on("incident", () => this.#incidents.reloadIn(DEBOUNCE_MS)))
    const sources = setInterval(() => void this.deps.fleet.refresh(id), 5_000)
    this.until(() => clearInterval(sources))
  }

  get #phase(): "loading" | "ready" | "failed" {
    if (this.#series.value !== undefined) return "ready"
    const isFailed = [this.#lists, this.#series].some(({ state }) => state.phase === "failed")
    return isFailed ? "failed" : "loading"
  }
  get #collected(): Collected {
    return this.#lists.value?.collected ?? NOTHING_COLLECTED
  }
  get #ports(): readonly Interface[] {
    return this.#lists.value?.ports ?? []
  }

  /** A link to a tab scrolls to its content, below the charts. */
  override updated(): void {
    if (this.#hasScrolledToTab || this.#phase === "loading") return
    this.#hasScrolledToTab = true
    // Waits until the charts above have their height.
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
      return html`<ispvm-failed heading=${t.network.failed} why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    if (device === undefined) return this.#gone()
    document.title = `${device.name} · ${t.terms.product}`
    return html`<div class="page">
      <ispvm-device-head .device=${device} .deps=${this.deps} @edit=${() => this.#edit(true)}></ispvm-device-head>
      <ispvm-fault-injection .deps=${this.deps} .device=${device}></ispvm-fault-injection>
      <ispvm-device-faults .deps=${this.deps} .router=${device.name}></ispvm-device-faults>
      ${this.#range.bar()} ${this.#charts(device)} ${this.#tabs()}
      <ispvm-device-edit
        ?open=${this.editing}
        .device=${device}
        .deps=${this.deps}
        @dismiss=${() => this.#edit(false)}
        @removed=${() => this.deps.go(paths.devices)}
      ></ispvm-device-edit>
    </div>`
  }

  #id(): string {
    return this.params.id ?? ""
  }

  #gone() {
    return html`<ispvm-empty icon="unplug" heading=${strings.goneTitle} text=${strings.goneText}>
      <ispvm-button href=${paths.devices}>${t.shell.devices}</ispvm-button>
    </ispvm-empty>`
  }

  #charts(device: Device) {
    if (this.#phase === "failed") {
      const failed = [this.#lists, this.#series].find(({ state }) => state.phase === "failed")
      const why = failed?.state.phase === "failed" ? failed.state.error.message : ""
      return html`<section class="panel"><ispvm-failed heading=${strings.chartsFailed} why=${why} @retry=${this.#lists.reload}></ispvm-failed></section>`
    }
    const loaded = this.#series.value
    if (loaded === undefined)
      return html`<div class="charts"><section class="panel"><ispvm-skeleton shape="chart"></ispvm-skeleton></section><section class="panel"><ispvm-skeleton shape="chart"></ispvm-skeleton></section></div>`
    const series = this.#withOthers(loaded)
    return html`<div class="charts" @chart-zoom=${this.#range.onZoom} @chart-reset=${this.#range.onBack}>
      ${drawCharts({ series, shown: this.shown, span: this.#range.span, incidents: this.#incidents.value ?? [], isProbed: device.agentId !== null || (series.ping.columns["ping.loss_pct"] ?? []).some((value) => value != null) })}
    </div>`
  }

  #tabs() {
    const tab = this.query.get("tab") ?? "interfaces"
    const data = shownTabs(this.#lists.value?.collected, tab)
    const groups = t.tables.groups
    const tabs = [
      { key: "interfaces", label: strings.tabs.interfaces, count: this.#ports.length },
      ...data.map(({ key }) => ({ key, label: groups[key] ?? key })),
      ...(this.deps.session.can("probes:read") ? [{ key: "probes", label: t.probes.title }] : []),
      { key: "events", label: groups.log ?? "" },
      { key: "configuration", label: groups.configuration ?? "" },
      { key: "collection", label: groups.collection ?? "" },
      { key: "reading", label: pageTexts.reading.tab },
      { key: "companion", label: pageTexts.companion.tab.title },
      ...(this.deps.session.can("diagnostics:run")
        ? [{ key: "diagnostics", label: pageTexts.diagnostics.title }]
        : []),
    ]
    return html`<section class="panel tabs ${this.query.has("tab") ? "targeted" : ""}">
      <ispvm-tabs
        label=${strings.tabs.label}
        .tabs=${tabs}
        active=${tab}
        @pick-tab=${(event: CustomEvent<string>) => this.setQuery({ ...NO_TAB, tab: event.detail === "interfaces" ? "" : event.detail })}
      ></ispvm-tabs>
      <div role="tabpanel" aria-label=${tabs.find((each) => each.key === tab)?.label ?? ""} @change-query=${(event: CustomEvent<Readonly<Record<string, string>>>) => this.setQuery(event.detail)}>
        ${this.#tabContent(tab)}
      </div>
    </section>`
  }

  #tabContent(tab: string) {
    const device = this.deps.fleet.value.devices.get(this.#id()) ?? null
    if (tab === "companion")
      return this.#lazy(
        "companion",
        pageTexts.companion.tab.title,
        () => html`<ispvm-companion .deps=${this.deps} .device=${device}></ispvm-companion>`,
      )
    if (tab === "probes")
      return html`<ispvm-device-probes .deps=${this.deps} device=${this.#id()}></ispvm-device-probes>
        ${hasProbeValues(this.#collected) ? this.#lazy("tabs", t.probes.title, () => this.#data(device, PROBE_VALUES)) : ""}`
    if (tab === "reading")
      return html`<ispvm-device-reading .deps=${this.deps} device=${this.#id()}></ispvm-device-reading>`
    if (tab === "diagnostics")
      return this.#lazy(
        "diagnostics",
        pageTexts.diagnostics.title,
        () =>
          html`<ispvm-diagnostics .deps=${this.deps} .ports=${this.#ports} .target=${device} run=${this.query.get("run") ?? ""} @pick-run=${(event: CustomEvent<string>) => this.setQuery({ run: event.detail })}></ispvm-diagnostics>`,
      )
    const data = dataTab(tab)
    if (data === null && !OWN_TABS.has(tab)) return this.#portTable()
    return this.#lazy("tabs", t.tables.groups[tab] ?? "", () => {
      if (tab === "events")
        return html`<ispvm-device-log .deps=${this.deps} device=${this.#id()} .query=${this.query}></ispvm-device-log>`
      if (tab === "configuration")
        return html`<ispvm-device-configuration .deps=${this.deps} .device=${device} .query=${this.query}></ispvm-device-configuration>`
      if (tab === "collection")
        return html`<ispvm-device-collection .deps=${this.deps} .device=${device} .query=${this.query}></ispvm-device-collection>`
      return this.#data(device, data)
    })
  }

  #data(device: Device | null, tab: DataTab | null) {
    if (this.#lists.value === undefined) return html`<ispvm-skeleton lines="8"></ispvm-skeleton>`
    return html`<div @chart-zoom=${this.#range.onZoom} @chart-reset=${this.#range.onBack}>
        <ispvm-device-data
          .deps=${this.deps}
          .device=${device}
          .tab=${tab}
          .collected=${this.#collected}
          .ports=${this.#ports}
          .span=${this.#range.span}
          span-key=${this.#range.key}
          .query=${this.query}
        ></ispvm-device-data>
      </div>`
  }

  /** The code of a tab is loaded when it is opened. */
  #lazy(code: LazyCode, title: string, ready: () => TemplateResult): TemplateResult {
    const phase = this.#code[code]
    if (phase === "not-loaded") void this.#loadCode(code)
    if (phase === "failed")
      return html`<ispvm-failed heading=${t.shell.loadFailed(title)} why=${t.shell.loadFailedWhy} @retry=${() => void this.#loadCode(code)}></ispvm-failed>`
    return phase === "ready" ? ready() : html`<ispvm-skeleton lines="8"></ispvm-skeleton>`
  }
  async #loadCode(code: LazyCode): Promise<void> {
    this.#code[code] = "loading"
    try {
      await LAZY_CODE[code]()
      this.#code[code] = "ready"
    } catch {
      // The appliance is unreachable or runs a newer release; the error is shown in the tab.
      this.#code[code] = "failed"
    }
    this.requestUpdate()
  }

  #portTable() {
    return drawPorts({
      ports: this.#ports,
      sparks: this.#sparks,
      sort: this.query.get("sort") ?? "-rx",
      onSort: (sort) => this.setQuery({ sort }),
    })
  }

  async #loadSeries(): Promise<DeviceSeries> {
    const has = { families: this.#collected.families, ports: this.shown }
    const read = () => loadSeries(this.deps.api, this.#id(), has, this.#range.span)
    const series = await read()
    return this.#choosePreset(series) ? await read() : series
  }

  #withOthers(series: DeviceSeries): DeviceSeries {
    return { ...series, others: this.#others.value ?? [] }
  }

  #choosePreset({ ping }: DeviceSeries): boolean {
    const probes = ping.columns["ping.loss_pct"] ?? []
    return this.#range.choosePreset(ping.atMs.find((_, index) => probes[index] != null) ?? null)
  }

  #everyMs(id: string) {
    const device = this.deps.fleet.value.devices.get(id)
    return device === undefined
      ? INTERVAL_MS
      : { health: intervalOf(device, "health"), interface: intervalOf(device, "interface") }
  }
  #edit(open: boolean): void {
    this.editing = open
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-device": IspvmPageDevice
  }
}
