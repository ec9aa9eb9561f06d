import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import type { Deps } from "../app/deps.ts"
import { t } from "../i18n/strings/strings.ts"
import { loginCard } from "../theme/login-card.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-field.ts"

/** The door. Shown in place of whatever was asked for, which appears once logged in. */
@customElement("ispvm-page-login")
export class IspvmPageLogin extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @state() private email = ""
  @state() private password = ""
  @state() private busy = false
  @state() private errorMessage = ""

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
        ${this.errorMessage === "" ? nothing : html`<div class="form-error" role="alert">${this.errorMessage}</div>`}
        <ispvm-field
          label=${strings.email}
          type="email"
          name="email"
          autocomplete="username"
          .value=${this.email}
          @change-value=${(event: CustomEvent<string>) => {
            this.email = event.detail
          }}
        ></ispvm-field>
        <ispvm-field
          label=${strings.password}
          type="password"
          name="password"
          autocomplete="current-password"
          .value=${this.password}
          @change-value=${(event: CustomEvent<string>) => {
            this.password = event.detail
          }}
        ></ispvm-field>
        <ispvm-button kind="primary" type="submit" ?busy=${this.busy}>${strings.submit}</ispvm-button>
      </form>
    </main>`
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (this.deps === null || this.busy) return
    this.busy = true
    this.errorMessage = ""
    try {
      await this.deps.api.login({ email: this.email, password: this.password })
      await this.deps.session.load()
    } catch (error) {
      this.errorMessage = messageOf(error)
    } finally {
      this.busy = false
    }
  }
}

/** Which of the two is wrong is nobody's business; a missing connection is. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof ApiError)) throw error
  return error.status === 401 || error.status === 422 ? t.pages.login.loginFailed : error.message
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-login": IspvmPageLogin
  }
}
