import type { Device } from "@ispvm/appliance/api/inventory"
import type { TableRow } from "@ispvm/appliance/api/tables"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { configurationColumns, type SectionRow, sectionRow } from "./configuration-columns.ts"
import { headlineText, tableHeight } from "./device-styles.ts"
import { whyEmpty } from "./why-empty.ts"
import "../../components/ispvm-age.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-stale.ts"
import "../../components/ispvm-table.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.collecting.configuration
const REFRESH_MS = 30_000
const DAY_MS = 86_400_000

type Loaded = {
  readonly rows: readonly SectionRow[]
  readonly sources: readonly { readonly source: string; readonly atMs: number }[]
  readonly collectors: readonly TableRow[]
}

/** Sections of the device's configuration: a hash of each, and when it changed. */
@customElement("ispvm-device-configuration")
export class IspvmDeviceConfiguration extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) query = new URLSearchParams()
  readonly #answer = new RequestController(this, {
    key: () => (this.deps === null || this.device === null ? null : ([this.device.id] as const)),
    load: ([id]) => this.#load(id),
    everyMs: REFRESH_MS,
  })

  static override styles = [shared, tableHeight, headlineText]

  override render() {
    return html`${this.#answer.state.phase === "stale" ? html`<div class="pad-row"><ispvm-stale at=${this.#answer.atMs} why=${this.#answer.state.error.message} @retry=${this.#answer.reload}></ispvm-stale></div>` : nothing}
      ${this.#answer.render({
        loading: () => html`<ispvm-skeleton lines="8"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#answer.reload}></ispvm-failed>`,
        ready: (loaded) =>
          loaded.rows.length === 0 ? this.#empty(loaded) : this.#sections(loaded),
      })}`
  }

  async #load(id: string): Promise<Loaded> {
    const { api } = this.deps ?? {}
    if (api === undefined) throw new Error("no connection")
    const [{ items, sources }, { items: collectors }] = await Promise.all([
      api.deviceConfiguration(id),
      api.deviceTable(id, "collection", { limit: 200 }),
    ])
    return { rows: items.map(sectionRow), sources, collectors }
  }

  #empty({ collectors }: Loaded) {
    const why = whyEmpty(this.device?.agentId != null, collectors, "configuration")
    const text = strings.why[why.kind] ?? strings.emptyText
    return html`<ispvm-empty icon="pencil" heading=${strings.empty} text=${text}></ispvm-empty>`
  }

  #sections({ rows: all, sources, collectors }: Loaded) {
    const changedOnly = this.query.get("changed") === "1"
    const changed = all.filter(({ changedAtMs }) => changedAtMs !== null)
    const rows = changedOnly ? changed : all
    const everyMs = everyMsOf(collectors)
    return html`<div class="headline pad-row">
        <p class="caption">${strings.intro} ${sources.map(({ source, atMs }) => html`<ispvm-age at=${atMs} interval=${everyMs}>${t.tables.asOf(t.terms.source(source))} <ispvm-time at=${atMs}></ispvm-time></ispvm-age>`)}</p>
        <ispvm-chip ?active=${changedOnly} .count=${changed.length} @click=${() => emit(this, "change-query", { changed: changedOnly ? "" : "1" })}>${strings.changedOnly}</ispvm-chip>
      </div>
      ${rows.length === 0 ? html`<ispvm-empty icon="pencil" heading=${strings.noChange} text=${strings.noChangeText}></ispvm-empty>` : this.#table(rows, everyMs)}`
  }

  #table(rows: readonly SectionRow[], everyMs: number) {
    return html`<div class="ports" style="--rows:${Math.min(rows.length, 24)}">
      <ispvm-table
        keys
        label=${t.tables.groups.configuration ?? ""}
        min-width="1040"
        .columns=${configurationColumns(everyMs)}
        .rows=${rows}
        sort=${this.query.get("sort") ?? "-changed"}
        @sort-rows=${(event: CustomEvent<string>) => emit(this, "change-query", { sort: event.detail })}
      ></ispvm-table>
    </div>`
  }
}

/** How often the agent reads it; once a day where that is not known. */
const everyMsOf = (collectors: readonly TableRow[]): number => {
  const found = collectors.find(({ key }) => key.endsWith(".configuration"))?.values.everyMs
  return typeof found === "number" && found > 0 ? Math.max(found, 900_000) : DAY_MS
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-configuration": IspvmDeviceConfiguration
  }
}
