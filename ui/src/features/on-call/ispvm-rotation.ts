import type { Schedules } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-select.ts"

const strings = pageTexts.onCall.form

/** People in the order of their shifts. Emits `change-people` with the new order. */
@customElement("ispvm-rotation")
export class IspvmRotation extends LitElement {
  @property({ attribute: false }) chosen: readonly string[] = []
  @property({ attribute: false }) people: Schedules["people"] = []
  @property() error = ""

  static override styles = [
    shared,
    css`
      .number {
        min-inline-size: var(--space-4);
      }
    `,
  ]

  override render() {
    const others = this.people.filter(({ id }) => !this.chosen.includes(id))
    return html`<div class="stack-1" role="group" aria-label=${strings.people}>
      <span class="label">${strings.people}</span>
      ${this.chosen.length === 0 ? html`<p class="muted">${strings.noPeople}</p>` : nothing}
      <ol>${this.chosen.map((id, index) => this.#person(id, index))}</ol>
      ${this.error === "" ? nothing : html`<p class="text-fault small" role="alert">${this.error}</p>`}
      ${
        others.length === 0
          ? nothing
          : html`<ispvm-select
              bare
              label=${strings.addPerson}
              value=""
              .choices=${[{ value: "", label: strings.addPerson }, ...others.map(({ id, name }) => ({ value: id, label: name }))]}
              @change-value=${this.#onAdd}
            ></ispvm-select>`
      }
    </div>`
  }

  #person(id: string, index: number) {
    const person = this.people.find((one) => one.id === id)
    const name = person?.name ?? pageTexts.onCall.gone
    const last = this.chosen.length - 1
    return html`<li class="with-icon">
      <span class="number muted">${index + 1}</span>
      <span class="grow wrap ${person === undefined ? "text-warn" : ""}">${name}${person?.channels === 0 ? html` <span class="caption text-warn">${strings.withoutChannel}</span>` : nothing}</span>
      <ispvm-button kind="quiet" icon="arrow-up" label=${strings.earlier(name)} ?disabled=${index === 0} @click=${() => this.#move(index, -1)}></ispvm-button>
      <ispvm-button kind="quiet" icon="arrow-down" label=${strings.later(name)} ?disabled=${index === last} @click=${() => this.#move(index, 1)}></ispvm-button>
      <ispvm-button kind="quiet" icon="x" label=${strings.takeOut(name)} @click=${() => this.#emit(this.chosen.toSpliced(index, 1))}></ispvm-button>
    </li>`
  }

  readonly #onAdd = (event: CustomEvent<string>): void => {
    if (event.detail !== "") this.#emit([...this.chosen, event.detail])
  }
  #move(index: number, by: 1 | -1): void {
    const [one, other] = [this.chosen[index], this.chosen[index + by]]
    if (one === undefined || other === undefined) return
    this.#emit(this.chosen.with(index, other).with(index + by, one))
  }
  #emit(people: readonly string[]): void {
    emit(this, "change-people", people)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-rotation": IspvmRotation
  }
}
