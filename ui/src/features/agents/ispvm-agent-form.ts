import type { Agent } from "@ispvm/appliance/api/agents"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { byName } from "../../i18n/format/names.ts"
import { networksError, parseNetworks } from "../../i18n/format/networks.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.agents.form
type Filled = {
  readonly name: string
  readonly siteId: string
  readonly deviceId: string
  readonly networks: string
}

/** Makes an agent, or changes its name and place. Emits `dismiss`, and `made` with the id of a new one. */
@customElement("ispvm-agent-form")
export class IspvmAgentForm extends LitElement {
  @property({ type: Boolean }) open = false
  /** The one to change; null makes a new one. */
  @property({ attribute: false }) agent: Agent | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private filled: Filled = { name: "", siteId: "", deviceId: "", networks: "" }
  @state() private error: ApiError | null = null
  @state() private busy = false

  static override styles = [
    shared,
    css`
      :host {
        display: contents;
      }
      form {
        display: grid;
        gap: var(--space-4);
      }
      .form-error {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--fault-tint);
        color: var(--status-down-text);
      }
    `,
  ]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.open) return
    const { name = "", siteId, deviceId, allowedNetworks = [] } = this.agent ?? {}
    this.filled = {
      name,
      siteId: siteId ?? "",
      deviceId: deviceId ?? "",
      networks: allowedNetworks.join(" "),
    }
    this.error = null
  }

  override render() {
    if (!this.open) return nothing
    const fleet = this.deps?.fleet.value
    const named = (items: Iterable<{ readonly id: string; readonly name: string }>) =>
      [...items].sort(byName).map(({ id, name }) => ({ value: id, label: name }))
    const none = { value: "", label: strings.none }
    const general = this.error !== null && this.error.fields.length === 0 ? this.error.message : ""
    return html`<ispvm-dialog open heading=${this.agent === null ? strings.heading : strings.editHeading(this.agent.name)} @dismiss=${this.#dismiss}>
      <form novalidate @submit=${this.#onSubmit}>
        ${general === "" ? nothing : html`<div class="form-error" role="alert">${general}</div>`}
        <ispvm-field label=${strings.name} hint=${strings.nameHint} .value=${this.filled.name} error=${this.error?.field("name") ?? ""} @change-value=${(event: CustomEvent<string>) => this.#fill({ name: event.detail })}></ispvm-field>
        <ispvm-select label=${strings.site} .value=${this.filled.siteId} .choices=${[none, ...named(fleet?.sites.values() ?? [])]} @change-value=${(event: CustomEvent<string>) => this.#fill({ siteId: event.detail })}></ispvm-select>
        <ispvm-select label=${strings.device} hint=${strings.deviceHint} .value=${this.filled.deviceId} .choices=${[none, ...named(fleet?.devices.values() ?? [])]} @change-value=${(event: CustomEvent<string>) => this.#fill({ deviceId: event.detail })}></ispvm-select>
        <ispvm-field mono optional label=${strings.networks} hint=${strings.networksHint} .value=${this.filled.networks} error=${networksError(this.error)} @change-value=${(event: CustomEvent<string>) => this.#fill({ networks: event.detail })}></ispvm-field>
      </form>
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${this.busy} @click=${this.#save}>${this.agent === null ? strings.make : strings.save}</ispvm-button>
    </ispvm-dialog>`
  }

  #fill(changes: Partial<Filled>): void {
    this.filled = { ...this.filled, ...changes }
    this.error = null
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onSubmit = (event: Event): void => {
    event.preventDefault()
    void this.#save()
  }
  readonly #save = async (): Promise<void> => {
    const { deps, agent, filled } = this
    if (deps === null || this.busy) return
    this.busy = true
    const allowedNetworks = parseNetworks(filled.networks)
    const body = {
      name: filled.name,
      siteId: filled.siteId || null,
      deviceId: filled.deviceId || null,
      allowedNetworks,
    }
    try {
      if (agent === null) emit(this, "made", (await deps.api.addAgent(body)).id)
      else {
        await deps.api.changeAgent(agent.id, body)
        deps.toast({ tone: "done", text: strings.saved(filled.name) })
        this.#dismiss()
      }
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
    "ispvm-agent-form": IspvmAgentForm
  }
}
