import type { Device, DeviceRole, TypedSecret } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { NO_ADDRESS, shownAddress } from "../../i18n/format/address.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { encodingChoices, encodingOf } from "../../state/encodings.ts"
import { tagsOf, tagsText } from "../../state/typed-tags.ts"
import { form } from "../../theme/form.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { requestedSecretsIn, retypedFields, type SecretField } from "../credentials/retyped.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-dialog.ts"

const strings = t.pages.device.form
type Filled = {
  readonly name: string
  readonly address: string
  readonly siteId: string
  readonly agentId: string
  /** `none`, `site`, the id of an agent, or `listed`: several, which stay as they are. */
  readonly fallback: string
  readonly preferred: "routeros-api" | "snmp"
  readonly roles: readonly DeviceRole[]
  readonly note: string
  readonly textEncoding: string
  readonly tags: string
  /** Secrets of its credential, entered again if the appliance requires them for a new address. */
  readonly secret: TypedSecret | null
}
const BLANK: Filled = {
  name: "",
  address: "",
  siteId: "",
  agentId: "",
  fallback: "none",
  preferred: "routeros-api",
  roles: [],
  note: "",
  textEncoding: "",
  tags: "",
  secret: null,
}

const FALLBACKS = ["none", "site", "listed"] as const
const fallbackOf = (device: Device): string => {
  const [only, ...more] = device.fallbackAgentIds ?? []
  const { agentFallback = "none" } = device
  return agentFallback === "listed" && only !== undefined && more.length === 0
    ? only
    : agentFallback
}
const fallbackFields = (fallback: string) => {
  const known = FALLBACKS.find((each) => each === fallback)
  if (known === undefined) return { agentFallback: "listed" as const, fallbackAgentIds: [fallback] }
  return known === "listed" ? {} : { agentFallback: known, fallbackAgentIds: [] }
}

/** A self-reporting router needs no address; an agent needs one. */
const bodyOf = ({ secret, ...filled }: Filled, methods: Device["methods"] | undefined) => ({
  name: filled.name,
  address: filled.agentId === "" && filled.address.trim() === "" ? NO_ADDRESS : filled.address,
  siteId: filled.siteId || null,
  agentId: filled.agentId || null,
  ...fallbackFields(filled.fallback),
  ...(methods === undefined || filled.preferred === (methods.preferred ?? "routeros-api")
    ? {}
    : { methods: { ...methods, preferred: filled.preferred } }),
  roles: [...filled.roles],
  note: filled.note,
  textEncoding: encodingOf(filled.textEncoding),
  tags: tagsOf(filled.tags),
  ...(secret === null ? {} : { secret }),
})

