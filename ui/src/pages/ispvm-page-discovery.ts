import type { DecisionAnswer, DiscoveryAnswer, ProposalState } from "@ispvm/appliance/api/discovery"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { proposalColumns } from "../features/discovery/columns.ts"
import { type Decision, decideAll } from "../features/discovery/decide.ts"
import { discoveryStyles } from "../features/discovery/discovery-styles.ts"
import {
  applyFilter,
  FILTER_KEYS,
  type Filtered,
  isAcceptable,
  KINDS,
  MIN_PERCENTS,
  type ProposalFilter,
  type ProposalRow,
  readFilter,
  readState,
  rowsOf,
  STATES,
  shownSources,
} from "../features/discovery/filter.ts"
import type { AcceptChoice } from "../features/discovery/ispvm-accept-devices.ts"
import { count, perCent } from "../i18n/format/units.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { columnHost } from "../theme/hosts.ts"
import { listTools } from "../theme/list-tools.ts"
import { shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-field.ts"
import "../components/ispvm-select.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-table.ts"
import "../components/ispvm-tabs.ts"
import "../features/discovery/ispvm-accept-devices.ts"
import "../features/discovery/ispvm-discovery-run.ts"
import "../features/discovery/ispvm-proposal-evidence.ts"

const strings = pageTexts.discovery
const REFRESH_MS = 60_000
/** The inventory changes in bursts. */
const SOON_MS = 1_000
const NONE: ReadonlySet<string> = new Set()
const HIDDEN: Readonly<Record<ProposalState, ReadonlySet<string>>> = {
  open: new Set(["decided"]),
  accepted: NONE,
  rejected: NONE,
}
type Loaded = DiscoveryAnswer & {
  readonly state: ProposalState
  readonly rows: readonly ProposalRow[]
}
type Failed = { readonly decision: Decision["decision"] } & DecisionAnswer

/** What discovery proposes for the inventory, and what people decide about it. */
@customElement("ispvm-page-discovery")
export class IspvmPageDiscovery extends Page {
  readonly #proposals = new RequestController(this, {
    key: () => [readState(this.query)] as const,
    load: async ([state]): Promise<Loaded> => {
      const answer = await this.deps.api.discovery({ state })
      return { ...answer, state, rows: rowsOf(answer.items) }
    },
    everyMs: REFRESH_MS,
    // The figures of the last run stay while another tab loads.
    keepsValue: () => true,
  })
  readonly #action = new ActionController<"run" | Decision["decision"]>(this)
  readonly #columns = proposalColumns({
    canDecide: () => this.#canWrite,
    isBusy: () => this.#action.isBusy,
    isOpen: (id) => this.query.get("open") === id,
    toggle: (id) => this.#toggle(id),
    decide: (decision, row) => this.#decide(decision, [row]),
  })
  @state() private selected: ReadonlySet<string> = NONE
  @state() private rejected: Failed | null = null
  /** Accepted once the dialog is answered. */
  @state() private accepting: readonly ProposalRow[] = []
  /** How many of a decision are done. */
  @state() private progress: { readonly at: number; readonly all: number } | null = null

  static override styles = [shared, columnHost, listTools, discoveryStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    this.until(
      this.deps.live.on("inventory", ({ what }) => {
        if (what === "device" || what === "link") this.#proposals.reloadIn(SOON_MS)
      }),
    )
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
  }

  get #canWrite(): boolean {
    return this.deps.session.can("inventory:write")
  }

  override render() {
    return html`${this.#proposals.render({
      loading: () => html`${this.#head(null)}<ispvm-skeleton lines="12"></ispvm-skeleton>`,
      failed: (error) =>
        html`${this.#head(null)}<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#proposals.reload}></ispvm-failed>`,
      ready: (loaded) => this.#ready(loaded),
    })}
    <ispvm-accept-devices
      .deps=${this.deps}
      ?open=${this.accepting.length > 0}
      devices=${this.accepting.filter(({ kind }) => kind === "device").length}
      links=${this.accepting.filter(({ kind }) => kind === "link").length}
      @dismiss=${this.#onDismiss}
      @accept-devices=${this.#onAccept}
    ></ispvm-accept-devices>`
  }

  #head(loaded: Loaded | null) {
    return html`<header class="head">
      <div class="grow stack-1">
        <h1>${t.pages.discovery.title}</h1>
        <p class="soft lead">${strings.lead}</p>
      </div>
      ${this.#canWrite && loaded !== null ? this.#runButton(loaded.run === null ? "primary" : "plain") : nothing}
      ${loaded === null ? nothing : html`<ispvm-discovery-run .run=${loaded.run} ?running=${this.#action.running === "run"}></ispvm-discovery-run>`}
    </header>`
  }
  #runButton(kind: "primary" | "plain") {
    return html`<ispvm-button kind=${kind} icon="play" ?busy=${this.#action.running === "run"} ?disabled=${this.#action.isBusy} @click=${() => void this.#run()}>${strings.runNow}</ispvm-button>`
  }

  #ready(loaded: Loaded) {
    const { state: request } = this.#proposals
    const shownState = readState(this.query)
    return html`${this.#head(loaded)}
      ${request.phase === "stale" ? html`<ispvm-stale .at=${request.atMs} why=${request.error.message} @retry=${this.#proposals.reload}></ispvm-stale>` : nothing}
      <ispvm-tabs
        label=${strings.tabs}
        active=${shownState}
        .tabs=${STATES.map((key) => ({ key, label: strings.states[key], count: loaded.counts[key] }))}
        @pick-tab=${(event: CustomEvent<string>) => this.#onTab(event.detail)}
      ></ispvm-tabs>
      ${loaded.state === shownState ? this.#list(loaded) : html`<ispvm-skeleton lines="12"></ispvm-skeleton>`}`
  }

  #list(loaded: Loaded) {
    if (loaded.rows.length === 0) return html`${this.#failures()}${this.#empty(loaded)}`
    const filter = readFilter(this.query)
    const filtered = applyFilter(loaded.rows, filter)
    return html`${this.#tools(filtered, filter, loaded.rows.length)}
      ${this.#bulk(loaded.rows, filtered.rows)}${this.#failures()}
      <div class="fill">${filtered.rows.length === 0 ? this.#none() : this.#table(loaded.state, filtered.rows)}</div>`
  }

  #table(shownState: ProposalState, rows: readonly ProposalRow[]) {
    const open = this.query.get("open") ?? ""
    return html`<ispvm-table
      label=${t.pages.discovery.title}
      keys
      tall
      min-width="980"
      ?selectable=${this.#canWrite}
      .selected=${this.selected}
      .columns=${this.#columns}
      .hiddenColumns=${HIDDEN[shownState]}
      .rows=${rows}
      .detailOf=${(row: ProposalRow) => (row.id === open ? html`<ispvm-proposal-evidence .proposal=${row}></ispvm-proposal-evidence>` : null)}
      sort=${this.query.get("sort") ?? "-confidence"}
      active=${open}
      @select-rows=${(event: CustomEvent<ReadonlySet<string>>) => {
        this.selected = event.detail
      }}
      @sort-rows=${(event: CustomEvent<string>) => this.setQuery({ sort: event.detail })}
      @pick-row=${(event: CustomEvent<string>) => this.#toggle(event.detail)}
    ></ispvm-table>`
  }

  #tools(filtered: Filtered, filter: ProposalFilter, all: number) {
    const { kinds, sources, rows } = filtered
    const confidences = [
      { value: "", label: strings.anyConfidence },
      ...MIN_PERCENTS.map((min) => ({
        value: String(min),
        label: strings.atLeastPercent(perCent(min)),
      })),
    ]
    return html`<div class="tools">
      <ispvm-field class="search" bare label=${t.shell.search} type="search" placeholder=${strings.search} .value=${filter.text} @change-value=${(event: CustomEvent<string>) => this.setQuery({ q: event.detail })}></ispvm-field>
      <ispvm-select class="grow-narrow" bare label=${strings.atLeast} .value=${filter.minPercent === 0 ? "" : String(filter.minPercent)} .choices=${confidences} @change-value=${(event: CustomEvent<string>) => this.setQuery({ min: event.detail })}></ispvm-select>
      <span class="caption nowrap rows">${t.components.rows(count(rows.length), count(all))}</span>
      <div class="chips" role="group" aria-label=${strings.filterKind}>
        ${KINDS.filter((kind) => kinds.has(kind) || filter.kinds.has(kind)).map((kind) => html`<ispvm-chip ?active=${filter.kinds.has(kind)} count=${kinds.get(kind) ?? 0} @click=${() => this.#onChip("kind", filter.kinds, kind)}>${strings.kindsOf[kind]}</ispvm-chip>`)}
      </div>
      <div class="chips" role="group" aria-label=${strings.filterSource}>
        ${shownSources(filtered, filter).map((source) => html`<ispvm-chip ?active=${filter.sources.has(source)} count=${sources.get(source) ?? 0} @click=${() => this.#onChip("source", filter.sources, source)}>${strings.sources[source]}</ispvm-chip>`)}
      </div>
    </div>`
  }

  /** Those that the filter hides are counted and left alone. */
  #bulk(all: readonly ProposalRow[], rows: readonly ProposalRow[]) {
    const isSelected = ({ id }: ProposalRow): boolean => this.selected.has(id)
    const [chosen, shown] = [all.filter(isSelected), rows.filter(isSelected)]
    if (chosen.length === 0) return nothing
    const { progress } = this
    const hidden = chosen.length - shown.length
    const isOpen = readState(this.query) === "open"
    return html`<div class="bulk" role="group" aria-label=${t.components.actions}>
      <span role="status">${progress === null ? html`${t.components.selected(shown.length)}${hidden === 0 ? nothing : t.pages.devices.hiddenByFilter(hidden)}` : strings.working(count(progress.at), count(progress.all))}</span>
      ${
        isOpen
          ? html`${this.#decision("accept", "check", shown.filter(isAcceptable), shown.length)}${this.#decision("reject", "x", shown, shown.length)}`
          : this.#decision("reopen", "undo-2", shown, shown.length)
      }
      <ispvm-button kind="quiet" @click=${this.#onClear}>${t.components.clearSelection}</ispvm-button>
    </div>`
  }
  #decision(
    decision: Decision["decision"],
    icon: "check" | "x" | "undo-2",
    rows: readonly ProposalRow[],
    selected: number,
  ) {
    const isDisabled = rows.length === 0 || this.#action.isBusy
    const kind = decision === "reject" ? "plain" : "primary"
    return html`<ispvm-button kind=${kind} icon=${icon} ?busy=${this.#action.running === decision} ?disabled=${isDisabled} @click=${() => isDisabled || this.#decide(decision, rows)}>${strings[decision]}${rows.length === selected ? nothing : ` (${count(rows.length)})`}</ispvm-button>`
  }

  /** What could not be done, with names and reasons. */
  #failures() {
    const { rejected } = this
    if (rejected === null) return nothing
    const { decision, done, failed } = rejected
    return html`<section class="rejected" aria-label=${strings.notDone[decision](failed.length)}>
      <div class="grow stack-1">
        <p role="alert"><strong>${strings.notDone[decision](failed.length)}.</strong> ${done === 0 ? nothing : strings.othersDone(done)}</p>
        <ul class="small" tabindex="0">${failed.map(({ name, detail }) => html`<li class="wrap">${name === "" ? nothing : html`<strong>${name}</strong>: `}${detail}</li>`)}</ul>
      </div>
      <ispvm-button kind="quiet" icon="x" label=${t.components.dismiss} @click=${this.#onForget}></ispvm-button>
    </section>`
  }

  #empty({ state: shownState, run }: Loaded) {
    if (shownState !== "open")
      return html`<ispvm-empty icon="radar" heading=${strings.emptyState[shownState]} text=${strings.emptyStateText[shownState]}></ispvm-empty>`
    if (run !== null && run.devices > 0)
      return html`<ispvm-empty icon="circle-check" heading=${strings.emptyOpen} text=${strings.emptyOpenText(run.devices)}></ispvm-empty>`
    const hasDevices = this.deps.fleet.value.devices.size > 0
    return html`<ispvm-empty icon="radar" heading=${strings.emptyFirst} text=${strings.emptyFirstText}>
      ${this.#canWrite && !hasDevices ? html`<ispvm-button kind="primary" icon="plus" href=${paths.deviceNew}>${t.pages.devices.add}</ispvm-button>` : nothing}
    </ispvm-empty>`
  }
  #none() {
    return html`<ispvm-empty icon="search" heading=${strings.none} text=${strings.noneText}>
      <ispvm-button @click=${() => this.setQuery(Object.fromEntries(FILTER_KEYS.map((key) => [key, ""])))}>${t.pages.devices.clear}</ispvm-button>
    </ispvm-empty>`
  }

  #toggle(id: string): void {
    this.setQuery({ open: this.query.get("open") === id ? "" : id })
  }
  #onTab(key: string): void {
    this.selected = NONE
    this.rejected = null
    this.setQuery({ state: key === "open" ? "" : key, open: "" })
  }
  #onChip(key: "kind" | "source", chosen: ReadonlySet<string>, value: string): void {
    this.setQuery({ [key]: [...chosen.symmetricDifference(new Set([value]))].join(",") })
  }

  async #run(): Promise<void> {
    const done = await this.#action.run("run", () => this.deps.api.runDiscovery())
    if (done !== null) this.deps.toast({ tone: "done", text: strings.ran(done.value.proposed) })
    else if (this.#action.error !== null)
      this.deps.toast({ tone: "failed", text: this.#action.message })
    await this.#proposals.reload()
  }

  #decide(decision: Decision["decision"], rows: readonly ProposalRow[]): void {
    if (decision === "accept" && rows.some(({ kind }) => kind === "device")) this.accepting = rows
    else void this.#send(decision, rows, {})
  }
  async #send(
    decision: Decision["decision"],
    rows: readonly ProposalRow[],
    choice: AcceptChoice,
  ): Promise<void> {
    const { api, toast, fleet } = this.deps
    const ids = rows.map(({ id }) => id)
    this.rejected = null
    const sent = await this.#action.run(decision, () =>
      decideAll(api, { ids, decision, ...choice }, (at) => {
        this.progress = { at, all: ids.length }
      }),
    )
    this.progress = null
    if (sent === null) {
      if (this.#action.error !== null) toast({ tone: "failed", text: this.#action.message })
    } else {
      const { done, failed } = sent.value
      if (done > 0) toast({ tone: "done", text: strings.done[decision](done) })
      const left = new Set(failed.map(({ id }) => id))
      this.selected = this.selected.difference(new Set(ids)).union(left)
      if (failed.length > 0) this.rejected = { decision, done, failed }
    }
    await Promise.all([this.#proposals.reload(), decision === "reject" ? null : fleet.reload()])
  }

  readonly #onAccept = (event: CustomEvent<AcceptChoice>): void => {
    const rows = this.accepting
    this.accepting = []
    void this.#send("accept", rows, event.detail)
  }
  readonly #onDismiss = (): void => {
    this.accepting = []
  }
  readonly #onClear = (): void => {
    this.selected = NONE
  }
  readonly #onForget = (): void => {
    this.rejected = null
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.defaultPrevented && this.accepting.length === 0)
      this.setQuery({ open: "" })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-discovery": IspvmPageDiscovery
  }
}
