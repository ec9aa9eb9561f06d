import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { ApiError } from "../api/problem.ts"
import type { Deps } from "../app/deps.ts"
import { FormController } from "../components/form-controller.ts"
import { t } from "../i18n/strings/strings.ts"
import { loginCard } from "../theme/login-card.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-button.ts"

/** The login page. Shown at the requested address, which opens after the login. */
@customElement("ispvm-page-login")
export class IspvmPageLogin extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #form = new FormController(this, {
    initial: { email: "", password: "" },
    body: (filled) => filled,
    schema: (schemas) => schemas.LoginRequest,
  })
  @state() private failure = ""

  static override styles = [shared, loginCard]

  override firstUpdated(): void {
    this.renderRoot.querySelector("ispvm-field")?.focus()
  }

  override render() {
    const strings = t.pages.login
    return html`<main class="card">
      <div class="product"><img src="/icon.svg" alt="" width="32" height="32" />${t.terms.product}</div>
      <form @submit=${this.#onSubmit}>
        <h1>${strings.heading}</h1>
        ${this.failure === "" ? nothing : html`<div class="form-error" role="alert">${this.failure}</div>`}
        ${this.#form.field("email", { label: strings.email, type: "email", autocomplete: "username" })}
        ${this.#form.field("password", { label: strings.password, type: "password", autocomplete: "current-password" })}
        <ispvm-button kind="primary" type="submit" ?busy=${this.#form.isBusy}>${strings.submit}</ispvm-button>
      </form>
    </main>`
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    this.failure = ""
    const done = await this.#form.submit((body) => deps.api.login(body))
    if (done !== null) await deps.session.load()
    else if (this.#form.rejection !== null) this.failure = messageOf(this.#form.rejection)
  }
}

/** The message does not say which of the two is wrong; a failed connection is reported as such. */
const messageOf = (error: ApiError): string =>
  error.status === 401 || error.status === 422 ? t.pages.login.loginFailed : error.message

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-login": IspvmPageLogin
  }
}
