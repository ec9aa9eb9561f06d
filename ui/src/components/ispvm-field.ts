import { css, html, LitElement, nothing } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { control } from "../theme/control.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-icon.ts"

/** A labelled input with hint and error. Emits `change-value` on input. */
@customElement("ispvm-field")
export class IspvmField extends LitElement {
  static formAssociated = true
  static override shadowRootOptions: ShadowRootInit = { mode: "open", delegatesFocus: true }

  @property() label = ""
  @property() hint = ""
  @property({ reflect: true }) error = ""
  @property() value = ""
  @property() name = ""
  @property() type:
    | "text"
    | "password"
    | "email"
    | "number"
    | "textarea"
    | "search"
    | "date"
    | "datetime-local" = "text"
  @property() placeholder = ""
  @property() autocomplete = "off"
  @property({ type: Number }) rows = 4
  @property({ type: Boolean }) optional = false
  @property({ type: Boolean }) mono = false
  @property({ type: Boolean }) disabled = false
  /** The label is only for screen readers, because the context shows it. */
  @property({ type: Boolean }) bare = false
  @state() private shown = false
  @query("input, textarea") private input: HTMLInputElement | HTMLTextAreaElement | null | undefined
  readonly #internals = this.attachInternals()

  static override styles = [
    shared,
    control,
    css`
      .eye {
        position: absolute;
        inset-inline-end: var(--space-0-5);
        inset-block: var(--space-0-5);
        inline-size: var(--space-9);
        border: 0;
        background: none;
        color: var(--text-3);
        cursor: pointer;
        display: grid;
        place-items: center;
      }
      .with-eye {
        padding-inline-end: var(--space-10);
      }
    `,
  ]

  override focus(): void {
    this.input?.focus()
  }

  override render() {
    const described = [this.hint === "" ? "" : "hint", this.error === "" ? "" : "error"]
      .filter(Boolean)
      .join(" ")
    return html`
      <label for="input" class=${this.bare ? "hidden-visually" : "label"}>${this.label}${this.optional ? html` <span class="muted normal">(${t.components.optional})</span>` : nothing}</label>
      <div class="box">${this.type === "textarea" ? this.#area(described) : this.#line(described)}${this.#eye()}</div>
      ${this.error === "" ? nothing : html`<div id="error" class="error"><ispvm-icon name="triangle-alert" size="14"></ispvm-icon><span>${this.error}</span></div>`}
      ${this.hint === "" ? nothing : html`<div id="hint" class="caption">${this.hint}</div>`}
      <slot></slot>
    `
  }

  #line(described: string) {
    const type = this.type === "password" && this.shown ? "text" : this.type
    return html`<input
      id="input"
      class="${this.mono ? "mono" : ""} ${this.type === "password" ? "with-eye" : ""}"
      type=${type}
      inputmode=${this.type === "number" ? "numeric" : nothing}
      autocapitalize="off"
      spellcheck="false"
      name=${this.name}
      autocomplete=${this.autocomplete}
      placeholder=${this.placeholder}
      ?disabled=${this.disabled}
      aria-invalid=${this.error === "" ? nothing : "true"}
      aria-describedby=${described || nothing}
      .value=${this.value}
      @input=${this.#onInput}
      @keydown=${this.#onKey}
    />`
  }

  #area(described: string) {
    return html`<textarea
      id="input"
      class=${this.mono ? "mono" : ""}
      rows=${this.rows}
      spellcheck="false"
      placeholder=${this.placeholder}
      ?disabled=${this.disabled}
      aria-invalid=${this.error === "" ? nothing : "true"}
      aria-describedby=${described || nothing}
      .value=${this.value}
      @input=${this.#onInput}
    ></textarea>`
  }

  #eye() {
    if (this.type !== "password") return nothing
    const label = this.shown ? t.components.hidePassword : t.components.showPassword
    return html`<button class="eye" type="button" aria-label=${label} title=${label} @click=${this.#onEye}>
      <ispvm-icon name=${this.shown ? "eye-off" : "eye"}></ispvm-icon>
    </button>`
  }

  readonly #onInput = (event: Event): void => {
    if (
      !(event.target instanceof HTMLInputElement) &&
      !(event.target instanceof HTMLTextAreaElement)
    )
      return
    this.value = event.target.value
    this.#internals.setFormValue(this.value)
    emit(this, "change-value", this.value)
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.isComposing) this.#internals.form?.requestSubmit()
  }
  readonly #onEye = (): void => {
    this.shown = !this.shown
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-field": IspvmField
  }
}
