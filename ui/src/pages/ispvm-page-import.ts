import type { ImportAnswer } from "@ispvm/appliance/api/inventory"
import { css, html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import { paths } from "../app/paths.ts"
import { byLiveness } from "../features/add-router/draft.ts"
import {
  CODE_PAGES,
  type CodePage,
  isCodePage,
  readListFile,
} from "../features/import/list-file.ts"
import { t } from "../i18n/strings/strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-copy.ts"
import "../components/ispvm-field.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-select.ts"

const strings = t.pages.import
/** As many as the appliance lists. */
const MAX_CHANGES = 500

/** Many devices at once. The list is checked first: every line is answered before anything is stored. */
@customElement("ispvm-page-import")
export class IspvmPageImport extends Page {
  @state() private csv = ""
  @state() private dryRunAnswer: ImportAnswer | null = null
  /** Empty: none. Null: nobody has chosen, so the first agent that lives is meant. */
  @state() private chosen: string | null = null
  /** The chosen file's bytes, as long as its encoding has to be guessed. */
  @state() private file: Uint8Array<ArrayBuffer> | null = null
  @state() private codePage: CodePage = "windows-1252"
  @state() private errorMessage = ""
  @state() private busy: "" | "dry" | "real" = ""

  static override styles = [
    shared,
    panel,
    css`
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
      }
      table {
        inline-size: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        text-align: start;
        padding: var(--space-1-5) var(--space-4) var(--space-1-5) 0;
        border-block-end: var(--line);
        vertical-align: top;
      }
      h3 {
        margin: 0;
        font-size: inherit;
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet])
  }

  override render() {
    return html`<div class="page page-narrow" @dragover=${(event: Event) => event.preventDefault()} @drop=${this.#onDrop}>
      <h1>${strings.title}</h1>
      <p class="under-title">${strings.lead}</p>
      <section class="panel">
        <div class="pad stack-4">
          <ispvm-field
            label=${strings.csv}
            hint=${strings.columns}
            type="textarea"
            mono
            rows="10"
            placeholder=${strings.example}
            .value=${this.csv}
            @change-value=${(event: CustomEvent<string>) => this.#setCsv(event.detail)}
          ></ispvm-field>
          ${this.file === null ? nothing : this.#encoding()}
          <ispvm-select
            label=${strings.agent}
            .value=${this.#agent()}
            .choices=${[...this.#agents().map(({ id, name }) => ({ value: id, label: name })), { value: "", label: strings.noAgent }]}
            @change-value=${(event: CustomEvent<string>) => this.#choose(event.detail)}
          ></ispvm-select>
          <div class="actions">
            <ispvm-button icon="file-text" @click=${this.#onChoose}>${strings.file}</ispvm-button>
            <input hidden type="file" accept=".csv,text/csv,text/plain" aria-label=${strings.file} @change=${this.#onFile} />
            <ispvm-button kind=${this.dryRunAnswer === null ? "primary" : "plain"} ?busy=${this.busy === "dry"} ?disabled=${this.csv.trim() === ""} @click=${() => this.#send(true)}
              >${strings.tryIt}</ispvm-button
            >
          </div>
          ${this.errorMessage === "" ? nothing : html`<div class="form-error" role="alert">${this.errorMessage}</div>`}
        </div>
      </section>
      ${this.dryRunAnswer === null ? nothing : this.#answer(this.dryRunAnswer)}
    </div>`
  }

  #answer(answer: ImportAnswer) {
    const devices = answer.created + answer.updated
    const rejectedLines = new Set(answer.rejected.map((each) => each.line)).size
    return html`<section class="panel" role="status">
      <header><h2>${strings.preview(answer)}</h2></header>
      <div class="pad stack-4">
        ${
          answer.rejected.length === 0
            ? html`<p class="muted">${strings.allGood}</p>`
            : html`<table class="rejected">
                <caption class="hidden-visually">
                  ${strings.rejected}
                </caption>
                <thead>
                  <tr>
                    <th scope="col">${strings.line}</th>
                    <th scope="col">${strings.column}</th>
                    <th scope="col">${strings.problem}</th>
                  </tr>
                </thead>
                <tbody>
                  ${answer.rejected.map((each) => html`<tr><td>${each.line}</td><td class="mono">${each.column ?? t.terms.none}</td><td class="wrap text-fault">${each.message}</td></tr>`)}
                </tbody>
              </table>`
        }
        ${answer.changes.length === 0 ? nothing : this.#changes(answer.changes)}
        ${this.#agent() === "" ? html`<p class="with-icon"><ispvm-icon class="status-degraded" name="triangle-alert"></ispvm-icon>${strings.unmonitored}</p>` : nothing}
        <div class="actions">
          <ispvm-button kind="primary" ?busy=${this.busy === "real"} ?disabled=${devices + answer.sitesUpdated === 0} @click=${() => this.#send(false)}>${strings.go(devices)}</ispvm-button>
          ${answer.rejected.length === 0 ? nothing : html`<span class="muted">${strings.leftOut(rejectedLines)}</span>`}
        </div>
      </div>
    </section>`
  }

  #changes(changes: ImportAnswer["changes"]) {
    const text = (value: string | null): string => value ?? strings.empty
    return html`<h3>${strings.changes}</h3>
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">${strings.line}</th>
            <th scope="col">${strings.changedThing}</th>
            <th scope="col">${strings.change}</th>
          </tr>
        </thead>
        <tbody>
          ${changes.map(
            (each) => html`<tr>
              <td>${each.line}</td>
              <td>${each.name}</td>
              <td class="wrap">
                ${each.fields.map(({ field, before, after }) => html`<div>${strings.moved(field, text(before), text(after))}</div>`)}
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${changes.length < MAX_CHANGES ? nothing : html`<p class="muted">${strings.moreChanges(MAX_CHANGES)}</p>`}`
  }

  #encoding() {
    return html`<ispvm-select
      label=${strings.encoding}
      hint=${strings.encodingHint}
      .value=${this.codePage}
      .choices=${CODE_PAGES.map((each) => ({ value: each, label: each }))}
      @change-value=${(event: CustomEvent<string>) => this.#onEncoding(event.detail)}
    ></ispvm-select>`
  }

  #agents() {
    return byLiveness(this.deps.fleet.value.agents.values())
  }
  #agent(): string {
    return this.chosen ?? this.#agents().find((agent) => agent.status !== "unknown")?.id ?? ""
  }
  #choose(id: string): void {
    this.chosen = id
    this.dryRunAnswer = null
  }

  #onEncoding(chosen: string): void {
    if (!isCodePage(chosen) || this.file === null) return
    this.codePage = chosen
    this.#read(this.file)
  }
  #read(bytes: Uint8Array<ArrayBuffer>): void {
    const { text, codePage } = readListFile(bytes, this.codePage)
    this.#setCsv(text)
    this.file = codePage === null ? null : bytes
  }
  #setCsv(csv: string): void {
    this.csv = csv
    this.file = null
    this.dryRunAnswer = null
    this.errorMessage = ""
  }

  async #send(dryRun: boolean): Promise<void> {
    if (this.busy !== "" || this.csv.trim() === "") return
    this.busy = dryRun ? "dry" : "real"
    this.errorMessage = ""
    try {
      const answer = await this.deps.api.importDevices(this.csv, this.#agent() || null, dryRun)
      if (dryRun) {
        this.dryRunAnswer = answer
        return
      }
      this.deps.toast({ tone: "done", text: strings.done(answer.created, answer.updated) })
      await this.deps.fleet.reload()
      this.deps.go(paths.devices)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.errorMessage = error.message
    } finally {
      this.busy = ""
    }
  }

  readonly #onChoose = (): void =>
    this.renderRoot.querySelector<HTMLInputElement>('input[type="file"]')?.click()
  readonly #onFile = async (event: Event): Promise<void> => {
    const file = event.target instanceof HTMLInputElement ? event.target.files?.[0] : undefined
    if (file !== undefined) this.#read(new Uint8Array(await file.arrayBuffer()))
  }
  readonly #onDrop = async (event: DragEvent): Promise<void> => {
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    if (file !== undefined) this.#read(new Uint8Array(await file.arrayBuffer()))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-import": IspvmPageImport
  }
}
