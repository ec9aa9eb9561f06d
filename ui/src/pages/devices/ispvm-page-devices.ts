import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import { byName } from "../../format/names.ts"
import { count } from "../../format/units.ts"
import { STATUS_ORDER } from "../../parts/status-shape.ts"
import { sortRows } from "../../parts/table-model.ts"
import { paths } from "../../paths.ts"
import { isPage } from "../../routes.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import { Page } from "../page.ts"
import { deviceColumns } from "./columns.ts"
import { devicesCsv } from "./devices-csv.ts"
import { applyFilter, readFilter } from "./filter.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-chip.ts"
import "../../parts/ispvm-drawer.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-field.ts"
import "../../parts/ispvm-select.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-table.ts"
import "../../parts/ispvm-time.ts"
import "./ispvm-device-brief.ts"

const words = t.pages.devices

/** Every device in one table: filters, order and selection are in the address. */
@customElement("ispvm-page-devices")
export class IspvmPageDevices extends Page {
  static override styles = [
    shared,
    panel,
    css`
      :host {
        display: flex;
        flex-direction: column;
        block-size: 100%;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-4);
        border-block-end: 1px solid var(--border);
      }
      .search {
        inline-size: 230px;
      }
      ispvm-select {
        inline-size: 140px;
      }
      .chips {
        display: flex;
        gap: var(--space-1);
        flex-wrap: wrap;
      }
      .actions {
        display: flex;
        gap: var(--space-2);
        margin-inline-start: auto;
        align-items: center;
      }
      .count {
        color: var(--text-3);
        font-size: var(--type-small);
        white-space: nowrap;
      }
      .table {
        flex: 1;
        min-block-size: 0;
      }
      @media (max-width: 640px) {
        .tools {
          padding: var(--space-2) var(--space-3);
        }
        .search {
          inline-size: 100%;
        }
        ispvm-select {
          flex: 1;
        }
        .chips {
          flex-wrap: nowrap;
          overflow-x: auto;
          inline-size: 100%;
        }
        .actions .csv {
          display: none;
        }
      }
    `,
  ]

  constructor() {
    super()
    new Watch(this, () => [this.deps.fleet])
  }

