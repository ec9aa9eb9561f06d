import type { CredentialKind } from "@ispvm/appliance/api/credential-kind"
import type { Credential } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { FormController } from "../../components/form-controller.ts"
import { parseNetworks } from "../../i18n/format/networks.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { form } from "../../theme/form.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-select.ts"
import "../../components/ispvm-skeleton.ts"
import { stackHost } from "../../theme/hosts.ts"
import { snmpFields } from "./snmp-fields.ts"
import {
  NO_SNMP,
  type SavedSnmp,
  SNMP_VERSIONS,
  type SnmpTyped,
  savedTyped,
  snmpChanges,
} from "./snmp-form.ts"

const strings = t.access.credentials
const fieldStrings = t.access
type Form = SnmpTyped & {
  readonly name: string
  readonly username: string
  readonly password: string
  readonly networks: string
  readonly kind: CredentialKind
}
const BLANK: Form = {
  ...NO_SNMP,
  name: "",
  username: "",
  password: "",
  networks: "",
  kind: "monitor_readonly",
}
const KINDS: readonly CredentialKind[] = ["monitor_readonly", "diagnostics"]
const NOTHING_SAVED: SavedSnmp = {
  hasSnmpCommunity: false,
  snmpVersion: null,
  snmpV3User: null,
  snmpV3AuthProtocol: null,
  snmpV3PrivProtocol: null,
}

