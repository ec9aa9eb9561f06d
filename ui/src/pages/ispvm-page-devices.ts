import type { Device, Site } from "@ispvm/appliance/api/inventory"
import { css, html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { ColumnChoice } from "../components/column-choice.ts"
import { saveFile } from "../components/save-file.ts"
import { STATUS_ORDER } from "../components/status-shape.ts"
import { createTableState } from "../components/table-state.ts"
import { bulkChangeOf, changeAll } from "../features/devices/bulk.ts"
import { deviceColumns } from "../features/devices/columns.ts"
import { devicesCsv } from "../features/devices/devices-csv.ts"
import { applyFilter, type Filtered, readFilter, shownTags } from "../features/devices/filter.ts"
import { linksCsv, sitesCsv } from "../features/devices/lists-csv.ts"
import { byName } from "../i18n/format/names.ts"
import { count } from "../i18n/format/units.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { columnHost } from "../theme/hosts.ts"
import { listTools } from "../theme/list-tools.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-drawer.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-field.ts"
import "../components/ispvm-combobox.ts"
import "../components/ispvm-menu.ts"
import "../components/ispvm-multi-select.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-table.ts"
import "../components/ispvm-time.ts"
import "../features/devices/ispvm-device-summary.ts"

const strings = t.pages.devices
const EXPORTS = Object.entries(strings.exported).map(([key, label]) => ({ key, label }))
const ROLES = Object.entries(t.terms.role).map(([value, label]) => ({ value, label }))

/** The devices table: filters, order and selection are in the URL. */
@customElement("ispvm-page-devices")
export class IspvmPageDevices extends Page {
  static override styles = [
    shared,
    columnHost,
    panel,
    listTools,
    css`
      .bulk {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
        padding-inline: var(--space-2);
        border-radius: var(--radius);
        background: var(--surface-3);
      }
      .actions {
        display: flex;
        gap: var(--space-2);
        margin-inline-start: auto;
        align-items: center;
      }
    `,
  ]

  @state() private selected: ReadonlySet<string> = new Set()
  readonly #action = new ActionController(this)
  readonly #export = new ActionController<"export">(this)
  readonly #discovery = new RequestController(this, {
    key: () => [],
    load: () => this.deps.api.discovery({ limit: 0 }),
  })
  readonly #columns = new ColumnChoice(this, "devices", deviceColumns)

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet])
  }

  override render() {
    const fleet = this.deps.fleet.value
    if (fleet.phase === "loading") return html`<ispvm-skeleton lines="14"></ispvm-skeleton>`
    if (fleet.phase === "failed") {
      return html`<ispvm-failed heading=${strings.failed} why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    }
    if (fleet.devices.size === 0) return this.#empty()
    const filter = readFilter(this.query)
    const filtered = applyFilter(fleet.devices.values(), filter, fleet.sites)
    const { rows } = filtered
    return html`${this.#tools(filtered, fleet.devices.size)}
      <div class="fill">${rows.length === 0 ? this.#none() : this.#table(rows)}</div>
      ${this.#drawer()}`
  }

  #table(rows: readonly Device[]) {
    return html`<ispvm-table
      label=${strings.title}
      keys
      min-width="1020"
      ?selectable=${this.deps.session.can("inventory:write")}
      .selected=${this.selected}
      .columns=${deviceColumns}
      .hiddenColumns=${this.#columns.hidden}
      .rows=${rows}
      sort=${this.query.get("sort") ?? "status"}
      active=${this.query.get("device") ?? ""}
      @select-rows=${(event: CustomEvent<ReadonlySet<string>>) => {
        this.selected = event.detail
      }}
      @sort-rows=${(event: CustomEvent<string>) => this.setQuery({ sort: event.detail })}
      @pick-row=${(event: CustomEvent<string>) => this.#onPick(event.detail)}
    ></ispvm-table>`
  }

  #tools({ rows, counts, tagCounts }: Filtered, all: number) {
    const filter = readFilter(this.query)
    const sites = [...this.deps.fleet.value.sites.values()].sort(byName)
    const can = this.deps.session.can("inventory:write")
    const proposed = this.#discovery.value?.counts.open ?? 0
    return html`<div class="tools">
      <ispvm-field class="search" bare label=${t.shell.search} type="search" placeholder=${strings.search} .value=${filter.text} @change-value=${(event: CustomEvent<string>) => this.setQuery({ q: event.detail })}></ispvm-field>
      <ispvm-combobox class="grow-narrow" bare label=${strings.filterSite} .value=${filter.site} .choices=${[{ value: "", label: strings.allSites }, ...sites.map((site) => ({ value: site.id, label: site.name })), { value: "none", label: strings.noSite }]} @change-value=${(event: CustomEvent<string>) => this.setQuery({ site: event.detail })}></ispvm-combobox>
      <ispvm-multi-select class="grow-narrow" bare label=${strings.filterRole} placeholder=${filter.roles.size === 0 ? strings.allRoles : ""} .values=${[...filter.roles]} .choices=${ROLES} @change-values=${(event: CustomEvent<readonly string[]>) => this.setQuery({ role: event.detail.join(",") })}></ispvm-multi-select>
      <div class="chips" role="group" aria-label=${strings.filterStatus}>
        ${STATUS_ORDER.map((status) => {
          const active = filter.statuses.has(status)
          if (!active && !counts.has(status)) return nothing
          return html`<ispvm-chip ?active=${active} count=${counts.get(status) ?? 0} @click=${() => this.#onToggle("status", filter.statuses, status)}><ispvm-status status=${status}></ispvm-status></ispvm-chip>`
        })}
      </div>
      ${this.#tagChips(filter.tags, tagCounts)}
      ${this.#unassignedChip(filter.agent)}
      ${this.#bulk(sites, rows)}
      <div class="actions">
        ${this.#columns.menu()}
        <span class="caption nowrap">${t.components.rows(count(rows.length), count(all))}</span>
        <ispvm-button icon="radar" href=${paths.discovery}>${t.pages.discovery.title}${proposed === 0 ? nothing : html` <span class="tag">${count(proposed)}</span>`}</ispvm-button>
        <ispvm-menu class="wide-only" label=${strings.exportCsv} ?disabled=${this.#export.isBusy} .entries=${EXPORTS} @pick-entry=${(event: CustomEvent<string>) => void this.#onExport(event.detail, rows)}></ispvm-menu>
        ${can ? html`<ispvm-button class="wide-only" icon="upload" href=${paths.deviceImport}>${strings.importCsv}</ispvm-button>${this.#add()}` : nothing}
      </div>
    </div>`
  }

  #tagChips(chosen: ReadonlySet<string>, counts: Filtered["tagCounts"]) {
    const tags = shownTags(chosen, counts)
    if (tags.length === 0) return nothing
    return html`<div class="chips" role="group" aria-label=${strings.filterTag}>
      ${tags.map((tag) => html`<ispvm-chip ?active=${chosen.has(tag)} count=${counts.get(tag) ?? 0} @click=${() => this.#onToggle("tag", chosen, tag)}>${tag}</ispvm-chip>`)}
    </div>`
  }

  /** Devices without an agent are marked, to distinguish them from other unknown ones. */
  #unassignedChip(selectedAgent: string) {
    const { devices, agents } = this.deps.fleet.value
    const n = [...devices.values()].filter((device) => device.agentId === null).length
    if (selectedAgent !== "" && selectedAgent !== "none")
      return html`<ispvm-chip active @click=${() => this.setQuery({ agent: "" })}>${agents.get(selectedAgent)?.name ?? selectedAgent} ×</ispvm-chip>`
    if (n === 0 && selectedAgent === "") return nothing
    return html`<ispvm-chip ?active=${selectedAgent === "none"} count=${n} @click=${() => this.setQuery({ agent: selectedAgent === "none" ? "" : "none" })}>${strings.noAgent}</ispvm-chip>`
  }

  /** Bulk actions on the selected rows. Those that the filter hides are counted and left alone. */
  #bulk(sites: readonly Site[], rows: readonly Device[]) {
    const shown = rows.flatMap(({ id }) => (this.selected.has(id) ? [id] : []))
    const existing = [...this.selected].filter((id) => this.deps.fleet.value.devices.has(id))
    const hidden = existing.length - shown.length
    if (existing.length === 0) return nothing
    const isDisabled = this.#action.isBusy || shown.length === 0
    const act = (event: CustomEvent<string>) => void this.#change(event.detail, shown)
    const none = { id: "", name: t.terms.none }
    const entriesOf = (what: string, items: readonly { id: string; name: string }[]) =>
      [none, ...items].map(({ id, name }) => ({ key: `${what}:${id}`, label: name }))
    const agents = [...this.deps.fleet.value.agents.values()].sort(byName)
    return html`<div class="bulk" role="group" aria-label=${t.components.actions}>
      <span role="status">${t.components.selected(shown.length)}${hidden === 0 ? nothing : strings.hiddenByFilter(hidden)}</span>
      <ispvm-menu label=${strings.setSite} ?disabled=${isDisabled} .entries=${entriesOf("site", sites)} @pick-entry=${act}></ispvm-menu>
      <ispvm-menu label=${strings.setAgent} ?disabled=${isDisabled} .entries=${entriesOf("agent", agents)} @pick-entry=${act}></ispvm-menu>
      <ispvm-button kind="quiet" @click=${this.#onClear}>${t.components.clearSelection}</ispvm-button>
    </div>`
  }

  #add() {
    return html`<ispvm-button kind="primary" icon="plus" href=${paths.deviceNew}>${strings.add}</ispvm-button>`
  }

  #empty() {
    const can = this.deps.session.can("inventory:write")
    return html`<ispvm-empty icon="router" heading=${strings.emptyTitle} text=${strings.emptyText}>
      ${can ? html`${this.#add()}<ispvm-button icon="upload" href=${paths.deviceImport}>${strings.importCsv}</ispvm-button>` : nothing}
    </ispvm-empty>`
  }

  #none() {
    return html`<ispvm-empty icon="search" heading=${strings.noneTitle} text=${strings.noneText}>
      <ispvm-button @click=${() => this.setQuery({ q: "", status: "", site: "", role: "", tag: "", agent: "" })}>${strings.clear}</ispvm-button>
    </ispvm-empty>`
  }

  #drawer() {
    const device = this.deps.fleet.value.devices.get(this.query.get("device") ?? "")
    return html`<ispvm-drawer ?open=${device !== undefined} heading=${device?.name ?? ""} @dismiss=${() => this.setQuery({ device: "" })}>
      ${
        device === undefined
          ? nothing
          : html`<ispvm-button slot="actions" icon="arrow-right" href=${paths.device(device.id)}>${strings.openPage}</ispvm-button>
              <ispvm-device-summary class="pad" .device=${device} .deps=${this.deps}></ispvm-device-summary>`
      }
    </ispvm-drawer>`
  }

  protected override opened(): void {
    const timer = setInterval(() => {
      const id = this.query.get("device")
      if (id !== null) void this.deps.fleet.refresh(id)
    }, 5_000)
    this.until(() => clearInterval(timer))
  }

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener("keydown", this.#onKey)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("keydown", this.#onKey)
  }

  /** The first click opens the drawer, the second one the page. */
  #onPick(id: string): void {
    if (this.query.get("device") === id) this.deps.go(paths.device(id))
    else this.setQuery({ device: id })
  }
  #onToggle(key: "status" | "tag", chosen: ReadonlySet<string>, value: string): void {
    const next = chosen.symmetricDifference(new Set([value]))
    this.setQuery({ [key]: [...next].join(",") })
  }
  #onCsv(rows: readonly Device[]): void {
    const table = createTableState<Device>()
    const sort = this.query.get("sort") ?? "status"
    table.update({ rows, columns: deviceColumns, sort, hidden: new Set() })
    saveFile("devices.csv", devicesCsv(table.rows(), this.deps.fleet.value.sites))
  }
  /** Sites and links: all of them, as the import takes them. */
  async #onExport(what: string, rows: readonly Device[]): Promise<void> {
    const { api, fleet, toast } = this.deps
    const { links, sites } = fleet.value
    if (what === "devices") this.#onCsv(rows)
    else if (what === "links") saveFile("links.csv", linksCsv(links.values()))
    else {
      const read = await this.#export.run("export", () => api.regions())
      if (read === null) toast({ tone: "failed", text: this.#export.message })
      else saveFile("sites.csv", sitesCsv(sites.values(), read.value.items))
    }
  }
  async #change(entry: string, ids: readonly string[]): Promise<void> {
    const change = bulkChangeOf(entry)
    if (change === null) return
    const done = await this.#action.run("bulk", () => changeAll(this.deps.api, ids, change))
    if (done === null) return
    const { changed, rejected } = done.value
    if (changed.length > 0)
      this.deps.toast({ tone: "done", text: strings.changedAll(changed.length) })
    const [why] = rejected.values()
    if (why !== undefined)
      this.deps.toast({ tone: "failed", text: strings.refusedSome(rejected.size, why) })
    this.selected = this.selected.difference(new Set(changed))
    await this.deps.fleet.reload()
  }
  readonly #onClear = (): void => {
    this.selected = new Set()
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    const id = this.query.get("device")
    if (id === null || event.defaultPrevented) return
    if (event.key === "Escape") this.setQuery({ device: "" })
    if (event.key === "Enter" && event.composedPath()[0] === document.body)
      this.deps.go(paths.device(id))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-devices": IspvmPageDevices
  }
}
