import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import type { Deps } from "../app/deps.ts"
import { passwordStrength } from "../i18n/format/password.ts"
import { t } from "../i18n/strings/strings.ts"
import { loginCard } from "../theme/login-card.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-field.ts"

type Filled = {
  setupCode: string
  organisation: string
  name: string
  email: string
  password: string
}

/** A new appliance is claimed by whoever can read its console: that code, an organisation, and the first admin. */
@customElement("ispvm-page-setup")
export class IspvmPageSetup extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @state() private filled: Filled = {
    setupCode: new URLSearchParams(location.search).get("code") ?? "",
    organisation: "",
    name: "",
    email: "",
    password: "",
  }
  @state() private error: ApiError | null = null
  @state() private busy = false

  static override styles = [
    shared,
    loginCard,
    css`
      .meter {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        font-size: var(--type-small);
        color: var(--text-2);
      }
      .meter i {
        flex: 1;
        block-size: 3px;
        border-radius: 2px;
        background: var(--surface-3);
      }
      .meter i.on {
        background: var(--text-2);
      }
      .meter span {
        min-inline-size: 9ch;
        text-align: end;
      }
    `,
  ]

  override firstUpdated(): void {
    this.renderRoot.querySelector("ispvm-field")?.focus()
  }

  override render() {
    const strings = t.pages.setup
    const general = this.error !== null && this.error.fields.length === 0 ? this.error.message : ""
    return html`<main class="card">
      <div class="product"><img src="/icon.svg" alt="" width="32" height="32" />${t.terms.product}</div>
      <form @submit=${this.#onSubmit}>
        <h1>${strings.heading}</h1>
        <p class="lead">${strings.lead}</p>
        ${general === "" ? nothing : html`<div class="form-error" role="alert">${general}</div>`}
        ${this.#field("setupCode", { label: strings.code, hint: strings.codeHint, mono: true })}
        ${this.#field("organisation", { label: strings.organisation, hint: strings.organisationHint })}
        ${this.#field("name", { label: strings.name, autocomplete: "name" })}
        ${this.#field("email", { label: strings.email, type: "email", autocomplete: "username" })}
        ${this.#field("password", { label: strings.password, hint: strings.passwordHint, type: "password", autocomplete: "new-password" })}
        <ispvm-button kind="primary" type="submit" ?busy=${this.busy}>${strings.submit}</ispvm-button>
      </form>
    </main>`
  }

  #field(
    key: keyof Filled,
    options: {
      label: string
      hint?: string
      type?: "text" | "email" | "password"
      autocomplete?: string
      mono?: boolean
    },
  ) {
    return html`<ispvm-field
      label=${options.label}
      hint=${key === "password" && this.error?.field(key) ? "" : (options.hint ?? "")}
      type=${options.type ?? "text"}
      name=${key}
      autocomplete=${options.autocomplete ?? "off"}
      ?mono=${options.mono ?? false}
      error=${this.error?.field(key) ?? ""}
      .value=${this.filled[key]}
      @change-value=${(event: CustomEvent<string>) => {
        this.filled = { ...this.filled, [key]: event.detail }
      }}
      >${key === "password" && this.filled.password !== "" ? this.#meter() : nothing}</ispvm-field
    >`
  }

  #meter() {
    const strength = passwordStrength(this.filled.password)
    return html`<div class="meter" role="status">
      ${[1, 2, 3, 4].map((step) => html`<i class=${strength >= step ? "on" : ""}></i>`)}<span>${t.pages.setup.strength[strength]}</span>
    </div>`
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (this.deps === null || this.busy) return
    this.busy = true
    this.error = null
    try {
      await this.deps.api.setup(this.filled)
      await this.deps.session.load()
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
    "ispvm-page-setup": IspvmPageSetup
  }
}
