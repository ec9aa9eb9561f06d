import type { Site } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { t } from "../../i18n/strings/strings.ts"
import { encodingChoices, encodingOf } from "../../state/encodings.ts"
import { shared } from "../../theme/shared.ts"
import { editStyles } from "./edit-styles.ts"
import { degrees } from "./link-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.network.edit
/** About a metre. */
const DIGITS = 5

export type SiteSubject =
  | { readonly kind: "old"; readonly site: Site }
  | { readonly kind: "new"; readonly latitude: number; readonly longitude: number }

type Form = {
  readonly name: string
  readonly latitude: string
  readonly longitude: string
  readonly note: string
  readonly textEncoding: string
}
const NO_FORM: Form = { name: "", latitude: "", longitude: "", note: "", textEncoding: "" }

/** Adds, changes or removes a site. Emits `dismiss`, and `added` with the new site's id. */
@customElement("ispvm-site-edit")
export class IspvmSiteEdit extends LitElement {
  @property({ attribute: false }) subject: SiteSubject | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private form: Form = NO_FORM
  @state() private fieldErrors: Readonly<Record<string, string>> = {}
  @state() private errorMessage = ""
  @state() private busy = false
  @state() private removing = false

  static override styles = [shared, editStyles]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("subject") || this.subject === null) return
    this.form = formOf(this.subject)
    this.fieldErrors = {}
    this.errorMessage = ""
    this.removing = false
  }

  override render() {
    const { subject } = this
    if (subject === null) return nothing
    return this.removing && subject.kind === "old"
      ? this.#removal(subject.site)
      : this.#edit(subject)
  }

  #edit(subject: SiteSubject) {
    const heading = subject.kind === "old" ? strings.siteEdit(subject.site.name) : strings.siteNew
    const field = (key: keyof Form, label: string, hint = "") =>
      html`<ispvm-field label=${label} hint=${hint} ?optional=${key !== "name"} .value=${this.form[key]} error=${this.fieldErrors[key] ?? ""} @change-value=${(event: CustomEvent<string>) => this.#fill({ [key]: event.detail })}></ispvm-field>`
    return html`<ispvm-dialog open heading=${heading} @dismiss=${this.#dismiss}>
      ${this.errorMessage === "" ? nothing : html`<div class="form-error" role="alert">${this.errorMessage}</div>`} ${field("name", strings.siteName)}
      <div class="two">${field("latitude", strings.latitude, strings.degrees)}${field("longitude", strings.longitude)}</div>
      ${field("note", strings.note)}
      <ispvm-select label=${t.encoding.label} hint=${t.encoding.hint} .value=${this.form.textEncoding} .choices=${encodingChoices(null)} @change-value=${(event: CustomEvent<string>) => this.#fill({ textEncoding: event.detail })}></ispvm-select>
      ${subject.kind === "old" ? html`<ispvm-button class="remove" slot="actions" kind="danger" icon="trash-2" @click=${this.#onRemoveRequested}>${strings.remove}</ispvm-button>` : nothing}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${strings.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${this.busy} @click=${this.#onSave}>${strings.save}</ispvm-button>
    </ispvm-dialog>`
  }

  #removal(site: Site) {
    return html`<ispvm-dialog open heading=${strings.siteRemove(site.name)} @dismiss=${this.#dismiss}>
      <p>${strings.siteRemoveText}</p>
      ${this.errorMessage === "" ? nothing : html`<div class="form-error" role="alert">${this.errorMessage}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${strings.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.busy} @click=${() => void this.#onRemove(site)}>${strings.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  #fill(changes: Partial<Form>): void {
    this.form = { ...this.form, ...changes }
  }

  async #do<T>(work: () => Promise<T>): Promise<{ value: T } | null> {
    this.busy = true
    this.errorMessage = ""
    try {
      return { value: await work() }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.fieldErrors = Object.fromEntries(
        error.fields.map((field) => [field.path, field.message]),
      )
      this.errorMessage = error.fields.length === 0 ? error.message : ""
      return null
    } finally {
      this.busy = false
    }
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onRemoveRequested = (): void => {
    this.removing = true
  }
  readonly #onSave = async (): Promise<void> => {
    const { deps, subject, form } = this
    if (deps === null || subject === null) return
    const latitude = degrees(form.latitude, 90)
    const longitude = degrees(form.longitude, 180)
    this.fieldErrors = {
      ...(Number.isNaN(latitude) ? { latitude: strings.notDegrees(90) } : {}),
      ...(Number.isNaN(longitude) ? { longitude: strings.notDegrees(180) } : {}),
    }
    if (Object.keys(this.fieldErrors).length > 0) return
    const body = {
      name: form.name,
      latitude,
      longitude,
      note: form.note,
      textEncoding: encodingOf(form.textEncoding),
    }
    const done = await this.#do(async () => {
      if (subject.kind === "new") return (await deps.api.addSite(body)).id
      await deps.api.changeSite(subject.site.id, body)
      return null
    })
    if (done === null) return
    deps.toast({ tone: "done", text: strings.saved(form.name) })
    void deps.fleet.reload()
    if (done.value !== null) emit(this, "added", done.value)
    this.#dismiss()
  }
  async #onRemove(site: Site): Promise<void> {
    const { deps } = this
    if (deps === null || (await this.#do(() => deps.api.removeSite(site.id))) === null) return
    deps.toast({ tone: "done", text: strings.removed(site.name) })
    void deps.fleet.reload()
    this.#dismiss()
  }
}

const formOf = (subject: SiteSubject): Form => {
  if (subject.kind === "new")
    return {
      ...NO_FORM,
      latitude: subject.latitude.toFixed(DIGITS),
      longitude: subject.longitude.toFixed(DIGITS),
    }
  const { name, latitude, longitude, note, textEncoding } = subject.site
  return {
    name,
    note,
    textEncoding: textEncoding ?? "",
    latitude: latitude === null ? "" : String(latitude),
    longitude: longitude === null ? "" : String(longitude),
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-site-edit": IspvmSiteEdit
  }
}
