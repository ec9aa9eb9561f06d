import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../app/deps.ts"
import { FormController } from "../components/form-controller.ts"
import { isRestoreBegun } from "../features/backup/send-backup.ts"
import { passwordStrength } from "../i18n/format/password.ts"
import { t } from "../i18n/strings/strings.ts"
import { loginCard } from "../theme/login-card.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-button.ts"

/** Set-up of a new appliance with the code from its console: organisation and first admin. */
@customElement("ispvm-page-setup")
export class IspvmPageSetup extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #form = new FormController(this, {
    initial: {
      setupCode: new URLSearchParams(location.search).get("code") ?? "",
      organisation: "",
      name: "",
      email: "",
      password: "",
    },
    body: (filled) => filled,
    schema: (schemas) => schemas.SetupRequest,
  })

  @state() private isRestoring = isRestoreBegun()

  static override styles = [
    shared,
    loginCard,
    css`
      .meter i {
        flex: 1;
        block-size: var(--space-1);
        border-radius: var(--radius-tiny);
        background: var(--surface-3);
      }
      .meter .on {
        background: currentcolor;
      }
      .meter span {
        min-inline-size: 9ch;
        text-align: end;
      }
    `,
  ]

  /** Most appliances are set up without a backup: the form comes when it is asked for. */
  override willUpdate(): void {
    if (this.isRestoring) void import("../features/backup/ispvm-restore.ts")
  }
  override firstUpdated(): void {
    this.renderRoot.querySelector("ispvm-field")?.focus()
  }

  override render() {
    return html`<main class="card">
      <div class="product"><img src="/icon.svg" alt="" width="32" height="32" />${t.terms.product}</div>
      ${
        this.isRestoring
          ? html`<ispvm-restore .deps=${this.deps} @dismiss=${() => this.#restore(false)}></ispvm-restore>`
          : this.#setup()
      }
    </main>`
  }

  #setup() {
    const strings = t.pages.setup
    const form = this.#form
    return html`<form @submit=${this.#onSubmit}>
        <h1>${strings.heading}</h1>
        <p class="under-title">${strings.lead}</p>
        ${form.errors()}
        ${form.field("setupCode", { label: strings.code, hint: strings.codeHint, mono: true })}
        ${form.field("organisation", { label: strings.organisation, hint: strings.organisationHint })}
        ${form.field("name", { label: strings.name, autocomplete: "name" })}
        ${form.field("email", { label: strings.email, type: "email", autocomplete: "username" })}
        ${form.field("password", { label: strings.password, hint: form.error("password") === "" ? strings.passwordHint : "", below: form.filled.password === "" ? nothing : this.#meter(), type: "password", autocomplete: "new-password" })}
        <ispvm-button kind="primary" type="submit" ?busy=${form.isBusy}>${strings.submit}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => this.#restore(true)}>${strings.restore}</ispvm-button>
      </form>`
  }

  #restore(isRestoring: boolean): void {
    this.isRestoring = isRestoring
  }

  #meter() {
    const strength = passwordStrength(this.#form.filled.password)
    return html`<div class="meter with-icon small soft" role="status">
      ${[1, 2, 3, 4].map((step) => html`<i class=${strength >= step ? "on" : ""}></i>`)}<span>${t.pages.setup.strength[strength]}</span>
    </div>`
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    if ((await this.#form.submit((body) => deps.api.setup(body))) !== null)
      await deps.session.load()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-setup": IspvmPageSetup
  }
}
