import type { Account } from "@ispvm/appliance/api/session"
import type { Role } from "@ispvm/appliance/api/shared"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { ApiError } from "../../api/problem.ts"
import { paths } from "../../paths.ts"
import type { Loaded } from "../../state/store.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import { Page } from "../page.ts"
import { settingsStyles } from "./settings-styles.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-dialog.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-field.ts"
import "../../parts/ispvm-select.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-time.ts"
import "../credentials/ispvm-credentials.ts"

const words = t.people
const ROLES = Object.entries(t.terms.account).map(([value, label]) => ({ value, label }))
type Asking =
  | { readonly what: "nothing" }
  | { readonly what: "add" }
  | { readonly what: "reset" | "disable"; readonly account: Account }
type Filled = { readonly name: string; readonly email: string; readonly role: string; readonly password: string }
const BLANK: Filled = { name: "", email: "", role: "operator", password: "" }

/** Who may log in, and the credentials of routers. Admins only. */
@customElement("ispvm-page-settings")
export class IspvmPageSettings extends Page {
  @state() private accounts: Loaded<readonly Account[]> = { phase: "loading" }
  @state() private asking: Asking = { what: "nothing" }
  @state() private filled: Filled = BLANK
  @state() private error: ApiError | null = null
  @state() private busy = false

  static override styles = [shared, panel, settingsStyles]

  constructor() {
    super()
    new Watch(this, () => [this.deps.session])
  }

  protected override opened(): void {
    void this.#load()
  }

  override render() {
    return html`<div class="page">
      <h1>${words.title}</h1>
      <section class="panel">
        <header>
          <h2>${words.accounts}</h2>
          <ispvm-button icon="user-plus" @click=${() => this.#ask({ what: "add" })}>${words.add}</ispvm-button>
        </header>
        <div class="body"><p class="lead">${words.lead}</p>${this.#people()}</div>
      </section>
      <section class="panel">
        <header><h2>${t.access.credentials.title}</h2></header>
        <div class="body"><ispvm-credentials .deps=${this.deps}></ispvm-credentials></div>
      </section>
      ${
        this.deps.session.can("audit:read")
          ? html`<section class="panel">
              <header>
                <h2>${t.audit.title}</h2>
                <ispvm-button href=${paths.audit}>${t.audit.open}</ispvm-button>
              </header>
              <div class="body"><p class="lead">${t.audit.openText}</p></div>
            </section>`
          : nothing
      }
      ${this.#dialog()}
    </div>`
  }

