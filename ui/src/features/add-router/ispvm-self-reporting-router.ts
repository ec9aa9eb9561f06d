import type { DeviceRole } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { byName } from "../../i18n/format/names.ts"
import { t } from "../../i18n/strings/strings.ts"
import { form } from "../../theme/form.ts"
import { panel, shared } from "../../theme/shared.ts"
import { NEW } from "./draft.ts"
import {
  EMPTY_SELF_REPORTING,
  type SelfReportingDraft,
  selfReportingBody,
  selfReportingSite,
} from "./self-reporting-draft.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.companion.monitoringMode
type Typed = CustomEvent<string>
const isRole = (name: string): name is DeviceRole => name in t.terms.role
const ROLES = Object.keys(t.terms.role).filter(isRole)

/** The little that must be known of a router before its script can be made. Saves it, and goes to its script. */
@customElement("ispvm-self-reporting-router")
export class IspvmSelfReportingRouter extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @state() private draft: SelfReportingDraft = EMPTY_SELF_REPORTING
  @state() private error: ApiError | null = null
  @state() private isNameless = false
  @state() private busy = false

  static override styles = [
    shared,
    panel,
    form,
    css`
      form {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-3) var(--space-4);
        padding: var(--space-4);
        align-items: start;
      }
      @media (max-width: 640px) {
        form {
          grid-template-columns: minmax(0, 1fr);
          padding: var(--space-3);
        }
        .next ispvm-button {
          display: block;
          --control-height: var(--space-11);
        }
      }
    `,
  ]

  override render() {
    const { draft, error } = this
    const sites = [...(this.deps?.fleet.value.sites.values() ?? [])]
      .sort(byName)
      .map((site) => ({ value: site.id, label: site.name }))
    const general = error !== null && error.fields.length === 0 ? error.message : ""
    return html`<section class="panel">
      <header><h2>${strings.self}</h2></header>
      <form novalidate @submit=${this.#onSubmit}>
        <p class="wide soft">${strings.selfText}</p>
        ${general === "" ? nothing : html`<p class="wide form-error" role="alert">${general}</p>`}
        <ispvm-field label=${strings.name} .value=${draft.name} error=${this.isNameless ? strings.needsName : (error?.field("name") ?? "")} @change-value=${(event: Typed) => this.#set({ name: event.detail })}></ispvm-field>
        <ispvm-field label=${strings.address} mono optional hint=${strings.addressHint} .value=${draft.address} error=${error?.field("address") ?? ""} @change-value=${(event: Typed) => this.#set({ address: event.detail })}></ispvm-field>
        <ispvm-select
          label=${t.access.site}
          .value=${draft.siteId}
          error=${error?.field("siteId") ?? ""}
          .choices=${[{ value: "", label: t.access.siteNone }, ...sites, { value: NEW, label: t.access.siteNew }]}
          @change-value=${(event: Typed) => this.#set({ siteId: event.detail })}
        ></ispvm-select>
        ${draft.siteId === NEW ? html`<ispvm-field label=${t.access.siteName} .value=${draft.siteName} @change-value=${(event: Typed) => this.#set({ siteName: event.detail })}></ispvm-field>` : nothing}
        <div class="wide">
          <div class="label" id="roles">${t.access.roles}</div>
          <div class="chips" role="group" aria-labelledby="roles">${ROLES.map((role) => this.#role(role))}</div>
        </div>
        <div class="wide next"><ispvm-button type="submit" kind="primary" icon="arrow-right" ?busy=${this.busy}>${strings.next}</ispvm-button></div>
      </form>
    </section>`
  }

  #role(role: DeviceRole) {
    const { roles } = this.draft
    const active = roles.includes(role)
    const next = active ? roles.filter((each) => each !== role) : [...roles, role]
    return html`<ispvm-chip ?active=${active} @click=${() => this.#set({ roles: next })}>${t.terms.role[role]}</ispvm-chip>`
  }

  #set(changes: Partial<SelfReportingDraft>): void {
    this.draft = { ...this.draft, ...changes }
    this.error = null
    this.isNameless = false
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps, draft } = this
    if (deps === null || this.busy) return
    this.isNameless = draft.name.trim() === ""
    if (this.isNameless) return
    this.busy = true
    this.error = null
    try {
      if (draft.siteId === NEW) {
        // Kept as soon as it is made: should the router be refused, trying again makes no second site.
        const { id: siteId } = await deps.api.addSite(selfReportingSite(draft))
        this.draft = { ...this.draft, siteId, siteName: "" }
      }
      const { id } = await deps.api.addDevice(
        selfReportingBody(this.draft, this.draft.siteId || null),
      )
      await deps.fleet.reload()
      deps.go(paths.deviceConnect(id))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.error = error
    } finally {
      this.busy = false
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-self-reporting-router": IspvmSelfReportingRouter
  }
}
