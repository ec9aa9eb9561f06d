import type { EventRow } from "@ispvm/appliance/api/incidents"
import type { Interface } from "@ispvm/appliance/api/inventory"
import type { EndDevice } from "@ispvm/appliance/api/links"
import type { Readings } from "@ispvm/appliance/api/live"
import type { Permission } from "@ispvm/appliance/api/shared"
import type { PropertyValues } from "lit"
import { state } from "lit/decorators.js"
import type { IncidentParams } from "../../api/client.ts"
import { ApiError } from "../../api/problem.ts"
import { nowMs } from "../../components/now.ts"
import { Page } from "../../pages/page.ts"
import { INTERVAL_MS, intervalOf } from "../../state/freshness.ts"
import { RequestController } from "../../state/request.ts"
import { StoreController } from "../../state/store-controller.ts"
import { RangeController } from "../range/range-controller.ts"
import { appendEnd, type End, type EndSeries, loadEnd } from "./end-series.ts"

/** Values follow the stream; data that it does not carry is reloaded at this interval. */
const DETAIL_MS = 15_000
const CHARTS_MS = 120_000
/** In a storm incidents change many times a second; they are reloaded after a pause. */
const DEBOUNCE_MS = 400
const EVENTS_SPAN_MS = 30 * 86_400_000
const MAX_EVENTS = 100
const MAX_INCIDENTS = 50

type NamedEnd = End & { readonly interface: string | null }

/**
 * The common part of the link and interface pages: the subject, the history of its ends, incidents
 * and events.
 */
export abstract class EndsPage<T> extends Page {
  protected readonly range = new RangeController(this, {
    query: () => this.query,
    setQuery: (changes) => this.setQuery(changes),
  })
  protected readonly detail = new RequestController(this, {
    key: () => [this.subject()] as const,
    load: () => this.read(),
    everyMs: DETAIL_MS,
    isGone: (error) => this.isGone(error),
    onReady: () => {
      void this.incidents.reload()
      void this.events.reload()
    },
  })
  protected readonly charts = new RequestController(this, {
    key: () => (this.ends().length === 0 ? null : ([this.subject(), this.range.key] as const)),
    load: () => this.#loadCharts(),
    everyMs: CHARTS_MS,
    keepsValue: ([was], [is]) => was === is,
  })
  protected readonly incidents = new RequestController(this, {
    key: () => this.#keyOf("incidents:read"),
    load: async () =>
      (await this.deps.api.incidents({ ...this.incidentParams(), limit: MAX_INCIDENTS })).items,
  })
  protected readonly events = new RequestController(this, {
    key: () => this.#keyOf("events:read"),
    load: () => this.#loadEvents(),
  })
  @state() private fresh: ReadonlyMap<number, Readings["interfaces"][number]> = new Map()
  #subject = ""
  #leavePorts: () => void = () => undefined

  /** The subject from the URL; another subject is another page. */
  protected abstract subject(): string
  protected abstract read(): Promise<T>
  protected abstract endsOf(detail: T): readonly NamedEnd[]
  protected abstract incidentParams(): IncidentParams
  /** The device whose interfaces are all requested from the stream. */
  protected portsOf(): string | null {
    return null
  }

  constructor() {
    super()
    new StoreController(this, () => {
      const { fleet, incidents, session, live } = this.deps
      return [fleet, incidents, session, live.state]
    })
  }