/** Dialog to edit or remove a device. Emits `dismiss`, and `removed`. */
@customElement("ispvm-device-edit")
export class IspvmDeviceEdit extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) deps: Deps | null = null
  readonly #form = new FormController(this, {
    initial: BLANK,
    body: (filled) => bodyOf(filled, this.device?.methods),
    schema: (schemas) => schemas.DeviceChange,
  })
  readonly #removal = new ActionController(this)
  @state() private removing = false
  /** Secrets of its credential that the appliance requires for the new address. */
  @state() private requestedSecrets: readonly SecretField[] = []

  static override styles = [
    shared,
    contentsHost,
    form,
    css`
    `,
  ]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.open || this.device === null) return
    const { name, address, siteId, agentId, roles, note, textEncoding, tags } = this.device
    this.#form.reset({
      name,
      address: shownAddress(address),
      siteId: siteId ?? "",
      agentId: agentId ?? "",
      fallback: fallbackOf(this.device),
      preferred: this.device.methods.preferred ?? "routeros-api",
      roles: [...roles],
      note,
      textEncoding: textEncoding ?? "",
      tags: tagsText(tags),
      secret: null,
    })
    this.#removal.clear()
    this.requestedSecrets = []
    this.removing = false
  }

  override render() {
    if (this.device === null || !this.open) return nothing
    return this.removing ? this.#removeDialog(this.device) : this.#edit(this.device)
  }

  #edit(device: Device) {
    const form = this.#form
    const { filled } = form
    const isAlone = filled.agentId === ""
    const none = { value: "", label: t.terms.none }
    const fleet = this.deps?.fleet.value
    const sites = [...(fleet?.sites.values() ?? [])].map((site) => ({
      value: site.id,
      label: site.name,
    }))
    const agents = [...(fleet?.agents.values() ?? [])].map((agent) => ({
      value: agent.id,
      label: agent.name,
    }))
    return html`<ispvm-dialog open heading=${strings.heading(device.name)} @dismiss=${this.#dismiss}>
      ${form.errors()} ${form.field("name", { label: strings.name })}
      ${form.field("address", { label: strings.address, mono: true, optional: isAlone, hint: isAlone ? pageTexts.companion.monitoringMode.addressHint : "" })}
      <div class="halves">
        ${form.select("siteId", { label: strings.site, choices: [none, ...sites] })}
        ${form.select("agentId", { label: strings.agent, choices: [none, ...agents] })}
      </div>
      ${this.#reading(device, agents)}
      <div>
        <div class="label">${strings.roles}</div>
        <div class="chips" role="group" aria-label=${strings.roles}>${this.#roles(filled)}</div>
      </div>
      ${retypedFields({
        requestedSecrets: this.requestedSecrets,
        typed: filled.secret ?? {},
        error: form.rejection,
        set: (secret) => form.set({ secret }),
      })}
      ${form.field("note", { label: strings.note, type: "textarea", rows: 2, optional: true })}
      ${form.field("tags", { label: t.network.edit.tags, hint: t.network.edit.tagsHint, optional: true })}
      ${form.select("textEncoding", { label: t.encoding.label, hint: t.encoding.hint, choices: encodingChoices(t.encoding.likeSite) })}
      <ispvm-button class="start" icon="key-round" href=${paths.deviceAccess(device.id)}>${strings.access}</ispvm-button>
      <ispvm-button class="push-start" slot="actions" kind="danger" icon="trash-2" @click=${this.#onRemoveRequested}>${strings.remove}</ispvm-button>
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${form.isBusy} @click=${this.#onSave}>${strings.save}</ispvm-button>
    </ispvm-dialog>`
  }

  /** Who and what replaces the preferred agent and method. */
  #reading(
    { methods, agentFallback, fallbackAgentIds = [] }: Device,
    agents: readonly { readonly value: string; readonly label: string }[],
  ) {
    const own = pageTexts.reading.form
    const several = agentFallback === "listed" && fallbackAgentIds.length > 1
    const choices = [
      { value: "none", label: own.nobody },
      { value: "site", label: own.site },
      ...(several ? [{ value: "listed", label: own.several }] : []),
      ...agents.filter(({ value }) => value !== this.#form.filled.agentId),
    ]
    const sources = (["routeros-api", "snmp"] as const).map((value) => ({
      value,
      label: pageTexts.reading.methods[value],
    }))
    return html`${this.#form.select("fallback", { label: own.fallback, hint: own.fallbackHint, choices })}
      ${methods.routerosApi === null || methods.snmp === null ? nothing : this.#form.select("preferred", { label: own.preferred, hint: own.preferredHint, choices: sources })}`
  }

  #roles(filled: Filled) {
    return Object.entries(t.terms.role).map(([role, label]) => {
      const active = filled.roles.some((each) => each === role)
      return html`<ispvm-chip ?active=${active} @click=${() => this.#onRole(role as DeviceRole, active)}>${label}</ispvm-chip>`
    })
  }

  #removeDialog(device: Device) {
    return html`<ispvm-dialog open heading=${strings.removeHeading(device.name)} @dismiss=${this.#dismiss}>
      <p>${strings.removeText}</p>
      ${this.#removal.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#removal.message}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#removal.isBusy} @click=${this.#onRemove}>${strings.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onRole = (role: DeviceRole, active: boolean): void => {
    const { roles } = this.#form.filled
    this.#form.set({ roles: active ? roles.filter((each) => each !== role) : [...roles, role] })
  }
  readonly #onRemoveRequested = (): void => {
    this.removing = true
  }
  readonly #onSave = async (): Promise<void> => {
    const { deps, device } = this
    if (deps === null || device === null) return
    const done = await this.#form.submit((body) => deps.api.changeDevice(device.id, body))
    if (done === null) {
      const requestedSecrets = requestedSecretsIn(this.#form.rejection)
      if (requestedSecrets.length > 0) this.requestedSecrets = requestedSecrets
      return
    }
    deps.toast({ tone: "done", text: strings.saved(this.#form.filled.name) })
    void deps.fleet.reload()
    this.#dismiss()
  }
  readonly #onRemove = async (): Promise<void> => {
    const { deps, device } = this
    if (deps === null || device === null) return
    if ((await this.#removal.run("remove", () => deps.api.removeDevice(device.id))) === null) return
    deps.toast({ tone: "done", text: strings.removed(device.name) })
    void deps.fleet.reload()
    emit(this, "removed", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-edit": IspvmDeviceEdit
  }
}
