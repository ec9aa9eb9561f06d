import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { NEW_NETWATCH, type NetwatchForm, netwatchFields } from "./desired-config-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-select.ts"

const strings = pageTexts.companion.netwatch
type Typed = CustomEvent<string>
const TYPES = Object.entries(strings.types).map(([value, label]) => ({ value, label }))
const isType = (value: string): value is NetwatchForm["type"] => value in strings.types

/** Netwatch hosts, one row each, one of them open for editing. Emits `change-netwatch`. */
@customElement("ispvm-netwatch")
export class IspvmNetwatch extends LitElement {
  @property({ attribute: false }) entries: readonly NetwatchForm[] = []
  /** Errors by path, such as `netwatch.0.host`. */
  @property({ attribute: false }) fieldError: (path: string) => string = () => ""
  @state() private open: number | null = null

  static override styles = [
    shared,
    stackHost,
    css`
      li {
        border: var(--line);
        border-radius: var(--radius);
      }
      .line {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        padding-inline-end: var(--space-0-5);
      }
      .what {
        flex: 1;
        min-inline-size: 0;
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
        min-block-size: var(--space-9);
        padding: var(--space-1) var(--space-2) var(--space-1) var(--space-3);
        border: 0;
        background: none;
        text-align: start;
        cursor: pointer;
        align-items: center;
      }
      strong {
        font-weight: var(--weight-medium);
        color: var(--text-strong);
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
        flex: none;
        max-inline-size: 55%;
      }
      .how {
        color: var(--text-3);
        font-size: var(--type-small);
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-2) var(--space-3);
        padding: var(--space-2) var(--space-3) var(--space-3);
        border-block-start: var(--line);
      }
    `,
  ]

  override render() {
    return html`${
      this.entries.length === 0
        ? html`<p class="caption">${strings.empty}</p>`
        : html`<ul class="stack-1">${this.entries.map((entry, index) => this.#row(entry, index))}</ul>`
    }
      <ispvm-button class="start" icon="plus" @click=${this.#onAdd}>${strings.add}</ispvm-button>`
  }

  #row(entry: NetwatchForm, index: number) {
    const isOpen = this.open === index
    const hasError = ["name", "host", "intervalS", "port", "lossPercent", "rttMs"].some(
      (field) => this.#fieldError(index, field) !== "",
    )
    return html`<li>
      <div class="line">
        <button class="what link" type="button" aria-expanded=${isOpen ? "true" : "false"} @click=${() => this.#toggle(index)}>
          ${hasError && !isOpen ? html`<ispvm-icon class="text-fault" name="triangle-alert" size="14"></ispvm-icon>` : nothing}
          <strong>${entry.name.trim() || strings.unnamed}</strong>
          <span class="how">${[entry.host, strings.types[entry.type], strings.every(entry.intervalS)].filter(Boolean).join(" · ")}</span>
        </button>
        <ispvm-button kind="quiet" icon="trash-2" label=${strings.remove(entry.name.trim())} @click=${() => this.#remove(index)}></ispvm-button>
      </div>
      ${isOpen ? this.#fields(entry, index) : nothing}
    </li>`
  }

  #fields(entry: NetwatchForm, index: number) {
    const has = netwatchFields(entry.type)
    const set = (changes: Partial<NetwatchForm>): void =>
      this.#emitChange(this.entries.with(index, { ...entry, ...changes }))
    const field = (
      label: string,
      key: "name" | "host" | "intervalS" | "port" | "lossPercent" | "rttMs",
      hint = "",
    ) =>
      html`<ispvm-field label=${label} hint=${hint} ?mono=${key === "host"} .value=${entry[key]} error=${entry[key] === "" ? "" : this.#fieldError(index, key)} @change-value=${(event: Typed) => set({ [key]: event.detail })}></ispvm-field>`
    return html`<div class="fields">
      ${field(strings.name, "name", strings.nameHint)} ${field(strings.host, "host")}
      <ispvm-select label=${strings.type} .value=${entry.type} .choices=${TYPES} @change-value=${(event: Typed) => isType(event.detail) && set({ type: event.detail })}></ispvm-select>
      ${field(strings.interval, "intervalS")} ${has.port ? field(strings.port, "port") : nothing}
      ${has.thresholds ? html`${field(strings.loss, "lossPercent")}${field(strings.rtt, "rttMs")}` : nothing}
      ${
        has.measures
          ? html`<label class="wide with-icon small soft"><input type="checkbox" .checked=${entry.measures} @change=${(event: Event) => set({ measures: event.target instanceof HTMLInputElement && event.target.checked })} />${strings.measures}</label>`
          : nothing
      }
      <div class="wide"><ispvm-button icon="check" @click=${() => this.#toggle(index)}>${strings.done}</ispvm-button></div>
    </div>`
  }

  #fieldError(index: number, field: string): string {
    return this.fieldError(`netwatch.${index}.${field}`)
  }
  #toggle(index: number): void {
    this.open = this.open === index ? null : index
  }
  #remove(index: number): void {
    this.open = null
    this.#emitChange(this.entries.toSpliced(index, 1))
  }
  #emitChange(entries: readonly NetwatchForm[]): void {
    this.entries = entries
    emit(this, "change-netwatch", entries)
  }
  readonly #onAdd = (): void => {
    this.open = this.entries.length
    this.#emitChange([...this.entries, NEW_NETWATCH])
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(".fields ispvm-field")?.focus(),
    )
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-netwatch": IspvmNetwatch
  }
}