  protected override opened(): void {
    const { live } = this.deps
    this.until(live.on("readings", (readings) => this.#onReadings(readings)))
    this.until(
      live.on("event", (event) => {
        if (!this.ends().some((end) => isOf(event, end))) return
        this.events.update((was) =>
          [event, ...was.filter((each) => each.id !== event.id)].slice(0, MAX_EVENTS),
        )
      }),
    )
    this.until(live.on("incident", () => this.detail.reloadIn(DEBOUNCE_MS)))
    this.until(
      live.on("hello", (hello) => {
        if (!hello.resumed) this.detail.reloadIn(DEBOUNCE_MS)
      }),
    )
    this.until(() => this.#leavePorts())
    if (this.#subject !== "") this.#followPorts()
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    if (this.subject() === this.#subject) return
    this.#subject = this.subject()
    this.fresh = new Map()
    this.#followPorts()
  }

  protected ends(): readonly NamedEnd[] {
    const { value } = this.detail
    return value === undefined ? [] : this.endsOf(value)
  }
  protected get series(): readonly EndSeries[] {
    return this.charts.value ?? []
  }
  protected isStale(): boolean {
    return this.detail.isStale || this.deps.live.state.value.phase === "lost"
  }

  /** With later values of the stream. */
  protected freshPort(port: Interface | null): Interface | null {
    return port === null ? null : { ...port, ...this.fresh.get(port.id) }
  }
  protected freshDevice(end: EndDevice): EndDevice {
    const known = this.deps.fleet.value.devices.get(end.id)
    if (known === undefined) return end
    const {
      name,
      siteId,
      siteName,
      agentName,
      status,
      incidentId,
      rttMs,
      lossPct,
      lastSeenAtMs,
      probedAtMs,
    } = known
    return {
      id: end.id,
      name,
      siteId,
      siteName,
      agentName,
      status,
      incidentId,
      rttMs,
      lossPct,
      lastSeenAtMs,
      probedAtMs,
    }
  }

  protected isGone(error: Error): boolean {
    return error instanceof ApiError && [400, 404, 422].includes(error.status)
  }

  protected readonly loadAll = (): void => {
    void this.detail.reload()
    void this.charts.reload()
  }

  /** Loads that need the ends wait for them. */
  #keyOf(permission: Permission): readonly [string] | null {
    return this.detail.value === undefined || !this.deps.session.can(permission)
      ? null
      : [this.subject()]
  }

  async #loadEvents(): Promise<readonly EventRow[]> {
    const since = Math.round(nowMs() - EVENTS_SPAN_MS)
    const pages = await Promise.all(
      this.ends().map(({ deviceId, interface: name }) =>
        name === null
          ? { items: [] }
          : this.deps.api.interfaceEvents(deviceId, { interface: name, since, limit: MAX_EVENTS }),
      ),
    )
    const events = pages.flatMap((page) => [...page.items]).sort((a, b) => b.atMs - a.atMs)
    return events.slice(0, MAX_EVENTS)
  }

  async #loadCharts(): Promise<readonly EndSeries[]> {
    const read = () =>
      Promise.all(this.ends().map((end) => loadEnd(this.deps.api, end, this.range.span)))
    const series = await read()
    return this.#choosePreset(series) ? await read() : series
  }

  #choosePreset(series: readonly EndSeries[]): boolean {
    const firsts = series.flatMap(({ ping, port }) =>
      [ping, port].flatMap(
        ({ atMs, columns }) =>
          atMs.find((_, index) => Object.values(columns).some((each) => each[index] != null)) ?? [],
      ),
    )
    return this.range.choosePreset(firsts.length === 0 ? null : Math.min(...firsts))
  }

  #followPorts(): void {
    this.#leavePorts()
    const device = this.portsOf()
    const leave = device === null ? undefined : this.deps.live.withPorts(device)
    this.#leavePorts = () => {
      this.#leavePorts = () => undefined
      leave?.()
    }
  }
  #onReadings(readings: Readings): void {
    const ends = this.ends()
    const own = readings.interfaces.filter((each) =>
      ends.some((end) => end.interfaceId === each.id),
    )
    if (own.length > 0)
      this.fresh = new Map([...this.fresh, ...own.map((each) => [each.id, each] as const)])
    const range = this.range.value
    if (range.kind === "fixed") return
    const fromMs = nowMs() - range.spanMs
    this.charts.update((series) =>
      series.map((each, index) => {
        const end = ends[index]
        if (end === undefined) return each
        const device = this.deps.fleet.value.devices.get(end.deviceId)
        const everyMs =
          device === undefined ? INTERVAL_MS.interface : intervalOf(device, "interface")
        return appendEnd(each, readings, end, { fromMs, everyMs })
      }),
    )
  }
}

const isOf = (event: EventRow, end: NamedEnd): boolean =>
  event.deviceId === end.deviceId && event.interface === end.interface
