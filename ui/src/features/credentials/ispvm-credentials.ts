import type { Credential } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { networksError, parseNetworks } from "../../i18n/format/networks.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-skeleton.ts"
import { snmpFields } from "./snmp-fields.ts"
import {
  keepsV3,
  NO_SNMP,
  type SavedSnmp,
  SNMP_VERSIONS,
  type SnmpTyped,
  savedTyped,
  snmpChanges,
  snmpProblems,
} from "./snmp-form.ts"

const strings = t.access.credentials
const fieldStrings = t.access
type Form = SnmpTyped & {
  /** Null for one that is being made. */
  readonly saved: Credential | null
  readonly name: string
  readonly username: string
  readonly password: string
  readonly networks: string
}
const NOTHING_SAVED: SavedSnmp = {
  hasSnmpCommunity: false,
  snmpVersion: null,
  snmpV3User: null,
  snmpV3AuthProtocol: null,
  snmpV3PrivProtocol: null,
}

/** The saved credentials: made, renamed, replaced, deleted. What is secret is typed and never shown again. */
@customElement("ispvm-credentials")
export class IspvmCredentials extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #items = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: async ([{ api }]) => (await api.credentials()).items,
  })
  readonly #action = new ActionController(this)
  @state() private form: Form | null = null
  @state() private removing: string | null = null
  @state() private problems: ReadonlySet<string> = new Set()

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
      }
      .lead {
        color: var(--text-2);
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        padding-block: var(--space-2);
      }
      li + li {
        border-block-start: 1px solid var(--border);
      }
      .name {
        font-weight: 600;
        color: var(--text-strong);
        overflow-wrap: anywhere;
      }
      .what {
        color: var(--text-3);
        font-size: var(--type-small);
      }
      .acts,
      .buttons {
        display: flex;
        gap: var(--space-1);
        flex-wrap: wrap;
      }
      .form {
        grid-column: 1 / -1;
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-3);
        padding: var(--space-3);
        border: 1px solid var(--border);
        border-radius: var(--radius);
      }
      .form > .buttons,
      .form > .networks,
      .form > .form-error,
      .form > p {
        grid-column: 1 / -1;
      }
      .form-error {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--fault-tint);
        color: var(--status-down-text);
      }
      .confirm {
        grid-column: 1 / -1;
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
      }
      @media (max-width: 640px) {
        .form {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]

  override render() {
    return this.#items.render({
      loading: () => html`<ispvm-skeleton lines="3"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#items.reload}></ispvm-failed>`,
      ready: (items) => this.#list(items),
    })
  }

  #list(items: readonly Credential[]) {
    const can = this.deps?.session.can("credentials:write") ?? false
    return html`<p class="lead">${strings.lead}</p>
      ${items.length === 0 ? html`<p class="muted">${strings.empty}</p>` : html`<ul>${items.map((each) => this.#row(each, can))}</ul>`}
      ${this.form?.saved === null ? this.#form(this.form) : nothing}
      ${can && this.form === null ? html`<div><ispvm-button icon="plus" @click=${() => this.#edit(null)}>${strings.add}</ispvm-button></div>` : nothing}`
  }

  #row(each: Credential, can: boolean) {
    return html`<li>
      <div>
        <div class="name">${each.name}</div>
        <div class="what">${strings.holds(each.username, each.hasPassword, each.hasSnmpCommunity, each.snmpV3User)} · ${strings.usedBy(each.usedBy)}${each.allowedNetworks.length === 0 ? nothing : html` · ${strings.allowedIn(each.allowedNetworks)}`}</div>
      </div>
      ${
        can
          ? html`<div class="acts">
              <ispvm-button kind="quiet" icon="pencil" label=${strings.editHeading(each.name)} @click=${() => this.#edit(each)}></ispvm-button>
              <ispvm-button kind="quiet" icon="trash-2" label=${strings.removeHeading(each.name)} @click=${() => this.#confirmRemoval(each.id)}></ispvm-button>
            </div>`
          : nothing
      }
      ${this.removing === each.id ? this.#removal(each) : nothing}
      ${this.form?.saved?.id === each.id ? this.#form(this.form) : nothing}
    </li>`
  }

  #removal(each: Credential) {
    if (each.usedBy > 0)
      return html`<div class="confirm form-error" role="alert">${strings.inUse(each.usedBy)}</div>`
    return html`<div class="confirm" role="group" aria-label=${strings.removeHeading(each.name)}>
      <span>${strings.removeHeading(each.name)} ${strings.removeText}</span>
      <ispvm-button kind="danger" ?busy=${this.#action.isBusy} @click=${() => void this.#remove(each)}>${strings.remove}</ispvm-button>
      <ispvm-button kind="quiet" @click=${() => this.#confirmRemoval(null)}>${t.components.cancel}</ispvm-button>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
    </div>`
  }

  #form(form: Form) {
    const set = (changes: Partial<Form>): void => {
      this.form = { ...form, ...changes }
      this.#action.clear()
      this.problems = new Set()
    }
    const { error } = this.#action
    const fieldError = (field: string): string => error?.field(field) ?? ""
    const general = error !== null && error.fields.length === 0 ? error.message : ""
    return html`<form class="form" novalidate @submit=${this.#onSubmit}>
      ${general === "" ? nothing : html`<div class="form-error" role="alert">${general}</div>`}
      <ispvm-field label=${fieldStrings.name} .value=${form.name} error=${fieldError("name")} @change-value=${(event: CustomEvent<string>) => set({ name: event.detail })}></ispvm-field>
      <ispvm-field label=${fieldStrings.username} optional .value=${form.username} error=${fieldError("username")} @change-value=${(event: CustomEvent<string>) => set({ username: event.detail })}></ispvm-field>
      <ispvm-field label=${fieldStrings.password} optional type="password" autocomplete="new-password" .value=${form.password} error=${fieldError("password")} @change-value=${(event: CustomEvent<string>) => set({ password: event.detail })}></ispvm-field>
      ${snmpFields({ typed: form, versions: SNMP_VERSIONS, set, problems: this.problems, fieldError, keepsSaved: form.saved !== null && form.saved.snmpV3User !== null })}
      <ispvm-field class="networks" mono optional label=${strings.networks} hint=${strings.networksHint} .value=${form.networks} error=${networksError(error)} @change-value=${(event: CustomEvent<string>) => set({ networks: event.detail })}></ispvm-field>
      ${form.saved === null ? nothing : html`<p class="muted">${strings.keeps}</p>`}
      <div class="buttons">
        <ispvm-button type="submit" kind="primary" ?busy=${this.#action.isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => this.#close()}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  #edit(each: Credential | null): void {
    this.removing = null
    this.#action.clear()
    this.problems = new Set()
    this.form = {
      ...(each === null ? NO_SNMP : savedTyped(each)),
      saved: each,
      name: each?.name ?? "",
      username: each?.username ?? "",
      password: "",
      networks: each?.allowedNetworks.join(" ") ?? "",
    }
  }
  #close(): void {
    this.form = null
    this.#action.clear()
  }
  #confirmRemoval(id: string | null): void {
    this.form = null
    this.#action.clear()
    this.removing = id
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { form } = this
    if (form === null) return
    this.problems = new Set(snmpProblems(form, keepsV3(form, form.saved)))
    if (this.problems.size > 0) return
    const secrets = {
      ...(form.password === "" ? {} : { password: form.password }),
      ...snmpChanges(form, form.saved ?? NOTHING_SAVED),
    }
    const body = {
      name: form.name,
      username: form.username === "" ? null : form.username,
      allowedNetworks: parseNetworks(form.networks),
      ...secrets,
    }
    const done = await this.#do(async (deps) => {
      if (form.saved === null) await deps.api.addCredential(body)
      else await deps.api.changeCredential(form.saved.id, body)
      deps.toast({ tone: "done", text: strings.saved(form.name) })
    })
    if (!done) return
    this.form = null
    await this.#items.reload()
  }

  async #remove(each: Credential): Promise<void> {
    const done = await this.#do(async (deps) => {
      await deps.api.removeCredential(each.id)
      deps.toast({ tone: "done", text: strings.removed(each.name) })
    })
    if (!done) return
    this.removing = null
    await this.#items.reload()
  }

  /** True when it was done; what the appliance refused stands where it was asked for. */
  async #do(work: (deps: Deps) => Promise<void>): Promise<boolean> {
    const { deps } = this
    return deps !== null && (await this.#action.run("save", () => work(deps))) !== null
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-credentials": IspvmCredentials
  }
}
