import type { AuditEntry } from "@ispvm/appliance/api/session"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import type { Page as ApiPage } from "../api/client.ts"
import { paths } from "../app/paths.ts"
import { nowMs } from "../components/now.ts"
import { auditStyles } from "../features/audit/audit-styles.ts"
import {
  actionText,
  detailLines,
  originText,
  SPANS,
  SUBJECTS,
  spanMs,
  subjectOf,
} from "../features/audit/audit-text.ts"
import { exact } from "../i18n/format/time.ts"
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
import "../components/ispvm-select.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-time.ts"

const strings = t.audit
const PAGE_ROWS = 50
type AuditPage = ApiPage<AuditEntry>
/** Typing a name asks once, when the typing pauses. */
const PAUSE_MS = 300

/** Who changed what, newest first; what is looked for stands in the address. Administrators only. */
@customElement("ispvm-page-audit")
export class IspvmPageAudit extends Page {
  readonly #first = new RequestController(this, {
    key: () => this.#filterKey(),
    load: () => this.#load(null),
    keepsValue: () => true,
  })
  readonly #older = new ActionController(this)
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The filters as they were when typing last paused. */
  @state() private applied = new URLSearchParams(location.search)

  static override styles = [shared, panel, auditStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet])
  }

  protected override opened(): void {
    this.applied = this.query
    this.until(() => clearTimeout(this.#timer))
  }

  override render() {
    return html`<div class="page">
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
      <ispvm-select label=${strings.when} .value=${of("span")} .choices=${SPANS} @change-value=${(event: CustomEvent<string>) => this.#filter({ span: event.detail }, 0)}></ispvm-select>
    </div>`
  }

  #list() {
    return this.#first.render({
      loading: () => html`<div class="pad"><ispvm-skeleton lines="8"></ispvm-skeleton></div>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#first.reload}></ispvm-failed>`,
      ready: (page) => this.#rows(page),
    })
  }

  #rows({ items, next }: AuditPage) {
    if (items.length === 0)
      return html`<ispvm-empty icon="search" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty>`
    const isBusy = this.#first.isPending || this.#older.isBusy
    return html`<ul class="lined-rows ${isBusy ? "stale" : ""}" aria-busy=${isBusy ? "true" : "false"}>
        ${repeat(
          items,
          (entry) => entry.id,
          (entry) => this.#row(entry),
        )}
      </ul>
      <footer>
        ${this.#older.message === "" ? nothing : html`<p class="form-error" role="alert">${this.#older.message}</p>`}
        ${next === null ? html`<p class="caption">${strings.end}</p>` : html`<ispvm-button ?busy=${isBusy} @click=${() => void this.#loadOlder(next)}>${strings.older}</ispvm-button>`}
      </footer>`
  }

  #row(entry: AuditEntry) {
    const lines = detailLines(entry.detail)
    return html`<li>
      <div class="when"><ispvm-time at=${entry.atMs}></ispvm-time><span class="caption">${exact(entry.atMs)}</span></div>
      <div class="wrap">
        <div><strong class=${entry.action === "permission.denied" || entry.action === "session.refused" ? "text-fault" : ""}>${entry.actor}</strong> ${actionText(entry)}</div>
        <div class="caption">${originText(entry)}${this.#subject(entry)}</div>
        ${
          lines.length === 0
            ? nothing
            : html`<details>
                <summary>${strings.details}</summary>
                <dl>${lines.map(([name, text]) => html`<dt>${name}</dt><dd><bdi>${text}</bdi></dd>`)}</dl>
              </details>`
        }
      </div>
    </li>`
  }

  /** By name with a link where it is known still, else by its id; of a login it is who logs in, who is named already. */
  #subject(entry: AuditEntry) {
    if (entry.subjectId === null || entry.action.startsWith("session.")) return nothing
    const known = subjectOf(entry, this.deps.fleet.value)
    return known === null
      ? html` · <bdi class="mono">${entry.subjectId}</bdi>`
      : html` · <a href=${known.href}><bdi>${known.name}</bdi></a>`
  }

  #filter(changes: Readonly<Record<string, string>>, afterMs: number): void {
    this.setQuery(changes)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.applied = this.query
    }, afterMs)
  }

  #filterKey(): readonly string[] {
    return ["who", "what", "span"].map((key) => this.applied.get(key) ?? "")
  }

  async #loadOlder(before: string): Promise<void> {
    const key = this.#filterKey().join()
    await this.#older.run("older", async () => {
      const { items, next } = await this.#load(before)
      if (key === this.#filterKey().join())
        this.#first.update((was) => ({ items: [...was.items, ...items], next }))
    })
  }

  /** `before`: the id after which the next rows come; null: from the newest. */
  #load(before: string | null): Promise<AuditPage> {
    const [who, what, span] = this.#filterKey()
    const fromMs = spanMs(span ?? "")
    return this.deps.api.audit({
      limit: PAGE_ROWS,
      ...(before === null ? {} : { before }),
      ...(who ? { actor: who } : {}),
      ...(what ? { subject: what } : {}),
      ...(fromMs === null ? {} : { from: nowMs() - fromMs }),
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-audit": IspvmPageAudit
  }
}
