import type { Device, DeviceRole, TypedSecret } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { NO_ADDRESS, shownAddress } from "../../i18n/format/address.ts"
import { t } from "../../i18n/strings/strings.ts"
import { encodingChoices, encodingOf } from "../../state/encodings.ts"
import { form } from "../../theme/form.ts"
import { shared } from "../../theme/shared.ts"
import { requestedSecretsIn, retypedFields, type SecretField } from "../credentials/retyped.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.pages.device.form
type Filled = Pick<
  Device,
  "name" | "address" | "siteId" | "agentId" | "roles" | "note" | "textEncoding"
>

/** A router that only reports may be without an address; one that an agent is to reach is told that it wants one. */
const sentOf = (filled: Filled): Filled =>
  filled.agentId === null && filled.address.trim() === ""
    ? { ...filled, address: NO_ADDRESS }
    : filled

/** Changes or removes a device. Emits `dismiss`, and `removed`. */
@customElement("ispvm-device-edit")
export class IspvmDeviceEdit extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private filled: Filled | null = null
  @state() private error: ApiError | null = null
  @state() private busy = false
  @state() private removing = false
  /** Secrets of its credential that the appliance wants typed again for the new place. */
  @state() private requestedSecrets: readonly SecretField[] = []
  @state() private retyped: TypedSecret = {}

  static override styles = [
    shared,
    form,
    css`
      :host {
        display: contents;
      }
      .two {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: var(--space-3);
      }
      .access {
        justify-self: start;
      }
      .remove {
        margin-inline-end: auto;
      }
    `,
  ]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.open || this.device === null) return
    const { name, address, siteId, agentId, roles, note, textEncoding } = this.device
    this.filled = {
      name,
      address: shownAddress(address),
      siteId,
      agentId,
      roles: [...roles],
      note,
      textEncoding,
    }
    this.error = null
    this.requestedSecrets = []
    this.retyped = {}
    this.removing = false
  }

  override render() {
    if (this.device === null || this.filled === null || !this.open) return nothing
    return this.removing ? this.#removal(this.device) : this.#form(this.device, this.filled)
  }

  #form(device: Device, filled: Filled) {
    const fleet = this.deps?.fleet.value
    const sites = [...(fleet?.sites.values() ?? [])].map((site) => ({
      value: site.id,
      label: site.name,
    }))
    const agents = [...(fleet?.agents.values() ?? [])].map((agent) => ({
      value: agent.id,
      label: agent.name,
    }))
    const general = this.error !== null && this.error.fields.length === 0 ? this.error.message : ""
    return html`<ispvm-dialog open heading=${strings.heading(device.name)} @dismiss=${this.#dismiss}>
      ${general === "" ? nothing : html`<div class="form-error" role="alert">${general}</div>`}
      <ispvm-field label=${strings.name} .value=${filled.name} error=${this.error?.field("name") ?? ""} @change-value=${(event: CustomEvent<string>) => this.#fill({ name: event.detail })}></ispvm-field>
      <ispvm-field mono label=${strings.address} ?optional=${filled.agentId === null} hint=${filled.agentId === null ? t.companion.monitoringMode.addressHint : ""} .value=${filled.address} error=${this.error?.field("address") ?? ""} @change-value=${(event: CustomEvent<string>) => this.#fill({ address: event.detail })}></ispvm-field>
      <div class="two">
        <ispvm-select label=${strings.site} .value=${filled.siteId ?? ""} .choices=${[{ value: "", label: t.terms.none }, ...sites]} @change-value=${(event: CustomEvent<string>) => this.#fill({ siteId: event.detail || null })}></ispvm-select>
        <ispvm-select label=${strings.agent} .value=${filled.agentId ?? ""} .choices=${[{ value: "", label: t.terms.none }, ...agents]} @change-value=${(event: CustomEvent<string>) => this.#fill({ agentId: event.detail || null })}></ispvm-select>
      </div>
      <div>
        <div class="label">${strings.roles}</div>
        <div class="chips" role="group" aria-label=${strings.roles}>${this.#roles(filled)}</div>
      </div>
      ${retypedFields({
        requestedSecrets: this.requestedSecrets,
        typed: this.retyped,
        error: this.error,
        set: (retyped) => {
          this.retyped = retyped
        },
      })}
      <ispvm-field label=${strings.note} type="textarea" rows="2" optional .value=${filled.note} error=${this.error?.field("note") ?? ""} @change-value=${(event: CustomEvent<string>) => this.#fill({ note: event.detail })}></ispvm-field>
      <ispvm-select label=${t.encoding.label} hint=${t.encoding.hint} .value=${filled.textEncoding ?? ""} .choices=${encodingChoices(t.encoding.likeSite)} @change-value=${(event: CustomEvent<string>) => this.#fill({ textEncoding: encodingOf(event.detail) })}></ispvm-select>
      <ispvm-button class="access" icon="key-round" href=${paths.deviceAccess(device.id)}>${strings.access}</ispvm-button>
      <ispvm-button class="remove" slot="actions" kind="danger" icon="trash-2" @click=${this.#onRemoveRequested}>${strings.remove}</ispvm-button>
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${this.busy} @click=${this.#onSave}>${strings.save}</ispvm-button>
    </ispvm-dialog>`
  }

  #roles(filled: Filled) {
    return Object.entries(t.terms.role).map(([role, label]) => {
      const active = filled.roles.some((each) => each === role)
      return html`<ispvm-chip ?active=${active} @click=${() => this.#onRole(role as DeviceRole, active)}>${label}</ispvm-chip>`
    })
  }

  #removal(device: Device) {
    return html`<ispvm-dialog open heading=${strings.removeHeading(device.name)} @dismiss=${this.#dismiss}>
      <p>${strings.removeText}</p>
      ${this.error === null ? nothing : html`<div class="form-error" role="alert">${this.error.message}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.busy} @click=${this.#onRemove}>${strings.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  #fill(changes: Partial<Filled>): void {
    if (this.filled !== null) this.filled = { ...this.filled, ...changes }
  }

  /** True when it was done; what the appliance refused stands in the form. */
  async #do(work: () => Promise<unknown>): Promise<boolean> {
    this.busy = true
    this.error = null
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.error = error
      const requestedSecrets = requestedSecretsIn(error)
      if (requestedSecrets.length > 0) this.requestedSecrets = requestedSecrets
      return false
    } finally {
      this.busy = false
    }
  }

  #secret() {
    return this.requestedSecrets.length === 0 ? {} : { secret: this.retyped }
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onRole = (role: DeviceRole, active: boolean): void => {
    const roles = this.filled?.roles ?? []
    this.#fill({ roles: active ? roles.filter((each) => each !== role) : [...roles, role] })
  }
  readonly #onRemoveRequested = (): void => {
    this.removing = true
  }
  readonly #onSave = async (): Promise<void> => {
    const { deps, device, filled } = this
    if (deps === null || device === null || filled === null) return
    if (
      !(await this.#do(() =>
        deps.api.changeDevice(device.id, { ...sentOf(filled), ...this.#secret() }),
      ))
    )
      return
    deps.toast({ tone: "done", text: strings.saved(filled.name) })
    void deps.fleet.reload()
    this.#dismiss()
  }
  readonly #onRemove = async (): Promise<void> => {
    const { deps, device } = this
    if (deps === null || device === null) return
    if (!(await this.#do(() => deps.api.removeDevice(device.id)))) return
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
