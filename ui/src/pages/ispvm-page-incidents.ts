import type { Incident } from "@ispvm/appliance/api/incidents"
import { html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import type { AnswerOf } from "../api/call.ts"
import { paths } from "../app/paths.ts"
import { ColumnChoice } from "../components/column-choice.ts"
import type { IspvmPagedTable, RowTone, TableGroup } from "../components/ispvm-paged-table.ts"
import { NEWEST, type PageKeys } from "../components/ispvm-pager.ts"
import { isTyping } from "../components/keys.ts"
import { nowMs } from "../components/now.ts"
import { type BulkOutcome, currentProblems, type RowProblem } from "../features/incidents/bulk.ts"
import { HIDDEN_AT_FIRST, incidentColumns } from "../features/incidents/columns.ts"
import { FILTER_KEYS, isFiltered, readFilters } from "../features/incidents/filter-query.ts"
import {
  closedRows,
  type Group,
  groupsOf,
  neighbour,
  newIncidents,
  readState,
  STATES,
} from "../features/incidents/groups.ts"
import { incidentsStyles } from "../features/incidents/incidents-styles.ts"
import type { WhenQuery } from "../features/range/ispvm-when.ts"
import { WHEN_KEYS, whenQuery } from "../features/range/when-query.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { severityOf } from "../state/severity.ts"
import { StoreController } from "../state/store-controller.ts"
import { columnHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-paged-table.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../features/incidents/ispvm-incident-filters.ts"
import "../features/incidents/ispvm-incidents-bulk.ts"
import "../features/incidents/ispvm-row-symptoms.ts"
import "../features/range/ispvm-when.ts"

const strings = t.incidents
const PAGE_ROWS = 50
const NONE: ReadonlySet<string> = new Set()
/** An incident that is closed is read again with the others, a moment after the stream says so. */
const RELOAD_MS = 300
type ClosedPage = AnswerOf<"GET /incidents">

/**
 * What broke: open and acknowledged incidents as the stream brings them, closed ones page by page.
 * New ones never move what is being read.
 */
@customElement("ispvm-page-incidents")
export class IspvmPageIncidents extends Page {
  readonly #closed = new RequestController(this, {
    key: () =>
      ["before", "after", ...WHEN_KEYS, ...FILTER_KEYS].map((key) => this.query.get(key) ?? ""),
    load: ([before, after]) =>
      this.deps.api.incidents({
        state: "closed",
        limit: PAGE_ROWS,
        ...(before ? { before } : {}),
        ...(after ? { after } : {}),
        ...whenQuery(this.query, nowMs()),
        ...readFilters(this.query, this.#me),
      }),
    keepsValue: () => true,
  })
  /** The open ones that match the filters; the appliance decides, as for the closed ones. */
  readonly #matching = new RequestController(this, {
    key: () =>
      isFiltered(this.query) ? FILTER_KEYS.map((key) => this.query.get(key) ?? "") : null,
    load: async () => {
      const filters = readFilters(this.query, this.#me)
      const { items } = await this.deps.api.incidents({ state: "active", limit: 500, ...filters })
      return new Set(items.map(({ id }) => id))
    },
    keepsValue: () => true,
  })
  readonly #action = new ActionController<string>(this)
  readonly #tableColumns = incidentColumns({
    isOpen: (id) => this.expanded.has(id),
    toggle: (id) => this.#toggle(id),
    canAct: () => this.#canAct,
    isBusy: (id) => this.#action.running === id,
    acknowledge: (incident) => void this.#acknowledge(incident),
  })
  readonly #columns = new ColumnChoice(this, "incidents", this.#tableColumns, HIDDEN_AT_FIRST)
  /** Rows whose symptoms are shown. */
  @state() private expanded: ReadonlySet<string> = new Set()
  @state() private selected: ReadonlySet<string> = new Set()
  @state() private problems: ReadonlyMap<string, RowProblem> = new Map()
  @state() private deferred: ReadonlySet<string> = new Set()
  @query(".list") private list: HTMLElement | null | undefined
  @query("ispvm-paged-table") private table: IspvmPagedTable | null | undefined
  #known: ReadonlySet<string> = new Set()

  static override styles = [shared, columnHost, incidentsStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.incidents, this.deps.session, this.deps.fleet])
  }

  get #canAct(): boolean {
    return this.deps.session.can("incidents:act")
  }

  /** Of the closed ones; those that are open are shown whatever their age. */
  get #isFiltered(): boolean {
    return WHEN_KEYS.some((key) => this.query.has(key)) || isFiltered(this.query)
  }
  get #me(): string {
    return this.deps.session.current()?.account?.id ?? ""
  }

  protected override opened(): void {
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
    this.until(
      this.deps.live.on("incident", ({ state }) => {
        if (state === "closed") this.#closed.reloadIn(RELOAD_MS)
        this.#matching.reloadIn(RELOAD_MS)
      }),
    )
    this.until(
      this.deps.live.on("hello", ({ resumed }) => {
        if (!resumed && !this.#closed.isPending) void this.#closed.reload()
      }),
    )
  }

  override willUpdate(): void {
    const all = this.deps.incidents.value.all
    if (this.list && this.list.scrollTop > 8)
      this.deferred = newIncidents(all.values(), this.#known)
    else this.#showAll()
  }

  override render() {
    const { phase, error, all } = this.deps.incidents.value
    if (phase === "loading" && all.size === 0)
      return html`<ispvm-skeleton lines="10"></ispvm-skeleton>`
    if (phase === "failed")
      return html`<ispvm-failed heading=${strings.failed} why=${error?.message ?? ""} @retry=${() => void this.deps.incidents.reload()}></ispvm-failed>`
    if (all.size === 0 && this.#closed.value?.total === 0 && !this.#isFiltered)
      return html`<ispvm-empty icon="siren" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty>`
    const groups = this.#groups()
    const rows = groups.flatMap(({ items }) => items)
    return html`<h1 class="hidden-visually">${t.shell.incidents}</h1>
      ${this.#tools()}
      <ispvm-incident-filters .deps=${this.deps} .query=${this.query} @change-filter=${(event: CustomEvent<Readonly<Record<string, string>>>) => this.setQuery(event.detail)}></ispvm-incident-filters>
      ${this.#matching.state.phase === "failed" ? html`<ispvm-failed heading=${t.filters.failed} why=${this.#matching.state.error.message} @retry=${this.#matching.reload}></ispvm-failed>` : nothing}
      ${this.#canAct ? html`<ispvm-incidents-bulk .deps=${this.deps} .incidents=${rows.filter(({ id }) => this.selected.has(id))} @acted=${this.#onActed} @clear=${() => this.table?.select([])}></ispvm-incidents-bulk>` : nothing}
      <div class="list" @scroll=${this.#onScroll}>${this.#news()}${this.#table(groups)}</div>`
  }

  #tools() {
    const counts = this.#counts()
    const only = readState(this.query)
    return html`<div class="tools">
      <div class="chips" role="group" aria-label=${strings.filter}>
        <ispvm-chip ?active=${only === null} @click=${() => this.setQuery({ state: "" })}>${strings.all}</ispvm-chip>
        ${STATES.map((state) => html`<ispvm-chip ?active=${only === state} .count=${counts[state]} @click=${() => this.setQuery({ state: only === state ? "" : state })}>${strings.state[state]}</ispvm-chip>`)}
      </div>
      <div class="with-icon wraps push-end">
        <span class="caption wide-only" aria-hidden="true">${strings.closedWhen}</span>
        <ispvm-when bare label=${strings.closedWhen} .query=${this.query} @change-when=${(event: CustomEvent<WhenQuery>) => this.setQuery({ ...NEWEST, ...event.detail })}></ispvm-when>
        <ispvm-button icon="wrench" href=${paths.maintenance}>${t.maintenance.title}</ispvm-button>
        <ispvm-button icon="users" href=${paths.handover}>${t.handover.title}</ispvm-button>
        ${this.#columns.menu()}
      </div>
    </div>`
  }

  #counts(): Readonly<Record<Incident["state"], number | null>> {
    const all = [...this.deps.incidents.value.all.values()]
    const of = (state: Incident["state"]) => all.filter((each) => each.state === state).length
    return {
      open: of("open"),
      acknowledged: of("acknowledged"),
      closed: this.#closed.value?.total ?? null,
    }
  }

  #news() {
    const n = this.deferred.size
    return html`<div class="news" role="status">
      ${n === 0 ? nothing : html`<button type="button" @click=${this.#onNews}>${strings.newOnes(n)}</button>`}
    </div>`
  }

  #table(groups: readonly Group[]) {
    return html`<ispvm-paged-table
      label=${t.shell.incidents}
      min-width="900"
      ?selectable=${this.#canAct}
      active=${this.query.get("incident") ?? ""}
      .columns=${this.#tableColumns}
      .hiddenColumns=${this.#columns.hidden}
      .groups=${groups.map((group) => this.#tableGroup(group))}
      .problems=${currentProblems(
        this.problems,
        groups.flatMap(({ items }) => items),
      )}
      .nameOf=${(incident: Incident) => messageText(incident.title)}
      .toneOf=${toneOf}
      .detailOf=${(incident: Incident) => this.#symptoms(incident)}
      @select-rows=${(event: CustomEvent<ReadonlySet<string>>) => {
        this.#onSelect(event.detail)
      }}
      @pick-row=${(event: CustomEvent<string>) => this.deps.go(paths.incident(event.detail))}
    ></ispvm-paged-table>`
  }

  #groups(): readonly Group[] {
    const { all } = this.deps.incidents.value
    const page = this.#closed.value
    // The stream does not say what matches the filters: the page is read again.
    const isNewest =
      !isFiltered(this.query) && !["before", "after", "from"].some((key) => this.query.has(key))
    const closed = page === undefined ? [] : closedRows(page.items, all, isNewest)
    const matching = isFiltered(this.query) ? (this.#matching.value ?? NONE) : null
    const active = [...all.values()].filter(({ id }) => matching === null || matching.has(id))
    return groupsOf(active, closed, readState(this.query), this.deferred)
  }

  #tableGroup({ state, items }: Group): TableGroup<Incident> {
    const count = state === "closed" ? this.#closed.value?.total : items.length
    const shown = {
      key: state,
      label: strings.state[state],
      rows: items,
      ...(count === undefined || count === 0 ? {} : { count }),
    }
    const note = html`${isFiltered(this.query) ? t.filters.noneMatch : strings.noneOf[state]}`
    if (state !== "closed") return items.length === 0 ? { ...shown, note } : shown
    return {
      ...shown,
      note: this.#closed.render({
        loading: () => html`<ispvm-skeleton lines="4"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${t.lists.incidents.closedFailed} why=${error.message} @retry=${this.#closed.reload}></ispvm-failed>`,
        ready: () =>
          items.length > 0
            ? undefined
            : this.#isFiltered && !isFiltered(this.query)
              ? strings.noneClosedThen
              : note,
      }),
      footer: this.#footer(this.#closed.value),
    }
  }

  #footer(page: ClosedPage | undefined) {
    const { state } = this.#closed
    if (page === undefined || page.total === 0) return undefined
    return html`${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#closed.reload}></ispvm-stale>` : nothing}
      <ispvm-pager .position=${page} size=${PAGE_ROWS} ?busy=${this.#closed.isPending} @turn-page=${(event: CustomEvent<PageKeys>) => this.setQuery({ ...NEWEST, ...event.detail })}></ispvm-pager>`
  }

  #symptoms(incident: Incident) {
    return this.expanded.has(incident.id)
      ? html`<ispvm-row-symptoms .deps=${this.deps} .incident=${incident}></ispvm-row-symptoms>`
      : null
  }

  #showAll(): void {
    this.#known = new Set(this.deps.incidents.value.all.keys())
    if (this.deferred.size > 0) this.deferred = new Set()
  }

  #toggle(id: string): void {
    const next = new Set(this.expanded)
    if (!next.delete(id)) next.add(id)
    this.expanded = next
  }

  async #acknowledge(incident: Incident): Promise<void> {
    const { id } = incident
    this.#reject(new Map())
    const done = await this.#action.run(id, () => this.deps.api.acknowledge(id, ""))
    if (done !== null)
      this.deps.toast({
        tone: "done",
        text: strings.acknowledged(messageText(incident.title)),
        href: paths.incident(id),
      })
    else if (this.#action.error !== null) this.#reject(new Map([[id, this.#action.message]]))
  }

  /** Rows say why the last action on them was rejected. */
  #reject(problems: ReadonlyMap<string, string>): void {
    const rows = new Map(
      this.#groups().flatMap(({ items }) => items.map((each) => [each.id, each])),
    )
    this.problems = new Map(
      [...problems].map(([id, why]) => [
        id,
        { why: t.lists.bulk.rejected(why), updatedAtMs: rows.get(id)?.updatedAtMs ?? 0 },
      ]),
    )
  }

  /** What is no longer selected has been read. */
  #onSelect(ids: ReadonlySet<string>): void {
    const dropped = this.selected.difference(ids)
    this.selected = ids
    if (dropped.size > 0)
      this.problems = new Map([...this.problems].filter(([id]) => !dropped.has(id)))
  }

  readonly #onActed = (event: CustomEvent<BulkOutcome>): void => {
    const { problems } = event.detail
    this.table?.select(problems.keys())
    this.#reject(problems)
  }
  readonly #onScroll = (): void => {
    // At the top there is no reading position to keep.
    if (this.deferred.size > 0 && this.list && this.list.scrollTop <= 8) this.#showAll()
  }
  readonly #onNews = (): void => {
    if (this.list) this.list.scrollTop = 0
    this.#showAll()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
      return
    const rows = this.#groups().flatMap(({ items }) => items)
    const selected = rows.find(({ id }) => id === this.query.get("incident"))
    if (event.key === "j" || event.key === "k") {
      const ids = rows.map(({ id }) => id)
      const next = neighbour(ids, selected?.id ?? null, event.key === "j" ? 1 : -1)
      if (next === null) return
      event.preventDefault()
      this.setQuery({ incident: next })
      // The focus follows the selection, so that Enter opens the selected row after a click
      // elsewhere.
      void this.updateComplete.then(() => this.table?.reveal(next))
    }
    if (selected === undefined) return
    if (event.key === "Enter" && event.composedPath()[0] === document.body)
      this.deps.go(paths.incident(selected.id))
    if (event.key === "a" && selected.state === "open" && this.#canAct)
      void this.#acknowledge(selected)
  }
}

/** Open ones by their severity; what somebody works on, or what is over, is quiet. */
const toneOf = (incident: Incident): RowTone => {
  const severity = severityOf(incident)
  const isLoud = incident.state === "open" && (severity === "down" || severity === "degraded")
  return isLoud ? severity : ""
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-incidents": IspvmPageIncidents
  }
}