/** Adds, renames, changes and deletes credentials. Secrets are entered and never shown again. */
@customElement("ispvm-credentials")
export class IspvmCredentials extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #items = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: async ([{ api }]) => (await api.credentials()).items,
  })
  readonly #action = new ActionController(this)
  readonly #form = new FormController<Form, BodyOf<"POST /credentials">>(this, {
    initial: BLANK,
    body: (filled) => bodyOf(filled, this.editing?.saved ?? null),
    schema: (schemas) => schemas.CredentialInput,
    paths: {
      networks: "allowedNetworks",
      snmpUser: "snmpV3.user",
      authPassword: "snmpV3.authPassword",
      privPassword: "snmpV3.privPassword",
      community: "snmpCommunity",
    },
  })
  /** The credential in the form; null in it adds one. */
  @state() private editing: { readonly saved: Credential | null } | null = null
  @state() private removing: string | null = null

  static override styles = [
    shared,
    stackHost,
    form,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        padding-block: var(--space-2);
      }
      .form {
        grid-column: 1 / -1;
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-3);
        padding: var(--space-3);
        border: var(--line);
        border-radius: var(--radius);
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
    return html`<p class="soft">${strings.lead}</p>
      ${items.length === 0 ? html`<p class="muted">${strings.empty}</p>` : html`<ul class="lined-rows">${items.map((each) => this.#row(each, can))}</ul>`}
      ${this.editing?.saved === null ? this.#edit(null) : nothing}
      ${can && this.editing === null ? html`<div><ispvm-button icon="plus" @click=${() => this.#begin(null)}>${strings.add}</ispvm-button></div>` : nothing}`
  }

  #row(each: Credential, can: boolean) {
    return html`<li>
      <div>
        <div class="bold wrap">${each.name}</div>
        <div class="caption">${each.kind === "diagnostics" ? html`${pageTexts.diagnostics.kinds.diagnostics} · ` : nothing}${strings.holds(each.username, each.hasPassword, each.hasSnmpCommunity, each.snmpV3User)} · ${strings.usedBy(each.usedBy)}${each.allowedNetworks.length === 0 ? nothing : html` · ${strings.allowedIn(each.allowedNetworks)}`}</div>
      </div>
      ${
        can
          ? html`<div class="chips">
              <ispvm-button kind="quiet" icon="pencil" label=${strings.editHeading(each.name)} @click=${() => this.#begin(each)}></ispvm-button>
              <ispvm-button kind="quiet" icon="trash-2" label=${strings.removeHeading(each.name)} @click=${() => this.#confirmRemoval(each.id)}></ispvm-button>
            </div>`
          : nothing
      }
      ${this.removing === each.id ? this.#removal(each) : nothing}
      ${this.editing?.saved?.id === each.id ? this.#edit(each) : nothing}
    </li>`
  }

  #removal(each: Credential) {
    if (each.usedBy > 0)
      return html`<div class="confirm form-error" role="alert">${strings.inUse(each.usedBy)}</div>`
    return html`<div class="confirm" role="group" aria-label=${strings.removeHeading(each.name)}>
      <span>${strings.removeHeading(each.name)} ${strings.removeText}</span>
      <ispvm-button kind="danger" ?busy=${this.#action.isBusy} @click=${() => void this.#remove(each)}>${strings.remove}</ispvm-button>
      <ispvm-button kind="quiet" @click=${() => this.#confirmRemoval(null)}>${t.components.cancel}</ispvm-button>
      ${this.#action.message === "" ? nothing : html`<div class="wide form-error" role="alert">${this.#action.message}</div>`}
    </div>`
  }

  #edit(saved: Credential | null) {
    const form = this.#form
    return html`<form class="form" novalidate @submit=${this.#onSubmit}>
      ${form.errors()} ${form.field("name", { label: fieldStrings.name })}
      ${saved === null ? this.#kind() : nothing}
      ${form.field("username", { label: fieldStrings.username, optional: true })}
      ${form.field("password", { label: fieldStrings.password, optional: true, type: "password", autocomplete: "new-password" })}
      ${snmpFields({ typed: form.filled, versions: SNMP_VERSIONS, set: (changes) => form.set(changes), fieldError: (path) => form.errorAt(path), keepsSaved: saved !== null && saved.snmpV3User !== null })}
      ${form.field("networks", { label: strings.networks, hint: strings.networksHint, mono: true, optional: true, class: "wide" })}
      ${saved === null ? nothing : html`<p class="muted wide">${strings.keeps}</p>`}
      <div class="chips wide">
        <ispvm-button type="submit" kind="primary" ?busy=${form.isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => this.#close()}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  /** It stays as it was created: an account that may do more is never used for polling. */
  #kind() {
    const kinds = pageTexts.diagnostics.kinds
    const choices = KINDS.map((value) => ({ value, label: kinds[value] }))
    return html`<ispvm-select label=${pageTexts.diagnostics.kind} .value=${this.#form.filled.kind} .choices=${choices} @change-value=${(event: CustomEvent<CredentialKind>) => this.#form.set({ kind: event.detail })}></ispvm-select>`
  }

  #begin(each: Credential | null): void {
    this.removing = null
    this.#action.clear()
    this.#form.reset({
      ...(each === null ? NO_SNMP : savedTyped(each)),
      name: each?.name ?? "",
      username: each?.username ?? "",
      password: "",
      kind: each?.kind ?? "monitor_readonly",
      networks: each?.allowedNetworks.join(" ") ?? "",
    })
    this.editing = { saved: each }
  }
  #close(): void {
    this.editing = null
    this.#action.clear()
  }
  #confirmRemoval(id: string | null): void {
    this.editing = null
    this.#action.clear()
    this.removing = id
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps, editing } = this
    if (deps === null || editing === null) return
    const { saved } = editing
    const done = await this.#form.submit((body) =>
      saved === null ? deps.api.addCredential(body) : deps.api.changeCredential(saved.id, body),
    )
    if (done === null) return
    deps.toast({ tone: "done", text: strings.saved(this.#form.filled.name) })
    this.editing = null
    await this.#items.reload()
  }

  async #remove(each: Credential): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run("remove", () => deps.api.removeCredential(each.id))
    if (done === null) return
    deps.toast({ tone: "done", text: strings.removed(each.name) })
    this.removing = null
    await this.#items.reload()
  }
}

/** An empty secret is not changed. */
const bodyOf = (filled: Form, saved: Credential | null) => ({
  name: filled.name,
  username: filled.username === "" ? null : filled.username,
  ...(saved === null && filled.kind !== "monitor_readonly" ? { kind: filled.kind } : {}),
  allowedNetworks: parseNetworks(filled.networks),
  ...(filled.password === "" ? {} : { password: filled.password }),
  ...snmpChanges(filled, saved ?? NOTHING_SAVED),
})

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-credentials": IspvmCredentials
  }
}
