import type { DeviceRole } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { FormController } from "../../components/form-controller.ts"
import { byName } from "../../i18n/format/names.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { sendPart } from "../../state/form.ts"
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

const strings = pageTexts.companion.monitoringMode
const isRole = (name: string): name is DeviceRole => name in t.terms.role
const ROLES = Object.keys(t.terms.role).filter(isRole)

/** Form for a self-reporting router. Saves it and continues with its script. */
@customElement("ispvm-self-reporting-router")
export class IspvmSelfReportingRouter extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #form = new FormController<SelfReportingDraft, BodyOf<"POST /devices">>(this, {
    initial: EMPTY_SELF_REPORTING,
    body: selfReportingBody,
    schema: (schemas) => schemas.DeviceInput,
    parts: ({ SiteInput }, draft) =>
      draft.siteId === NEW
        ? [{ at: "site", schema: SiteInput, body: selfReportingSite(draft) }]
        : [],
    paths: { siteName: "site.name" },
  })

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
    const form = this.#form
    const sites = [...(this.deps?.fleet.value.sites.values() ?? [])]
      .sort(byName)
      .map((site) => ({ value: site.id, label: site.name }))
    return html`<section class="panel">
      <header><h2>${strings.self}</h2></header>
      <form novalidate @submit=${this.#onSubmit}>
        <p class="wide soft">${strings.selfText}</p>
        ${form.general === "" ? nothing : html`<p class="wide form-error" role="alert">${form.general}</p>`}
        ${form.field("name", { label: strings.name })}
        ${form.field("address", { label: strings.address, hint: strings.addressHint, mono: true, optional: true })}
        ${form.select("siteId", { label: t.access.site, choices: [{ value: "", label: t.access.siteNone }, ...sites, { value: NEW, label: t.access.siteNew }] })}
        ${form.filled.siteId === NEW ? form.field("siteName", { label: t.access.siteName }) : nothing}
        <div class="wide">
          <div class="label" id="roles">${t.access.roles}</div>
          <div class="chips" role="group" aria-labelledby="roles">${ROLES.map((role) => this.#role(role))}</div>
        </div>
        <div class="wide next"><ispvm-button type="submit" kind="primary" icon="arrow-right" ?busy=${form.isBusy}>${strings.next}</ispvm-button></div>
      </form>
    </section>`
  }

  #role(role: DeviceRole) {
    const { roles } = this.#form.filled
    const active = roles.includes(role)
    const next = active ? roles.filter((each) => each !== role) : [...roles, role]
    return html`<ispvm-chip ?active=${active} @click=${() => this.#form.set({ roles: next })}>${t.terms.role[role]}</ispvm-chip>`
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    const form = this.#form
    const done = await form.submit(async () => {
      if (form.filled.siteId === NEW) {
        // Kept as soon as it is made: if the router is refused, trying again makes no second site.
        const { id } = await sendPart("site", deps.api.addSite(selfReportingSite(form.filled)))
        form.set({ siteId: id, siteName: "" })
      }
      return await deps.api.addDevice(selfReportingBody(form.filled))
    })
    if (done === null) return
    await deps.fleet.reload()
    deps.go(paths.deviceConnect(done.value.id))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-self-reporting-router": IspvmSelfReportingRouter
  }
}
