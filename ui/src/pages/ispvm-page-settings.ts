import type { Account } from "@ispvm/appliance/api/session"
import type { Role } from "@ispvm/appliance/api/shared"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { paths } from "../app/paths.ts"
import { FormController } from "../components/form-controller.ts"
import { settingsStyles } from "../features/settings/settings-styles.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { ChoiceController } from "../state/choice.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-dialog.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-select.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-time.ts"
import "../features/backup/ispvm-backup.ts"
import "../features/credentials/ispvm-credentials.ts"
import "../features/settings/ispvm-api-tokens.ts"
import "../features/settings/ispvm-collectors.ts"
import "../features/notifications/ispvm-notifications-summary.ts"
import "../features/settings/ispvm-wall-displays.ts"
import "../features/update/ispvm-update.ts"

const strings = t.people
const ROLES = Object.entries(t.terms.account).map(([value, label]) => ({ value, label }))
type DialogState =
  | { readonly what: "nothing" }
  | { readonly what: "add" }
  | { readonly what: "reset" | "disable"; readonly account: Account }
/** The settings page: users and credentials. Admins only. */
@customElement("ispvm-page-settings")
export class IspvmPageSettings extends Page {
  readonly #accounts = new RequestController(this, {
    key: () => [],
    load: async () => (await this.deps.api.accounts()).items,
  })
  readonly #action = new ActionController(this)
  readonly #roleAction = new ActionController(this)
  readonly #role = new ChoiceController(this, (id, value) => this.#saveRole(id, roleOf(value)))
  @state() private dialog: DialogState = { what: "nothing" }
  readonly #account = new FormController(this, {
    initial: { name: "", email: "", role: "operator", password: "" },
    body: (filled) => ({ ...filled, role: roleOf(filled.role) }),
    schema: (schemas) => schemas.AccountCreate,
  })
  readonly #password = new FormController(this, {
    initial: { password: "" },
    body: (filled) => filled,
    schema: (schemas) => schemas.AccountPatch,
  })

  static override styles = [shared, panel, settingsStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.session])
  }

  override render() {
    return html`<div class="page page-narrow">
      <h1>${strings.title}</h1>
      <section class="panel">
        <header>
          <h2>${strings.accounts}</h2>
          <ispvm-button icon="user-plus" @click=${() => this.#openDialog({ what: "add" })}>${strings.add}</ispvm-button>
        </header>
        <div class="body"><p class="soft">${strings.lead}</p>${this.#people()}</div>
      </section>
      <section class="panel">
        <header><h2>${t.access.credentials.title}</h2></header>
        <div class="body"><ispvm-credentials .deps=${this.deps}></ispvm-credentials></div>
      </section>
      ${
        this.deps.session.can("tokens:read")
          ? html`<section class="panel">
              <header><h2>${pageTexts.tokens.title}</h2></header>
              <div class="body"><ispvm-api-tokens .deps=${this.deps}></ispvm-api-tokens></div>
            </section>`
          : nothing
      }
      ${
        this.deps.session.can("walls:read")
          ? html`<section class="panel">
              <header><h2>${pageTexts.walls.title}</h2></header>
              <div class="body"><ispvm-wall-displays .deps=${this.deps}></ispvm-wall-displays></div>
            </section>`
          : nothing
      }
      ${
        this.deps.session.can("notifications:read")
          ? html`<section class="panel">
              <header>
                <h2>${t.notifications.title}</h2>
                <ispvm-button href=${paths.notifications}>${t.notifications.open}</ispvm-button>
              </header>
              <div class="body"><ispvm-notifications-summary .deps=${this.deps}></ispvm-notifications-summary></div>
            </section>`
          : nothing
      }
      <section class="panel">
        <header><h2>${t.collectors.title}</h2></header>
        <div class="body"><p class="soft">${t.collectors.lead}</p><ispvm-collectors .deps=${this.deps}></ispvm-collectors></div>
      </section>
      ${
        this.deps.session.can("backup:read")
          ? html`<section class="panel">
              <header><h2>${pageTexts.backup.title}</h2></header>
              <div class="body"><ispvm-backup .deps=${this.deps}></ispvm-backup></div>
            </section>`
          : nothing
      }
      ${
        this.deps.session.can("updates:read")
          ? html`<section class="panel">
              <header><h2>${t.update.title}</h2></header>
              <div class="body"><ispvm-update .deps=${this.deps}></ispvm-update></div>
            </section>`
          : nothing
      }
      <section class="panel">
        <header>
          <h2>${pageTexts.rules.title}</h2>
          <ispvm-button href=${paths.alertRules}>${pageTexts.rules.open}</ispvm-button>
        </header>
        <div class="body"><p class="soft">${pageTexts.rules.openText}</p></div>
      </section>
      <section class="panel">
        <header>
          <h2>${t.health.title}</h2>
          <ispvm-button href=${paths.health}>${t.health.open}</ispvm-button>
        </header>
        <div class="body"><p class="soft">${t.health.openText}</p></div>
      </section>
      ${
        this.deps.session.can("audit:read")
          ? html`<section class="panel">
              <header>
                <h2>${t.shell.audit}</h2>
                <ispvm-button href=${paths.audit}>${pageTexts.audit.open}</ispvm-button>
              </header>
              <div class="body"><p class="soft">${pageTexts.audit.openText}</p></div>
            </section>`
          : nothing
      }
      ${this.#dialog()}
    </div>`
  }

  #people() {
    return this.#accounts.render({
      loading: () => html`<ispvm-skeleton lines="3"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#accounts.reload}></ispvm-failed>`,
      ready: (accounts) =>
        html`<ul class="lined-rows">
          ${repeat(
            accounts,
            (account) => account.id,
            (account) => this.#person(account),
          )}
        </ul>`,
    })
  }

  #person(account: Account) {
    const isSelf = account.id === this.deps.session.current()?.account?.id
    return html`<li class=${account.disabled ? "disabled" : ""}>
      <div class="wrap">
        <strong>${account.name}</strong>${isSelf ? html` <span class="caption">(${strings.you})</span>` : nothing}${account.disabled ? html` <span class="tag">${strings.disabled}</span>` : nothing}
        <div class="caption">
          ${account.email} · ${account.lastLoginAtMs === null ? strings.never : html`${strings.lastLogin} <ispvm-time at=${account.lastLoginAtMs}></ispvm-time>`}
        </div>
      </div>
      <ispvm-select
        bare
        label=${strings.changeRole(account.name)}
        ?disabled=${isSelf}
        .value=${this.#role.shown(account.id, account.role)}
        .choices=${ROLES}
        @change-value=${(event: CustomEvent<string>) => void this.#role.choose(account.id, event.detail)}
      ></ispvm-select>
      <div class="acts">
        ${
          isSelf
            ? nothing
            : html`<ispvm-button kind="quiet" icon="key-round" @click=${() => this.#openDialog({ what: "reset", account })}>${strings.reset}</ispvm-button>
                ${
                  account.disabled
                    ? html`<ispvm-button kind="quiet" icon="check" @click=${() => void this.#setDisabled(account, false)}>${strings.enable}</ispvm-button>`
                    : html`<ispvm-button kind="quiet" icon="power" @click=${() => this.#openDialog({ what: "disable", account })}>${strings.disable}</ispvm-button>`
                }`
        }
      </div>
    </li>`
  }

  #dialog() {
    switch (this.dialog.what) {
      case "nothing":
        return nothing
      case "add":
        return this.#addDialog()
      case "reset":
        return this.#resetDialog(this.dialog.account)
      case "disable":
        return this.#disableDialog(this.dialog.account)
    }
  }

  #addDialog() {
    const form = this.#account
    return html`<ispvm-dialog open heading=${strings.add} @dismiss=${this.#close}>
      <form class="stack-4" novalidate @submit=${this.#onAdd}>
        ${form.errors()} ${form.field("name", { label: strings.name })}
        ${form.field("email", { label: strings.email, type: "email" })}
        ${form.select("role", { label: strings.role, choices: ROLES })}
        ${form.field("password", passwordField(strings.password))}
      </form>
      ${this.#foot(strings.make, form.isBusy, this.#add)}
    </ispvm-dialog>`
  }

  #resetDialog(account: Account) {
    const form = this.#password
    return html`<ispvm-dialog open heading=${strings.resetHeading(account.name)} @dismiss=${this.#close}>
      <form class="stack-4" novalidate @submit=${(event: Event) => this.#onReset(event, account)}>
        ${form.errors()}
        <p>${strings.resetText}</p>
        ${form.field("password", passwordField(strings.newPassword))}
      </form>
      ${this.#foot(strings.set, form.isBusy, () => this.#reset(account))}
    </ispvm-dialog>`
  }

  #disableDialog(account: Account) {
    return html`<ispvm-dialog open heading=${strings.disableHeading(account.name)} @dismiss=${this.#close}>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <p>${strings.disableText}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${this.#close}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#action.isBusy} @click=${() => void this.#setDisabled(account, true)}>${strings.disable}</ispvm-button>
    </ispvm-dialog>`
  }

  #foot(label: string, isBusy: boolean, act: () => unknown) {
    return html`<ispvm-button slot="actions" kind="quiet" @click=${this.#close}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${isBusy} @click=${act}>${label}</ispvm-button>`
  }

  #openDialog(dialog: DialogState): void {
    this.#account.reset()
    this.#password.reset()
    this.#action.clear()
    this.dialog = dialog
  }
  readonly #close = (): void => this.#openDialog({ what: "nothing" })
  readonly #onAdd = (event: Event): void => {
    event.preventDefault()
    void this.#add()
  }
  #onReset(event: Event, account: Account): void {
    event.preventDefault()
    void this.#reset(account)
  }

  readonly #add = async (): Promise<void> => {
    const done = await this.#account.submit((body) => this.deps.api.addAccount(body))
    if (done !== null) await this.#finish(strings.made(this.#account.filled.name))
  }
  async #reset(account: Account): Promise<void> {
    const done = await this.#password.submit((body) =>
      this.deps.api.changeAccount(account.id, body),
    )
    if (done !== null) await this.#finish(strings.wasReset(account.name))
  }
  async #setDisabled(account: Account, disabled: boolean): Promise<void> {
    const done = await this.#action.run("change", () =>
      this.deps.api.changeAccount(account.id, { disabled }),
    )
    if (done !== null) return await this.#finish(strings.changed(account.name))
    // The dialog shows its error itself.
    if (this.#action.error === null || this.dialog.what !== "nothing") return
    this.deps.toast({ tone: "failed", text: this.#action.message })
    await this.#accounts.reload()
  }
  async #saveRole(id: string, role: Role): Promise<void> {
    const name = this.#accounts.value?.find((each) => each.id === id)?.name ?? ""
    const done = await this.#roleAction.run("change", () =>
      this.deps.api.changeAccount(id, { role }),
    )
    this.deps.toast(
      done === null
        ? { tone: "failed", text: this.#roleAction.message }
        : { tone: "done", text: strings.changed(name) },
    )
    await this.#accounts.reload()
  }

  async #finish(done: string): Promise<void> {
    this.deps.toast({ tone: "done", text: done })
    this.dialog = { what: "nothing" }
    await this.#accounts.reload()
  }
}

const passwordField = (label: string) =>
  ({
    label,
    hint: strings.passwordHint,
    type: "password",
    autocomplete: "new-password",
  }) as const
const roleOf = (value: string): Role =>
  value === "admin" || value === "operator" ? value : "viewer"

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-settings": IspvmPageSettings
  }
}
