import type { Interface, Link } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import type { Choice } from "../../components/ispvm-select.ts"
import { byText } from "../../i18n/format/names.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { emptyLink, linkBody, linkForm } from "./link-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.network.edit

/** The link to edit, or a new one between the picked devices or sites. */
export type LinkSubject =
  | { readonly kind: "old"; readonly link: Link }
  | {
      readonly kind: "new"
      readonly fromSite: string
      readonly toSite: string
      readonly a: string
      readonly b: string
    }

/** Dialog to add, edit or remove a link. Emits `dismiss`. */
@customElement("ispvm-link-edit")
export class IspvmLinkEdit extends LitElement {
  @property({ attribute: false }) subject: LinkSubject | null = null
  @property({ attribute: false }) deps: Deps | null = null
  readonly #form = new FormController(this, {
    initial: emptyLink(),
    body: linkBody,
    schema: (schemas) => schemas.LinkInput,
    paths: { capacityMbps: "capacityBps" },
  })
  readonly #removal = new ActionController(this)
  @state() private removing = false
  @state() private ports: ReadonlyMap<string, readonly Interface[]> = new Map()

  static override styles = [shared, contentsHost]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("subject") || this.subject === null) return
    const { subject } = this
    const form = subject.kind === "old" ? linkForm(subject.link) : emptyLink(subject.a, subject.b)
    this.#form.reset(form)
    this.#removal.clear()
    this.removing = false
    void this.#loadPorts(form.a.deviceId)
    void this.#loadPorts(form.b.deviceId)
  }

  override render() {
    const { subject } = this
    if (subject === null) return nothing
    return this.removing && subject.kind === "old"
      ? this.#removeDialog(subject.link)
      : this.#edit(subject)
  }

  #edit(subject: LinkSubject) {
    const form = this.#form
    const heading = subject.kind === "old" ? strings.linkEdit(subject.link.name) : strings.linkNew
    return html`<ispvm-dialog open heading=${heading} @dismiss=${this.#dismiss}>
      ${form.errors()}
      ${this.#end("a", strings.from, subject.kind === "new" ? subject.fromSite : "")} ${this.#end("b", strings.to, subject.kind === "new" ? subject.toSite : "")}
      ${form.field("name", { label: strings.linkName, hint: strings.linkNameHint, optional: true })}
      <div class="halves">
        ${form.field("tags", { label: strings.tags, hint: strings.tagsHint, optional: true })}
        ${form.field("capacityMbps", { label: strings.capacity, optional: true })}
        ${form.select("medium", { label: t.network.load.medium, choices: MEDIA })}
      </div>
      ${subject.kind === "old" ? html`<ispvm-button class="push-start" slot="actions" kind="danger" icon="trash-2" @click=${this.#onRemoveRequested}>${strings.remove}</ispvm-button>` : nothing}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${strings.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${form.isBusy} @click=${this.#onSave}>${strings.save}</ispvm-button>
    </ispvm-dialog>`
  }

  #end(side: "a" | "b", label: string, site: string) {
    const end = this.#form.filled[side]
    const ports = (this.ports.get(end.deviceId) ?? []).map((port) => ({
      value: port.name,
      label: portLabel(port),
    }))
    // The saved interface stays in the list even if the device does not report it.
    const unlistedPort =
      end.interface === "" || ports.some((port) => port.value === end.interface)
        ? []
        : [{ value: end.interface, label: end.interface }]
    return html`<div class="halves">
      <ispvm-select label=${label} .value=${end.deviceId} .choices=${this.#devices(site)} error=${this.#form.error(side)} @change-value=${(event: CustomEvent<string>) => this.#onDevice(side, event.detail)}></ispvm-select>
      <ispvm-select label=${strings.port} .value=${end.interface} .choices=${[{ value: "", label: strings.noPort }, ...unlistedPort, ...ports]} @change-value=${(event: CustomEvent<string>) => this.#form.set({ [side]: { ...end, interface: event.detail } })}></ispvm-select>
    </div>`
  }

  #devices(site: string): readonly Choice[] {
    const devices = [...(this.deps?.fleet.value.devices.values() ?? [])].filter(
      (device) => site === "" || device.siteId === site,
    )
    const choices = devices
      .map((device) => ({ value: device.id, label: device.name }))
      .sort((a, b) => byText(a.label, b.label))
    return [{ value: "", label: strings.choose }, ...choices]
  }

  #removeDialog(link: Link) {
    return html`<ispvm-dialog open heading=${strings.linkRemove(link.name)} @dismiss=${this.#dismiss}>
      <p>${strings.linkRemoveText}</p>
      ${this.#removal.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#removal.message}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${strings.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#removal.isBusy} @click=${() => void this.#onRemove(link)}>${strings.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  async #loadPorts(deviceId: string): Promise<void> {
    if (deviceId === "" || this.deps === null || this.ports.has(deviceId)) return
    try {
      const { items } = await this.deps.api.interfaces(deviceId)
      this.ports = new Map(this.ports).set(deviceId, items)
    } catch (error) {
      // A link may have no interfaces.
      if (!(error instanceof ApiError)) throw error
    }
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onRemoveRequested = (): void => {
    this.removing = true
  }
  #onDevice(side: "a" | "b", deviceId: string): void {
    this.#form.set({ [side]: { deviceId, interface: "" } })
    void this.#loadPorts(deviceId)
  }
  readonly #onSave = async (): Promise<void> => {
    const { deps, subject } = this
    if (deps === null || subject === null) return
    const done = await this.#form.submit((body) =>
      subject.kind === "old" ? deps.api.changeLink(subject.link.id, body) : deps.api.addLink(body),
    )
    if (done === null) return
    deps.toast({ tone: "done", text: strings.saved(this.#form.filled.name || t.network.link) })
    void deps.fleet.reload()
    this.#dismiss()
  }
  async #onRemove(link: Link): Promise<void> {
    const { deps } = this
    if (deps === null) return
    if ((await this.#removal.run("remove", () => deps.api.removeLink(link.id))) === null) return
    deps.toast({ tone: "done", text: strings.removed(link.name) })
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
