import type { Schedules } from "@ispvm/appliance/api/notifications"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { form } from "../../theme/form.ts"
import { panel, shared } from "../../theme/shared.ts"
import { checkLine } from "../notifications/check-line.ts"
import { dayChoice } from "../notifications/day-choice.ts"
import { notificationsStyles } from "../notifications/notifications-styles.ts"
import type { LayerForm } from "./schedule-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"
import "./ispvm-rotation.ts"

const strings = pageTexts.onCall.form
const choicesOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))
type TextField = "name" | "every" | "startsOn" | "handover" | "from" | "to"
type SelectField = "unit" | "onHolidays"
type Options = { readonly hint?: string; readonly type?: "text" | "number" | "date" }

/** One layer of a schedule. Emits `change-layer` with what changed, and `remove-layer`. */
@customElement("ispvm-layer-form")
export class IspvmLayerForm extends LitElement {
  @property({ attribute: false }) layer: LayerForm | null = null
  @property({ type: Number }) index = 0
  @property({ attribute: false }) people: Schedules["people"] = []
  @property({ type: Boolean, attribute: "only" }) isOnlyOne = false
  @property({ type: Boolean, attribute: "has-holidays" }) hasHolidays = false
  @property({ attribute: false }) errorAt: (path: string) => string = () => ""

  static override styles = [shared, form, panel, notificationsStyles]

  override render() {
    const { layer, index } = this
    if (layer === null) return nothing
    const number = index + 1
    return html`<div class="panel pad stack-4" role="group" aria-label=${strings.layer(number)}>
      <div class="with-icon">
        <strong class="grow">${strings.layer(number)}</strong>
        ${this.isOnlyOne ? nothing : html`<ispvm-button kind="quiet" icon="trash-2" label=${strings.removeLayer(number)} @click=${() => emit(this, "remove-layer", null)}></ispvm-button>`}
      </div>
      <div class="fields">
        <div class="stack-4">
          ${this.#text(layer, "name", strings.layerName)}
          <ispvm-rotation
            .chosen=${layer.people}
            .people=${this.people}
            error=${this.#error("people")}
            @change-people=${(event: CustomEvent<readonly string[]>) => this.#set({ people: event.detail })}
          ></ispvm-rotation>
        </div>
        <div class="stack-4">
          <div class="halves">${this.#text(layer, "every", strings.every, { type: "number" })} ${this.#select(layer, "unit", strings.unit, strings.units)}</div>
          <div class="halves">${this.#text(layer, "startsOn", strings.startsOn, { type: "date" })} ${this.#text(layer, "handover", strings.handover, { hint: strings.timeHint })}</div>
          ${this.hasHolidays || layer.onHolidays !== "as-usual" ? this.#select(layer, "onHolidays", strings.onHolidays, strings.onHolidaysOf) : nothing}
        </div>
      </div>
      ${checkLine(strings.isLimited, layer.isLimited, (isLimited) => this.#set({ isLimited }))}
      ${layer.isLimited ? this.#hours(layer) : nothing}
    </div>`
  }

  #hours(layer: LayerForm) {
    return html`<div class="fields">
      ${this.#text(layer, "from", strings.from, { hint: strings.timeHint }, "hours.")}
      ${this.#text(layer, "to", strings.to, { hint: strings.timeHint }, "hours.")}
      ${dayChoice(strings.days, layer.days, (days) => this.#set({ days }), this.#error("hours.days"))}
    </div>`
  }

  #text(
    layer: LayerForm,
    name: TextField,
    label: string,
    { hint = "", type = "text" }: Options = {},
    at = "",
  ) {
    return html`<ispvm-field
      label=${label}
      hint=${hint}
      type=${type}
      .value=${layer[name]}
      error=${this.#error(`${at}${name}`)}
      @change-value=${(event: CustomEvent<string>) => this.#set({ [name]: event.detail })}
    ></ispvm-field>`
  }
  #select(
    layer: LayerForm,
    name: SelectField,
    label: string,
    labels: Readonly<Record<string, string>>,
  ) {
    return html`<ispvm-select
      label=${label}
      .value=${layer[name]}
      .choices=${choicesOf(labels)}
      error=${this.#error(name)}
      @change-value=${(event: CustomEvent<string>) => this.#set({ [name]: event.detail })}
    ></ispvm-select>`
  }
  #error(field: string): string {
    return this.errorAt(`layers.${this.index}.${field}`)
  }
  #set(changes: Partial<LayerForm>): void {
    emit(this, "change-layer", changes)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-layer-form": IspvmLayerForm
  }
}
