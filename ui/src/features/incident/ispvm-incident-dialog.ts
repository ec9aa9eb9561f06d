import type { Component, Incident, Symptom } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import type { ActionOnOne } from "./act-on-one.ts"
import { symptomText } from "./workflow-menus.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.workflow
export type DialogKind = "ticket" | "merge" | "split" | "wrong"
export type DialogResult = ActionOnOne | { readonly action: "split"; readonly alertIds: string[] }

/**
 * Actions that need more than a choice. Emits `act` with a `DialogResult`, and `dismiss`. `error`:
 * why the last one was rejected.
 */
@customElement("ispvm-incident-dialog")
export class IspvmIncidentDialog extends LitElement {
  @property() kind: DialogKind | "" = ""
  @property({ attribute: false }) incident: Incident | null = null
  /** Into which it can be merged. */
  @property({ attribute: false }) others: readonly Incident[] = []
  /** The active ones. */
  @property({ attribute: false }) symptoms: readonly Symptom[] = []
  /** What may have failed instead. */
  @property({ attribute: false }) components: readonly Component[] = []
  @property() error = ""
  @property({ type: Boolean }) busy = false
  @state() private number = ""
  @state() private url = ""
  @state() private into = ""
  @state() private actual = ""
  @state() private note = ""
  @state() private chosen: ReadonlySet<string> = new Set()

  static override styles = [
    shared,
    contentsHost,
    css`
      .choices {
        display: grid;
        gap: var(--space-2);
        max-block-size: 40vh;
        overflow-y: auto;
      }
      label {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        min-block-size: var(--space-7);
      }
    `,
  ]

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("kind") || this.kind === "") return
    const { ticket = null } = this.incident ?? {}
    this.number = ticket?.number ?? ""
    this.url = ticket?.url ?? ""
    this.into = this.others[0]?.id ?? ""
    this.actual = ""
    this.note = ""
    this.chosen = new Set()
  }

  override render() {
    const { kind } = this
    if (kind === "") return nothing
    const { heading, body, label, result } = this.#parts(kind)
    return html`<ispvm-dialog open heading=${heading} @dismiss=${this.#onDismiss}>
      ${this.error === "" ? nothing : html`<div class="form-error" role="alert">${this.error}</div>`}
      ${body}
      <ispvm-button slot="actions" @click=${this.#onDismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?disabled=${result === null} ?busy=${this.busy} @click=${() => result !== null && emit(this, "act", result)}>${label}</ispvm-button>
    </ispvm-dialog>`
  }

  #parts(kind: DialogKind): {
    heading: string
    body: unknown
    label: string
    result: DialogResult | null
  } {
    switch (kind) {
      case "ticket":
        return {
          heading: strings.ticketTitle,
          body: html`${this.#field(strings.ticketNumber, this.number, (value) => {
            this.number = value
          })}
          ${this.#field(strings.ticketUrl, this.url, (value) => {
            this.url = value
          })}
            <p class="caption">${strings.ticketHint}</p>`,
          label: strings.save,
          result: {
            action: "ticket",
            number: this.number.trim() || null,
            url: this.url.trim() || null,
          },
        }
      case "merge":
        return {
          heading: strings.mergeTitle,
          body:
            this.others.length === 0
              ? html`<p>${strings.mergeNone}</p>`
              : html`<ispvm-select label=${strings.mergeInto} hint=${strings.mergeHint} .value=${this.into} .choices=${this.others.map(({ id, number, title }) => ({ value: id, label: `#${number} ${messageText(title)}` }))} @change-value=${(
                  event: CustomEvent<string>,
                ) => {
                  this.into = event.detail
                }}></ispvm-select>`,
          label: strings.mergeDo,
          result: this.into === "" ? null : { action: "merge", into: this.into },
        }
      case "split":
        return {
          heading: strings.splitTitle,
          body: html`<p>${strings.splitHint}</p><div class="choices">${this.symptoms.map((each) => this.#symptom(each))}</div>`,
          label: strings.splitDo,
          result:
            this.chosen.size === 0 || this.chosen.size === this.symptoms.length
              ? null
              : { action: "split", alertIds: [...this.chosen] },
        }
      case "wrong":
        return {
          heading: strings.wrongTitle,
          body: html`<ispvm-select label=${strings.wrongActual} .value=${this.actual} .choices=${[
            { value: "", label: strings.wrongUnknown },
            ...this.components.map(({ id, kind: of, name }) => ({
              value: id,
              label: `${t.incidents.kind[of]} ${name}`,
            })),
          ]} @change-value=${(event: CustomEvent<string>) => {
            this.actual = event.detail
          }}></ispvm-select>
          ${this.#field(t.incidents.note, this.note, (value) => {
            this.note = value
          })}`,
          label: strings.wrongDo,
          result: {
            action: "feedback",
            rating: "wrong",
            actual: this.components.find(({ id }) => id === this.actual) ?? null,
            note: this.note.trim(),
          },
        }
    }
  }

  #field(label: string, value: string, take: (value: string) => void) {
    return html`<ispvm-field label=${label} .value=${value} @change-value=${(event: CustomEvent<string>) => take(event.detail)}></ispvm-field>`
  }

  #symptom(symptom: Symptom) {
    const { alertId } = symptom
    return html`<label><input type="checkbox" .checked=${this.chosen.has(alertId)} @change=${() => this.#toggle(alertId)} />${symptomText(symptom)}</label>`
  }

  #toggle(id: string): void {
    const next = new Set(this.chosen)
    if (!next.delete(id)) next.add(id)
    this.chosen = next
  }

  readonly #onDismiss = (): void => {
    emit(this, "dismiss", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-dialog": IspvmIncidentDialog
  }
}
