import type { Agent } from "@ispvm/appliance/api/agents"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { byName } from "../../i18n/format/names.ts"
import { parseNetworks } from "../../i18n/format/networks.ts"
import { t } from "../../i18n/strings/strings.ts"
import { form } from "../../theme/form.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"

const strings = t.agents.form
type Filled = {
  readonly name: string
  readonly siteId: string
  readonly deviceId: string
  readonly networks: string
}

const bodyOf = ({ name, siteId, deviceId, networks }: Filled) => ({
  name,
  siteId: siteId || null,
  deviceId: deviceId || null,
  allowedNetworks: parseNetworks(networks),
})

/** Form to add or edit an agent. Emits `dismiss`, and `made` with the id of a new agent. */
@customElement("ispvm-agent-form")
export class IspvmAgentForm extends LitElement {
  @property({ type: Boolean }) open = false
  /** The agent to edit; null adds one. */
  @property({ attribute: false }) agent: Agent | null = null
  @property({ attribute: false }) deps: Deps | null = null
  readonly #form = new FormController(this, {
    initial: { name: "", siteId: "", deviceId: "", networks: "" },
    body: bodyOf,
    schema: (schemas) => schemas.AgentInput,
    paths: { networks: "allowedNetworks" },
  })

  static override styles = [
    shared,
    contentsHost,
    form,
    css`
    `,
  ]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.open) return
    const { name = "", siteId, deviceId, allowedNetworks = [] } = this.agent ?? {}
    this.#form.reset({
      name,
      siteId: siteId ?? "",
      deviceId: deviceId ?? "",
      networks: allowedNetworks.join(" "),
    })
  }

  override render() {
    if (!this.open) return nothing
    const fleet = this.deps?.fleet.value
    const named = (items: Iterable<{ readonly id: string; readonly name: string }>) =>
      [...items].sort(byName).map(({ id, name }) => ({ value: id, label: name }))
    const none = { value: "", label: strings.none }
    const form = this.#form
    return html`<ispvm-dialog open heading=${this.agent === null ? strings.heading : strings.editHeading(this.agent.name)} @dismiss=${this.#dismiss}>
      <form class="stack-4" novalidate @submit=${this.#onSubmit}>
        ${form.errors()} ${form.field("name", { label: strings.name, hint: strings.nameHint })}
        ${form.select("siteId", { label: strings.site, choices: [none, ...named(fleet?.sites.values() ?? [])] })}
        ${form.select("deviceId", { label: strings.device, hint: strings.deviceHint, choices: [none, ...named(fleet?.devices.values() ?? [])] })}
        ${form.field("networks", { label: strings.networks, hint: strings.networksHint, mono: true, optional: true })}
      </form>
      <ispvm-button slot="actions" kind="quiet" @click=${this.#dismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${form.isBusy} @click=${this.#save}>${this.agent === null ? strings.make : strings.save}</ispvm-button>
    </ispvm-dialog>`
  }

  readonly #dismiss = (): void => {
    emit(this, "dismiss", null)
  }
  readonly #onSubmit = (event: Event): void => {
    event.preventDefault()
    void this.#save()
  }
  readonly #save = async (): Promise<void> => {
    const { deps, agent } = this
    if (deps === null) return
    if (agent === null) {
      const made = await this.#form.submit((body) => deps.api.addAgent(body))
      if (made !== null) emit(this, "made", made.value.id)
      return
    }
    const done = await this.#form.submit((body) => deps.api.changeAgent(agent.id, body))
    if (done === null) return
    deps.toast({ tone: "done", text: strings.saved(this.#form.filled.name) })
    this.#dismiss()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-agent-form": IspvmAgentForm
  }
}