  #people() {
    if (this.accounts.phase === "loading") return html`<ispvm-skeleton lines="3"></ispvm-skeleton>`
    if (this.accounts.phase === "failed")
      return html`<ispvm-failed heading=${words.failed} why=${this.accounts.error.message} @retry=${() => void this.#load()}></ispvm-failed>`
    return html`<ul>
      ${repeat(
        this.accounts.value,
        (account) => account.id,
        (account) => this.#person(account),
      )}
    </ul>`
  }

  #person(account: Account) {
    const isSelf = account.id === this.deps.session.now()?.account?.id
    return html`<li class=${account.disabled ? "disabled" : ""}>
      <div class="who">
        <strong>${account.name}</strong>${isSelf ? html` <span class="muted">(${words.you})</span>` : nothing}${account.disabled ? html` <span class="tag">${words.disabled}</span>` : nothing}
        <div class="muted">
          ${account.email} · ${account.lastLoginAtMs === null ? words.never : html`${words.lastLogin} <ispvm-time at=${account.lastLoginAtMs}></ispvm-time>`}
        </div>
      </div>
      <ispvm-select
        bare
        label=${words.changeRole(account.name)}
        ?disabled=${isSelf}
        .value=${account.role}
        .choices=${ROLES}
        @change-value=${(event: CustomEvent<string>) => void this.#change(account, { role: roleOf(event.detail) })}
      ></ispvm-select>
      <div class="acts">
        ${
          isSelf
            ? nothing
            : html`<ispvm-button kind="quiet" icon="key-round" @click=${() => this.#ask({ what: "reset", account })}>${words.reset}</ispvm-button>
                ${
                  account.disabled
                    ? html`<ispvm-button kind="quiet" icon="check" @click=${() => void this.#change(account, { disabled: false })}>${words.enable}</ispvm-button>`
                    : html`<ispvm-button kind="quiet" icon="power" @click=${() => this.#ask({ what: "disable", account })}>${words.disable}</ispvm-button>`
                }`
        }
      </div>
    </li>`
  }

  #dialog() {
    switch (this.asking.what) {
      case "nothing":
        return nothing
      case "add":
        return this.#addDialog()
      case "reset":
        return this.#resetDialog(this.asking.account)
      case "disable":
        return this.#disableDialog(this.asking.account)
    }
  }

  #addDialog() {
    return html`<ispvm-dialog open heading=${words.add} @dismiss=${this.#close}>
      <form class="form" novalidate @submit=${this.#onAdd}>
        ${this.#general()}
        <ispvm-field label=${words.name} .value=${this.filled.name} error=${this.#wrong("name")} @change-value=${(event: CustomEvent<string>) => this.#fill({ name: event.detail })}></ispvm-field>
        <ispvm-field label=${words.email} type="email" .value=${this.filled.email} error=${this.#wrong("email")} @change-value=${(event: CustomEvent<string>) => this.#fill({ email: event.detail })}></ispvm-field>
        <ispvm-select label=${words.role} .value=${this.filled.role} .choices=${ROLES} @change-value=${(event: CustomEvent<string>) => this.#fill({ role: event.detail })}></ispvm-select>
        ${this.#passwordField(words.password, words.passwordHint)}
      </form>
      ${this.#foot(words.make, this.#add)}
    </ispvm-dialog>`
  }

  #resetDialog(account: Account) {
    return html`<ispvm-dialog open heading=${words.resetHeading(account.name)} @dismiss=${this.#close}>
      <form class="form" novalidate @submit=${(event: Event) => this.#onReset(event, account)}>
        ${this.#general()}
        <p>${words.resetText}</p>
        ${this.#passwordField(words.newPassword, words.passwordHint)}
      </form>
      ${this.#foot(words.set, () => this.#reset(account))}
    </ispvm-dialog>`
  }

  #disableDialog(account: Account) {
    return html`<ispvm-dialog open heading=${words.disableHeading(account.name)} @dismiss=${this.#close}>
      ${this.#general()}
      <p>${words.disableText}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${this.#close}>${t.parts.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.busy} @click=${() => void this.#change(account, { disabled: true })}>${words.disable}</ispvm-button>
    </ispvm-dialog>`
  }

  #foot(label: string, act: () => unknown) {
    return html`<ispvm-button slot="actions" kind="quiet" @click=${this.#close}>${t.parts.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${this.busy} @click=${act}>${label}</ispvm-button>`
  }

  #passwordField(label: string, hint: string) {
    return html`<ispvm-field label=${label} hint=${hint} type="password" autocomplete="new-password" .value=${this.filled.password} error=${this.#wrong("password")} @change-value=${(event: CustomEvent<string>) => this.#fill({ password: event.detail })}></ispvm-field>`
  }

  #general() {
    return this.error !== null && this.error.fields.length === 0
      ? html`<div class="wrong" role="alert">${this.error.message}</div>`
      : nothing
  }
  #wrong(field: string): string {
    return this.error?.field(field) ?? ""
  }
  #fill(changes: Partial<Filled>): void {
    this.filled = { ...this.filled, ...changes }
    this.error = null
  }
  #ask(asking: Asking): void {
    this.filled = BLANK
    this.error = null
    this.asking = asking
  }
  readonly #close = (): void => this.#ask({ what: "nothing" })
  readonly #onAdd = (event: Event): void => {
    event.preventDefault()
    void this.#add()
  }
  #onReset(event: Event, account: Account): void {
    event.preventDefault()
    void this.#reset(account)
  }

  readonly #add = (): Promise<void> =>
    this.#do(() => this.deps.api.addAccount({ ...this.filled, role: roleOf(this.filled.role) }), words.made(this.filled.name))
  #reset(account: Account): Promise<void> {
    return this.#do(
      () => this.deps.api.changeAccount(account.id, { password: this.filled.password }),
      words.wasReset(account.name),
    )
  }
  async #change(account: Account, changes: { readonly role?: Role; readonly disabled?: boolean }): Promise<void> {
    await this.#do(() => this.deps.api.changeAccount(account.id, changes), words.changed(account.name))
    // Without a dialog to say it in, a refusal is said as a toast, and the list shows again what is true.
    if (this.error === null || this.asking.what !== "nothing") return
    this.deps.toast({ tone: "failed", text: this.error.message })
    await this.#load()
  }

  async #do(work: () => Promise<unknown>, done: string): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.error = null
    try {
      await work()
      this.deps.toast({ tone: "done", text: done })
      this.asking = { what: "nothing" }
      await this.#load()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.error = error
    } finally {
      this.busy = false
    }
  }

  async #load(): Promise<void> {
    try {
      this.accounts = { phase: "ready", value: (await this.deps.api.accounts()).items, atMs: Date.now() }
    } catch (error) {
      if (this.accounts.phase !== "ready")
        this.accounts = { phase: "failed", error: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}

const roleOf = (value: string): Role => (value === "admin" || value === "operator" ? value : "viewer")

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-settings": IspvmPageSettings
  }
}