  override render() {
    const fleet = this.deps.fleet.value
    if (fleet.phase === "loading") return html`<ispvm-skeleton lines="14"></ispvm-skeleton>`
    if (fleet.phase === "failed") {
      return html`<ispvm-failed heading=${words.failed} why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    }
    if (fleet.devices.size === 0) return this.#empty()
    const filter = readFilter(this.ask)
    const { rows, counts } = applyFilter(fleet.devices.values(), filter)
    return html`${this.#tools(rows, counts, fleet.devices.size)}
      <div class="table">${rows.length === 0 ? this.#none() : this.#table(rows)}</div>
      ${this.#drawer()}`
  }

  #table(rows: readonly Device[]) {
    return html`<ispvm-table
      label=${words.title}
      keys
      least="1020"
      .columns=${deviceColumns}
      .rows=${rows}
      sort=${this.ask.get("sort") ?? "status"}
      active=${this.ask.get("device") ?? ""}
      @sort-rows=${(event: CustomEvent<string>) => this.setAsk({ sort: event.detail })}
      @pick-row=${(event: CustomEvent<string>) => this.#onPick(event.detail)}
    ></ispvm-table>`
  }

  #tools(rows: readonly Device[], counts: ReturnType<typeof applyFilter>["counts"], all: number) {
    const filter = readFilter(this.ask)
    const sites = [...this.deps.fleet.value.sites.values()].sort(byName)
    const can = this.deps.session.can("inventory:write")
    return html`<div class="tools">
      <ispvm-field class="search" bare label=${t.frame.search} type="search" placeholder=${words.search} .value=${filter.text} @change-value=${(event: CustomEvent<string>) => this.setAsk({ q: event.detail })}></ispvm-field>
      <ispvm-select bare label=${words.filterSite} .value=${filter.site} .choices=${[{ value: "", label: words.allSites }, ...sites.map((site) => ({ value: site.id, label: site.name })), { value: "none", label: words.noSite }]} @change-value=${(event: CustomEvent<string>) => this.setAsk({ site: event.detail })}></ispvm-select>
      <ispvm-select bare label=${words.filterRole} .value=${filter.role} .choices=${[{ value: "", label: words.allRoles }, ...Object.entries(t.terms.role).map(([value, label]) => ({ value, label }))]} @change-value=${(event: CustomEvent<string>) => this.setAsk({ role: event.detail })}></ispvm-select>
      <div class="chips" role="group" aria-label=${words.filterStatus}>
        ${STATUS_ORDER.map((status) => {
          const active = filter.statuses.has(status)
          if (!active && !counts.has(status)) return nothing
          return html`<ispvm-chip ?active=${active} count=${counts.get(status) ?? 0} @click=${() => this.#onChip(status)}><ispvm-status status=${status}></ispvm-status></ispvm-chip>`
        })}
      </div>
      ${this.#unwatched(filter.agent)}
      <div class="actions">
        <span class="count">${t.parts.rows(count(rows.length), count(all))}</span>
        <ispvm-button class="csv" kind="quiet" icon="download" @click=${() => this.#onCsv(rows)}>${words.exportCsv}</ispvm-button>
        ${can ? html`${isPage(paths.deviceImport) ? html`<ispvm-button class="csv" icon="upload" href=${paths.deviceImport}>${words.importCsv}</ispvm-button>` : nothing}${this.#add()}` : nothing}
      </div>
    </div>`
  }

  /** Devices nobody watches look like any others that are unknown: they are told apart. */
  #unwatched(asked: string) {
    const { devices, agents } = this.deps.fleet.value
    const n = [...devices.values()].filter((device) => device.agentId === null).length
    if (asked !== "" && asked !== "none")
      return html`<ispvm-chip active @click=${() => this.setAsk({ agent: "" })}>${agents.get(asked)?.name ?? asked} ×</ispvm-chip>`
    if (n === 0 && asked === "") return nothing
    return html`<ispvm-chip ?active=${asked === "none"} count=${n} @click=${() => this.setAsk({ agent: asked === "none" ? "" : "none" })}>${words.noAgent}</ispvm-chip>`
  }

  #add() {
    return isPage(paths.deviceNew)
      ? html`<ispvm-button kind="primary" icon="plus" href=${paths.deviceNew}>${words.add}</ispvm-button>`
      : nothing
  }

  #empty() {
    const can = this.deps.session.can("inventory:write")
    return html`<ispvm-empty icon="router" heading=${words.emptyTitle} text=${words.emptyText}>
      ${can ? html`${this.#add()}<ispvm-button icon="upload" href=${paths.deviceImport}>${words.importCsv}</ispvm-button>` : nothing}
    </ispvm-empty>`
  }

  #none() {
    return html`<ispvm-empty icon="search" heading=${words.noneTitle} text=${words.noneText}>
      <ispvm-button @click=${() => this.setAsk({ q: "", status: "", site: "", role: "", agent: "" })}>${words.clear}</ispvm-button>
    </ispvm-empty>`
  }

  #drawer() {
    const device = this.deps.fleet.value.devices.get(this.ask.get("device") ?? "")
    return html`<ispvm-drawer ?open=${device !== undefined} heading=${device?.name ?? ""} @dismiss=${() => this.setAsk({ device: "" })}>
      ${
        device === undefined
          ? nothing
          : html`<ispvm-button slot="actions" icon="arrow-right" href=${paths.device(device.id)}>${words.openPage}</ispvm-button>
              <ispvm-device-brief .device=${device} .deps=${this.deps}></ispvm-device-brief>`
      }
    </ispvm-drawer>`
  }

  protected override opened(): void {
    const timer = setInterval(() => {
      const id = this.ask.get("device")
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

  /** First the drawer, on the second click the page. */
  #onPick(id: string): void {
    if (this.ask.get("device") === id) this.deps.go(paths.device(id))
    else this.setAsk({ device: id })
  }
  #onChip(status: string): void {
    const chosen = new Set(readFilter(this.ask).statuses)
    if (!chosen.delete(status)) chosen.add(status)
    this.setAsk({ status: [...chosen].join(",") })
  }
  #onCsv(rows: readonly Device[]): void {
    const text = devicesCsv(sortRows(rows, deviceColumns, this.ask.get("sort") ?? "status"))
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }))
    link.download = "devices.csv"
    link.click()
    URL.revokeObjectURL(link.href)
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    const id = this.ask.get("device")
    if (id === null || event.defaultPrevented) return
    if (event.key === "Escape") this.setAsk({ device: "" })
    if (event.key === "Enter" && event.composedPath()[0] === document.body) this.deps.go(paths.device(id))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-devices": IspvmPageDevices
  }
}
