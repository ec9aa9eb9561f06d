import { html, nothing } from "lit"
import { FormState } from "../state/form.ts"
import type { Choice } from "./ispvm-select.ts"
import "./ispvm-field.ts"
import "./ispvm-select.ts"

type FieldOptions = {
  readonly label: string
  readonly hint?: string
  readonly type?: "text" | "password" | "email" | "number" | "textarea" | "search"
  readonly autocomplete?: string
  readonly placeholder?: string
  readonly rows?: number
  readonly optional?: boolean
  readonly mono?: boolean
  readonly class?: string
  /** Hint below the input. */
  readonly below?: unknown
}
type SelectOptions = {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly hint?: string
}

type KeysOf<F, V> = Extract<{ [K in keyof F]: F[K] extends V ? K : never }[keyof F], string>

/** A form with the elements that render its fields. */
export class FormController<F extends object, B extends object> extends FormState<F, B> {
  /** Input for a text field of the form. */
  field(name: KeysOf<F, string>, options: FieldOptions) {
    return html`<ispvm-field
      class=${options.class ?? nothing}
      label=${options.label}
      hint=${options.hint ?? ""}
      name=${name}
      type=${options.type ?? "text"}
      autocomplete=${options.autocomplete ?? "off"}
      placeholder=${options.placeholder ?? ""}
      rows=${options.rows ?? 4}
      ?optional=${options.optional ?? false}
      ?mono=${options.mono ?? false}
      .value=${String(this.filled[name])}
      error=${this.error(name)}
      @change-value=${(event: CustomEvent<string>) => this.#setText(name, event.detail)}
      >${options.below ?? nothing}</ispvm-field
    >`
  }
  /** Select for a text field of the form. */
  select(name: KeysOf<F, string>, options: SelectOptions) {
    return html`<ispvm-select
      label=${options.label}
      hint=${options.hint ?? ""}
      .value=${String(this.filled[name])}
      .choices=${options.choices}
      error=${this.error(name)}
      @change-value=${(event: CustomEvent<string>) => this.#setText(name, event.detail)}
    ></ispvm-select>`
  }
  /** Errors that belong to no field, shown above the fields. */
  errors() {
    const { general } = this
    return general === "" ? nothing : html`<div class="form-error" role="alert">${general}</div>`
  }

  #setText(name: keyof F, value: string): void {
    this.set({ [name]: value } as unknown as Partial<F>)
  }
}
