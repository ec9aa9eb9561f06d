import type { Interface, Link } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../deps.ts"
import { byText } from "../../format/names.ts"
import { emit } from "../../parts/emit.ts"
import type { Choice } from "../../parts/ispvm-select.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { editStyles } from "./edit-styles.ts"
import { emptyLink, type LinkForm, linkBody, linkForm } from "./link-form.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-dialog.ts"
import "../../parts/ispvm-field.ts"
import "../../parts/ispvm-select.ts"

const words = t.network.edit

/** What is to be edited: a link that exists, or a new one between what was picked (devices, or the sites they stand on). */
export type LinkSubject =
  | { readonly kind: "old"; readonly link: Link }
  | { readonly kind: "new"; readonly fromSite: string; readonly toSite: string; readonly a: string; readonly b: string }

/** Draws, changes or removes a link. Emits `dismiss`. */
@customElement("ispvm-link-edit")
export class IspvmLinkEdit extends LitElement {
  @property({ attribute: false }) subject: LinkSubject | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private form: LinkForm = emptyLink()
  @state() private wrong: Readonly<Record<string, string>> = {}
  @state() private trouble = ""
  @state() private busy = false
  @state() private removing = false
  @state() private ports: ReadonlyMap<string, readonly Interface[]> = new Map()

  static override styles = [shared, editStyles]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("subject") || this.subject === null) return
    const { subject } = this
    this.form = subject.kind === "old" ? linkForm(subject.link) : emptyLink(subject.a, subject.b)
    this.wrong = {}
    this.trouble = ""
    this.removing = false
    void this.#loadPorts(this.form.a.deviceId)
    void this.#loadPorts(this.form.b.deviceId)
  }

  override render() {
    const { subject } = this
    if (subject === null) return nothing
    return this.removing && subject.kind === "old" ? this.#removal(subject.link) : this.#edit(subject)
  }

  #edit(subject: LinkSubject) {
    const { form } = this
    const heading = subject.kind === "old" ? words.linkEdit(subject.link.name) : words.linkNew
    return html`<ispvm-dialog open heading=${heading} @dismiss=${this.#dismiss}>
      ${this.trouble === "" ? nothing : html`<div class="wrong" role="alert">${this.trouble}</div>`}
      ${this.#end("a", words.from, subject.kind === "new" ? subject.fromSite : "")} ${this.#end("b", words.to, subject.kind === "new" ? subject.toSite : "")}
      <ispvm-field label=${words.linkName} optional hint=${words.linkNameHint} .value=${form.name} error=${this.wrong.name ?? ""} @change-value=${(event: CustomEvent<string>) => this.#fill({ name: event.detail })}></ispvm-field>
      <div class="two">
        <ispvm-field label=${words.capacity} optional .value=${form.capacityMbps} error=${this.wrong.capacityBps ?? ""} @change-value=${(event: CustomEvent<string>) => this.#fill({ capacityMbps: event.detail })}></ispvm-field>
        <ispvm-select label=${t.network.load.medium} .value=${form.medium} .choices=${MEDIA} @change-value=${(event: CustomEvent<string>) => this.#fill({ medium: event.detail })}></ispvm-select>
      </div>
      ${subject.kind === "old" ? html`<ispvm-button class="remove" slot="actions" kind="danger" icon="trash-2" @click=${this.#onRemoveAsked}>${words.remove}</ispvm-button>` : nothing}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${words.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${this.busy} @click=${this.#onSave}>${words.save}</ispvm-button>
    </ispvm-dialog>`
  }

  #end(side: "a" | "b", label: string, site: string) {
    const end = this.form[side]
    const ports = (this.ports.get(end.deviceId) ?? []).map((port) => ({ value: port.name, label: portLabel(port) }))
    // A port that is named but not (or no longer) seen must stay to be chosen.
    const kept =
      end.interface === "" || ports.some((port) => port.value === end.interface)
        ? []
        : [{ value: end.interface, label: end.interface }]
    return html`<div class="two">
      <ispvm-select label=${label} .value=${end.deviceId} .choices=${this.#devices(site)} error=${this.wrong[side] ?? ""} @change-value=${(event: CustomEvent<string>) => this.#onDevice(side, event.detail)}></ispvm-select>
      <ispvm-select label=${words.port} .value=${end.interface} .choices=${[{ value: "", label: words.noPort }, ...kept, ...ports]} @change-value=${(event: CustomEvent<string>) => this.#fill({ [side]: { ...end, interface: event.detail } })}></ispvm-select>
    </div>`
  }

  #devices(site: string): readonly Choice[] {
    const devices = [...(this.deps?.fleet.value.devices.values() ?? [])].filter((device) => site === "" || device.siteId === site)
    const choices = devices.map((device) => ({ value: device.id, label: device.name })).sort((a, b) => byText(a.label, b.label))
    return [{ value: "", label: words.choose }, ...choices]
  }

  #removal(link: Link) {
    return html`<ispvm-dialog open heading=${words.linkRemove(link.name)} @dismiss=${this.#dismiss}>
      <p>${words.linkRemoveText}</p>
      ${this.trouble === "" ? nothing : html`<div class="wrong" role="alert">${this.trouble}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${words.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.busy} @click=${() => void this.#onRemove(link)}>${words.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  #fill(changes: Partial<LinkForm>): void {
    this.form = { ...this.form, ...changes }
  }

  async #loadPorts(deviceId: string): Promise<void> {
    if (deviceId === "" || this.deps === null || this.ports.has(deviceId)) return
    try {
      const { items } = await this.deps.api.interfaces(deviceId)
      this.ports = new Map(this.ports).set(deviceId, items)
    } catch (error) {
      // A link may be drawn without its ports.
      if (!(error instanceof ApiError)) throw error
    }
  }

  async #do(work: () => Promise<unknown>): Promise<boolean> {
    this.busy = true
    this.trouble = ""
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.wrong = Object.fromEntries(error.fields.map((field) => [field.path.split(".")[0] ?? "", field.message]))
      this.trouble = error.message
      return false
    } finally {
      this.busy = false
    }
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onRemoveAsked = (): void => {
    this.removing = true
  }
  #onDevice(side: "a" | "b", deviceId: string): void {
    this.#fill({ [side]: { deviceId, interface: "" } })
    void this.#loadPorts(deviceId)
  }
  readonly #onSave = async (): Promise<void> => {
    const { deps, subject } = this
    if (deps === null || subject === null) return
    const told = linkBody(this.form)
    this.wrong = "wrong" in told ? { ...told.wrong } : {}
    if ("wrong" in told) return
    const { body } = told
    const isDone = await this.#do(() =>
      subject.kind === "old" ? deps.api.changeLink(subject.link.id, body) : deps.api.addLink(body),
    )
    if (!isDone) return
    deps.toast({ tone: "done", text: words.saved(this.form.name || t.network.link) })
    void deps.fleet.reload()
    this.#dismiss()
  }
  async #onRemove(link: Link): Promise<void> {
    const { deps } = this
    if (deps === null || !(await this.#do(() => deps.api.removeLink(link.id)))) return
    deps.toast({ tone: "done", text: words.removed(link.name) })
    void deps.fleet.reload()
    this.#dismiss()
  }
}

const MEDIA: readonly Choice[] = [
  { value: "", label: t.terms.none },
  ...Object.entries(t.network.medium).map(([value, label]) => ({ value, label })),
]
const portLabel = (port: Interface): string =>
  port.comment === null || port.comment === "" ? port.name : `${port.name} (${port.comment})`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-link-edit": IspvmLinkEdit
  }
}
