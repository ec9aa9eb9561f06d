import type { Site } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { encodingChoices, encodingOf } from "../../state/encodings.ts"
import { optionalNumber } from "../../state/typed-number.ts"
import { tagsOf, tagsText } from "../../state/typed-tags.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"

const strings = t.network.edit
/** About one metre. */
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
  readonly tags: string
}
const NO_FORM: Form = {
  name: "",
  latitude: "",
  longitude: "",
  note: "",
  textEncoding: "",
  tags: "",
}

/** Dialog to add, edit or remove a site. Emits `dismiss`, and `added` with the id of a new site. */
@customElement("ispvm-site-edit")
export class IspvmSiteEdit extends LitElement {
  @property({ attribute: false }) subject: SiteSubject | null = null
  @property({ attribute: false }) deps: Deps | null = null
  readonly #form = new FormController(this, {
    initial: NO_FORM,
    body: bodyOf,
    schema: (schemas) => schemas.SiteInput,
  })
  readonly #removal = new ActionController(this)
  @state() private removing = false

  static override styles = [shared, contentsHost]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("subject") || this.subject === null) return
    this.#form.reset(formOf(this.subject))
    this.#removal.clear()
    this.removing = false
  }

  override render() {
    const { subject } = this
    if (subject === null) return nothing
    return this.removing && subject.kind === "old"
      ? this.#removeDialog(subject.site)
      : this.#edit(subject)
  }

  #edit(subject: SiteSubject) {
    const heading = subject.kind === "old" ? strings.siteEdit(subject.site.name) : strings.siteNew
    const form = this.#form
    return html`<ispvm-dialog open heading=${heading} @dismiss=${this.#dismiss}>
      ${form.errors()} ${form.field("name", { label: strings.siteName })}
      <div class="halves">
        ${form.field("latitude", { label: strings.latitude, hint: strings.degrees, optional: true })}
        ${form.field("longitude", { label: strings.longitude, optional: true })}
      </div>
      ${form.field("note", { label: strings.note, optional: true })}
      ${form.field("tags", { label: strings.tags, hint: strings.tagsHint, optional: true })}
      ${form.select("textEncoding", { label: t.encoding.label, hint: t.encoding.hint, choices: encodingChoices(null) })}
      ${subject.kind === "old" ? html`<ispvm-button class="push-start" slot="actions" kind="danger" icon="trash-2" @click=${this.#onRemoveRequested}>${strings.remove}</ispvm-button>` : nothing}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${strings.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${form.isBusy} @click=${this.#onSave}>${strings.save}</ispvm-button>
    </ispvm-dialog>`
  }

  #removeDialog(site: Site) {
    return html`<ispvm-dialog open heading=${strings.siteRemove(site.name)} @dismiss=${this.#dismiss}>
      <p>${strings.siteRemoveText}</p>
      ${this.#removal.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#removal.message}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${strings.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#removal.isBusy} @click=${() => void this.#onRemove(site)}>${strings.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onRemoveRequested = (): void => {
    this.removing = true
  }
  readonly #onSave = async (): Promise<void> => {
    const { deps, subject } = this
    if (deps === null || subject === null) return
    const done = await this.#form.submit(async (body) => {
      if (subject.kind === "new") return (await deps.api.addSite(body)).id
      await deps.api.changeSite(subject.site.id, body)
      return null
    })
    if (done === null) return
    deps.toast({ tone: "done", text: strings.saved(this.#form.filled.name) })
    void deps.fleet.reload()
    if (done.value !== null) emit(this, "added", done.value)
    this.#dismiss()
  }
  async #onRemove(site: Site): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#removal.run("remove", () => deps.api.removeSite(site.id))
    if (done === null) return
    deps.toast({ tone: "done", text: strings.removed(site.name) })
    void deps.fleet.reload()
    this.#dismiss()
  }
}

const bodyOf = (form: Form) => ({
  name: form.name,
  latitude: optionalNumber(form.latitude),
  longitude: optionalNumber(form.longitude),
  note: form.note,
  textEncoding: encodingOf(form.textEncoding),
  tags: tagsOf(form.tags),
})

const formOf = (subject: SiteSubject): Form => {
  if (subject.kind === "new")
    return {
      ...NO_FORM,
      latitude: subject.latitude.toFixed(DIGITS),
      longitude: subject.longitude.toFixed(DIGITS),
    }
  const { name, latitude, longitude, note, textEncoding, tags } = subject.site
  return {
    name,
    note,
    textEncoding: textEncoding ?? "",
    tags: tagsText(tags),
    latitude: latitude === null ? "" : String(latitude),
    longitude: longitude === null ? "" : String(longitude),
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-site-edit": IspvmSiteEdit
  }
}
