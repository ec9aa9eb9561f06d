import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { byName } from "../../i18n/format/names.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { byLiveness } from "../add-router/draft.ts"
import type { Decision } from "./decide.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-select.ts"

const strings = pageTexts.discovery.dialog
export type AcceptChoice = Pick<Decision, "siteId" | "agentId" | "credentialId">
type Filled = Readonly<Record<"siteId" | "agentId" | "credentialId", string>>
const EMPTY: Filled = { siteId: "", agentId: "", credentialId: "" }

/**
 * Asks where accepted devices are and how they are read; all of it is optional. Emits
 * `accept-devices` with the choice, and `dismiss`.
 */
@customElement("ispvm-accept-devices")
export class IspvmAcceptDevices extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ type: Boolean }) open = false
  @property({ type: Number }) devices = 0
  /** Accepted together with them. */
  @property({ type: Number }) links = 0
  @state() private filled: Filled = EMPTY
  readonly #credentials = new RequestController(this, {
    key: () =>
      this.open && this.deps?.session.can("credentials:read") === true
        ? ([this.deps] as const)
        : null,
    load: async ([{ api }]) => (await api.credentials()).items,
  })

  static override styles = [shared, contentsHost]

  override render() {
    const { deps } = this
    if (deps === null) return nothing
    const { sites, agents } = deps.fleet.value
    const namesOf = (items: Iterable<{ readonly id: string; readonly name: string }>) =>
      [...items].map(({ id, name }) => ({ value: id, label: name }))
    const isRefused = this.#credentials.state.phase === "failed"
    return html`<ispvm-dialog ?open=${this.open} heading=${strings.heading(this.devices)} @dismiss=${() => emit(this, "dismiss", null)}>
      <p class="soft">${strings.lead(this.links)}</p>
      ${this.#select("siteId", strings.site, namesOf([...sites.values()].sort(byName)), "")}
      ${this.#select("agentId", strings.agent, namesOf(byLiveness(agents.values())), strings.agentHint)}
      ${deps.session.can("credentials:read") ? this.#select("credentialId", strings.credential, namesOf((this.#credentials.value ?? []).filter(({ kind }) => kind === "monitor_readonly")), strings.credentialHint) : nothing}
      ${isRefused ? html`<p class="form-error" role="alert">${strings.credentialsFailed}</p>` : nothing}
      <ispvm-button slot="actions" @click=${() => emit(this, "dismiss", null)}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" icon="check" @click=${this.#onAccept}>${pageTexts.discovery.accept}</ispvm-button>
    </ispvm-dialog>`
  }

  #select(
    key: keyof Filled,
    label: string,
    choices: readonly { readonly value: string; readonly label: string }[],
    hint: string,
  ) {
    return html`<ispvm-select
      label=${label}
      hint=${hint}
      .value=${this.filled[key]}
      .choices=${[{ value: "", label: strings.none }, ...choices]}
      @change-value=${(event: CustomEvent<string>) => {
        this.filled = { ...this.filled, [key]: event.detail }
      }}
    ></ispvm-select>`
  }

  readonly #onAccept = (): void => {
    const { siteId, agentId, credentialId } = this.filled
    emit(this, "accept-devices", {
      siteId: siteId || null,
      agentId: agentId || null,
      credentialId: credentialId || null,
    } satisfies AcceptChoice)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-accept-devices": IspvmAcceptDevices
  }
}
