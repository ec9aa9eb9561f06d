import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { emit } from "../../parts/emit.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { NEW_WATCH, type WatchForm, watchHas } from "./wish-form.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-field.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-select.ts"

const words = t.companion.watches
type Typed = CustomEvent<string>
const TYPES = Object.entries(words.types).map(([value, label]) => ({ value, label }))
const isType = (value: string): value is WatchForm["type"] => value in words.types

/** What the router shall watch by itself: a line each, one open to be typed in. Emits `change-watches`. */
@customElement("ispvm-watches")
export class IspvmWatches extends LitElement {
  @property({ attribute: false }) watches: readonly WatchForm[] = []
  /** What is wrong, by `watches.0.host`. */
  @property({ attribute: false }) wrong: (path: string) => string = () => ""
  @state() private open: number | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      li {
        border: 1px solid var(--border);
        border-radius: var(--radius);
      }
      li + li {
        margin-block-start: var(--space-1);
      }
      .line {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        padding-inline-end: 2px;
      }
      .what {
        flex: 1;
        min-inline-size: 0;
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
        min-block-size: 34px;
        padding: 4px var(--space-2) 4px var(--space-3);
        border: 0;
        background: none;
        text-align: start;
        cursor: pointer;
        align-items: center;
      }
      .what:hover strong {
        text-decoration: underline;
        text-underline-offset: 2px;
      }
      strong {
        font-weight: 500;
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
      .bad {
        color: var(--status-down-text);
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-2) var(--space-3);
        padding: var(--space-2) var(--space-3) var(--space-3);
        border-block-start: 1px solid var(--border);
      }
      .wide {
        grid-column: 1 / -1;
      }
      label {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        color: var(--text-2);
        font-size: var(--type-small);
      }
      .none {
        color: var(--text-3);
        font-size: var(--type-small);
      }
      .add {
        justify-self: start;
      }
    `,
  ]

  override render() {
    return html`${
      this.watches.length === 0
        ? html`<p class="none">${words.empty}</p>`
        : html`<ul>${this.watches.map((watch, index) => this.#row(watch, index))}</ul>`
    }
      <ispvm-button class="add" icon="plus" @click=${this.#onAdd}>${words.add}</ispvm-button>`
  }

  #row(watch: WatchForm, index: number) {
    const isOpen = this.open === index
    const isWrong = ["name", "host", "intervalS", "port", "lossPercent", "rttMs"].some(
      (field) => this.#wrong(index, field) !== "",
    )
    return html`<li>
      <div class="line">
        <button class="what" type="button" aria-expanded=${isOpen ? "true" : "false"} @click=${() => this.#toggle(index)}>
          ${isWrong && !isOpen ? html`<ispvm-icon class="bad" name="triangle-alert" size="14"></ispvm-icon>` : nothing}
          <strong>${watch.name.trim() || words.unnamed}</strong>
          <span class="how">${[watch.host, words.types[watch.type], words.every(watch.intervalS)].filter(Boolean).join(" · ")}</span>
        </button>
        <ispvm-button kind="quiet" icon="trash-2" label=${words.remove(watch.name.trim())} @click=${() => this.#remove(index)}></ispvm-button>
      </div>
      ${isOpen ? this.#fields(watch, index) : nothing}
    </li>`
  }

  #fields(watch: WatchForm, index: number) {
    const has = watchHas(watch.type)
    const set = (changes: Partial<WatchForm>): void => this.#tell(this.watches.with(index, { ...watch, ...changes }))
    const field = (label: string, key: "name" | "host" | "intervalS" | "port" | "lossPercent" | "rttMs", hint = "") =>
      html`<ispvm-field label=${label} hint=${hint} ?mono=${key === "host"} .value=${watch[key]} error=${watch[key] === "" ? "" : this.#wrong(index, key)} @change-value=${(event: Typed) => set({ [key]: event.detail })}></ispvm-field>`
    return html`<div class="fields">
      ${field(words.name, "name", words.nameHint)} ${field(words.host, "host")}
      <ispvm-select label=${words.type} .value=${watch.type} .choices=${TYPES} @change-value=${(event: Typed) => isType(event.detail) && set({ type: event.detail })}></ispvm-select>
      ${field(words.interval, "intervalS")} ${has.port ? field(words.port, "port") : nothing}
      ${has.thresholds ? html`${field(words.loss, "lossPercent")}${field(words.rtt, "rttMs")}` : nothing}
      ${
        has.measures
          ? html`<label class="wide"><input type="checkbox" .checked=${watch.measures} @change=${(event: Event) => set({ measures: event.target instanceof HTMLInputElement && event.target.checked })} />${words.measures}</label>`
          : nothing
      }
      <div class="wide"><ispvm-button icon="check" @click=${() => this.#toggle(index)}>${words.done}</ispvm-button></div>
    </div>`
  }

  #wrong(index: number, field: string): string {
    return this.wrong(`watches.${index}.${field}`)
  }
  #toggle(index: number): void {
    this.open = this.open === index ? null : index
  }
  #remove(index: number): void {
    this.open = null
    this.#tell(this.watches.toSpliced(index, 1))
  }
  #tell(watches: readonly WatchForm[]): void {
    this.watches = watches
    emit(this, "change-watches", watches)
  }
  readonly #onAdd = (): void => {
    this.open = this.watches.length
    this.#tell([...this.watches, NEW_WATCH])
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".fields ispvm-field")?.focus())
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-watches": IspvmWatches
  }
}
