import type { AuditEntry } from "@ispvm/appliance/api/session"
import { html, nothing, type PropertyValues } from "lit"
import { customElement, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { ColumnChoice } from "../components/column-choice.ts"
import type { TableGroup } from "../components/ispvm-paged-table.ts"
import { NEWEST, type PageKeys } from "../components/ispvm-pager.ts"
import { nowMs } from "../components/now.ts"
import { saveFile } from "../components/save-file.ts"
import { auditCsv, readAll } from "../features/audit/audit-csv.ts"
import { auditStyles } from "../features/audit/audit-styles.ts"
import { type MoreNames, SUBJECTS } from "../features/audit/audit-text.ts"
import { auditColumns, detailOf, HIDDEN_AT_FIRST } from "../features/audit/columns.ts"
import type { WhenQuery } from "../features/range/ispvm-when.ts"
import { WHEN_KEYS, whenQuery } from "../features/range/when-query.ts"
import { count } from "../i18n/format/units.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-field.ts"
import "../components/ispvm-paged-table.ts"
import "../components/ispvm-select.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../features/range/ispvm-when.ts"

const strings = pageTexts.audit
const PAGE_ROWS = 50
const NO_NAMES: MoreNames = new Map()
/** Delay after typing before the request. */
const PAUSE_MS = 300

/**
 * Who changed what, newest first, page by page; filters and page are in the address. Administrators
 * only.
 */
@customElement("ispvm-page-audit")
export class IspvmPageAudit extends Page {
  readonly #page = new RequestController(this, {
    key: () =>
      ["who", "what", ...WHEN_KEYS, "before", "after"].map((key) => this.applied.get(key) ?? ""),
    load: () => {
      const [before, after] = [this.applied.get("before"), this.applied.get("after")]
      return this.deps.api.audit({
        ...this.#filterQuery(),
        limit: PAGE_ROWS,
        ...(before === null ? {} : { before }),
        ...(after === null ? {} : { after }),
      })
    },
    keepsValue: () => true,
    onReady: () => this.#showTop(),
  })
  /** The audit log needs the same role as the list of users. */
  readonly #names = new RequestController(this, {
    key: () => [] as const,
    load: async (): Promise<MoreNames> => {
      const { api } = this.deps
      const [accounts, credentials] = await Promise.all([api.accounts(), api.credentials()])
      return new Map([...accounts.items, ...credentials.items].map(({ id, name }) => [id, name]))
    },
  })
  readonly #export = new ActionController(this)
  readonly #tableColumns = auditColumns({
    fleet: () => this.deps.fleet.value,
    more: () => this.#names.value ?? NO_NAMES,
    isOpen: (id) => this.open.has(id),
    toggle: (id) => this.#toggle(id),
  })
  readonly #columns = new ColumnChoice(this, "audit", this.#tableColumns, HIDDEN_AT_FIRST)
  #isTurning = false
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The filters at the last pause in typing. */
  @state() private applied = new URLSearchParams(location.search)
  /** Rows whose details are shown. */
  @state() private open: ReadonlySet<string> = new Set()

  static override styles = [shared, panel, auditStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet])
  }

  protected override opened(): void {
    this.#apply()
    this.until(() => clearTimeout(this.#timer))
  }

  /** Filters that are not being typed, such as those of a link, apply at once. */
  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    if (changed.has("query") && this.#timer === undefined) this.#apply()
  }

  /** The rows are not those of the filter yet. */
  get #isBehind(): boolean {
    return this.#page.isPending || this.applied !== this.query
  }

  override render() {
    return html`<div class="page page-wide">
      <header class="head">
        <h1>${strings.title}</h1>
        <ispvm-button kind="quiet" icon="settings" href=${paths.settings}>${t.people.title}</ispvm-button>
      </header>
      <p class="soft">${strings.lead}</p>
      <section class="panel" aria-label=${strings.title}>${this.#filters()}${this.#list()}</section>
    </div>`
  }

  #filters() {
    const of = (key: string): string => this.query.get(key) ?? ""
    return html`<div class="filters" role="group" aria-label=${strings.filter}>
      <ispvm-field label=${strings.who} type="search" placeholder=${strings.whoHint} .value=${of("who")} @change-value=${(event: CustomEvent<string>) => this.#filter({ who: event.detail }, PAUSE_MS)}></ispvm-field>
      <ispvm-select label=${strings.what} .value=${of("what")} .choices=${SUBJECTS} @change-value=${(event: CustomEvent<string>) => this.#filter({ what: event.detail }, 0)}></ispvm-select>
      <ispvm-when label=${strings.when} .query=${this.query} @change-when=${(event: CustomEvent<WhenQuery>) => this.#filter(event.detail, 0)}></ispvm-when>
      <div class="controls">
        ${this.#columns.menu()}
        <ispvm-button kind="quiet" icon="download" ?busy=${this.#export.isBusy} @click=${this.#onExport}>${t.lists.exportCsv}</ispvm-button>
      </div>
    </div>`
  }

  #list() {
    const { state } = this.#page
    return this.#page.render({
      loading: () => html`<div class="pad"><ispvm-skeleton lines="8"></ispvm-skeleton></div>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#page.reload}></ispvm-failed>`,
      ready: (page) => html`
        ${
          page.items.length === 0
            ? html`<ispvm-empty icon="search" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty>`
            : this.#table(page.items)
        }
        <footer class="pad-row">
          ${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#page.reload}></ispvm-stale>` : nothing}
          <ispvm-pager .position=${page} size=${PAGE_ROWS} ?busy=${this.#isBehind} @turn-page=${this.#onTurn}></ispvm-pager></footer>`,
    })
  }

  #table(rows: readonly AuditEntry[]) {
    const groups: readonly TableGroup<AuditEntry>[] = [{ key: "all", label: "", rows }]
    return html`<ispvm-paged-table
      label=${strings.title}
      min-width="760"
      ?pending=${this.#isBehind}
      .columns=${this.#tableColumns}
      .hiddenColumns=${this.#columns.hidden}
      .groups=${groups}
      .detailOf=${(entry: AuditEntry) => (this.open.has(entry.id) ? detailOf(entry) : null)}
      @pick-row=${(event: CustomEvent<string>) => this.#toggle(event.detail)}
    ></ispvm-paged-table>`
  }

  #filterQuery() {
    const [who, what] = ["who", "what"].map((key) => this.applied.get(key) ?? "")
    return {
      ...(who ? { actor: who } : {}),
      ...(what ? { subject: what } : {}),
      ...whenQuery(this.applied, nowMs()),
    }
  }

  /** Another filter begins at its newest page. */
  #filter(changes: Readonly<Record<string, string>>, afterMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#apply, afterMs)
    this.setQuery({ ...NEWEST, ...changes })
  }
  readonly #apply = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.applied = this.query
  }

  readonly #toggle = (id: string): void => {
    const next = new Set(this.open)
    if (!next.delete(id)) next.add(id)
    this.open = next
  }
  readonly #onTurn = (event: CustomEvent<PageKeys>): void => {
    this.#isTurning = true
    this.#filter({ ...event.detail }, 0)
  }
  /** Another page is read from its first row. */
  #showTop(): void {
    if (this.#isTurning) this.renderRoot.querySelector(".panel")?.scrollIntoView()
    this.#isTurning = false
  }
  readonly #onExport = async (): Promise<void> => {
    this.#apply()
    const done = await this.#export.run("export", () => readAll(this.deps.api, this.#filterQuery()))
    if (done === null) {
      if (this.#export.error !== null)
        this.deps.toast({ tone: "failed", text: this.#export.message })
      return
    }
    const { rows, total } = done.value
    saveFile("audit.csv", auditCsv(rows))
    const text =
      rows.length < total
        ? t.lists.exportedSome(count(rows.length), count(total))
        : t.lists.exported(rows.length)
    this.deps.toast({ tone: "done", text })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-audit": IspvmPageAudit
  }
}
