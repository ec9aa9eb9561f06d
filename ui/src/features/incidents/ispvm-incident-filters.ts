import type { SavedFilter } from "@ispvm/appliance/api/handover"
import { SEVERITIES } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { changesOf, FILTER_KEYS, isFiltered, savedQuery } from "./filter-query.ts"
import { incidentsStyles } from "./incidents-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-menu.ts"
import "../../components/ispvm-select.ts"

const strings = t.filters
/** People type a word before it is searched for. */
const TYPING_MS = 250

/** Filters of the incident list. Emits `change-filter` with changes of the address. */
@customElement("ispvm-incident-filters")
export class IspvmIncidentFilters extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) query = new URLSearchParams()
  @state() private isSaving = false
  @state() private name = ""
  readonly #action = new ActionController(this)
  readonly #saved = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: async ([{ api }]) => (await api.savedFilters()).items,
  })
  #typing: ReturnType<typeof setTimeout> | undefined

  static override styles = [
    shared,
    incidentsStyles,
    css`
      .find {
        min-inline-size: var(--size-58);
      }
    `,
  ]

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#typing)
  }

  override render() {
    const { deps, query } = this
    if (deps === null) return nothing
    const sites = [...deps.fleet.value.sites.values()]
    return html`<div class="tools sideways" role="group" aria-label=${strings.label}>
      <ispvm-field class="find" bare type="search" label=${strings.search} placeholder=${strings.searchHint} .value=${query.get("q") ?? ""} @change-value=${this.#onSearch}></ispvm-field>
      ${SEVERITIES.map((severity) => this.#chip("severity", severity, t.workflow.severity[severity]))}
      ${this.#chip("owner", "me", strings.mine)} ${this.#chip("owner", "none", strings.noOwner)}
      ${this.#chip("causeCode", "none", strings.uncoded)}
      <ispvm-select bare label=${strings.site} .value=${query.get("site") ?? ""} .choices=${[
        { value: "", label: strings.allSites },
        ...sites.map(({ id, name }) => ({ value: id, label: name })),
      ]} @change-value=${(event: CustomEvent<string>) => this.#change({ site: event.detail })}></ispvm-select>
      ${this.#savedMenu(this.#saved.value ?? [])}
      ${isFiltered(query) ? html`<ispvm-button kind="quiet" @click=${() => this.#change(Object.fromEntries(FILTER_KEYS.map((key) => [key, ""])))}>${strings.clear}</ispvm-button>` : nothing}
    </div>
    ${this.#dialog(deps)}`
  }

  #chip(key: string, value: string, label: string) {
    const isActive = this.query.get(key) === value
    return html`<ispvm-chip ?active=${isActive} @click=${() => this.#change({ [key]: isActive ? "" : value })}>${label}</ispvm-chip>`
  }

  #savedMenu(saved: readonly SavedFilter[]) {
    const now = savedQuery(this.query)
    const current = saved.find(({ query }) => query === now)
    const entries = [
      ...saved.map(({ id, name }) => ({ key: id, label: name })),
      { key: "save", label: strings.save, disabled: now === "" },
      ...(current === undefined ? [] : [{ key: "remove", label: strings.remove(current.name) }]),
    ]
    return html`<ispvm-menu label=${strings.saved} .entries=${entries} @pick-entry=${(
      event: CustomEvent<string>,
    ) => {
      const picked = saved.find(({ id }) => id === event.detail)
      if (picked !== undefined) emit(this, "change-filter", changesOf(picked.query))
      else if (event.detail === "save") this.isSaving = true
      else if (current !== undefined) void this.#remove(current.id)
    }}></ispvm-menu>`
  }

  #dialog(deps: Deps) {
    const dismiss = (): void => {
      this.isSaving = false
    }
    return html`<ispvm-dialog ?open=${this.isSaving} heading=${strings.saveTitle} @dismiss=${dismiss}>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <ispvm-field label=${strings.saveName} .value=${this.name} @change-value=${(
        event: CustomEvent<string>,
      ) => {
        this.name = event.detail
      }}></ispvm-field>
      <ispvm-button slot="actions" @click=${dismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?disabled=${this.name.trim() === ""} ?busy=${this.#action.isBusy} @click=${() => void this.#save(deps)}>${strings.saveDo}</ispvm-button>
    </ispvm-dialog>`
  }

  async #save({ api, toast }: Deps): Promise<void> {
    const body = { name: this.name.trim(), query: savedQuery(this.query) }
    if ((await this.#action.run("save", () => api.saveFilter(body))) === null) return
    this.isSaving = false
    this.name = ""
    toast({ tone: "done", text: strings.savedNow })
    await this.#saved.reload()
  }

  async #remove(id: string): Promise<void> {
    const { deps } = this
    if (deps === null) return
    if ((await this.#action.run("remove", () => deps.api.removeFilter(id))) === null) return
    deps.toast({ tone: "done", text: strings.removed })
    await this.#saved.reload()
  }

  readonly #onSearch = (event: CustomEvent<string>): void => {
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.#change({ q: event.detail }), TYPING_MS)
  }

  #change(changes: Readonly<Record<string, string>>): void {
    emit(this, "change-filter", { ...changes, before: "", after: "" })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-filters": IspvmIncidentFilters
  }
}
