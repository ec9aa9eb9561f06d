import type { ImportAnswer } from "@ispvm/appliance/api/import-lists"
import { css, html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import type { BodyOf } from "../api/call.ts"
import { paths } from "../app/paths.ts"
import { FormController } from "../components/form-controller.ts"
import { byLiveness } from "../features/add-router/draft.ts"
import {
  CODE_PAGES,
  type CodePage,
  isCodePage,
  readListFile,
} from "../features/import/list-file.ts"
import { type ListKind, listKindOf } from "../features/import/list-kind.ts"
import { sentText } from "../i18n/strings/message-text.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-copy.ts"
import "../components/ispvm-field.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-select.ts"

const strings = pageTexts.importPage
/** The limit of the appliance. */
const MAX_CHANGES = 500

type Bytes = Uint8Array<ArrayBuffer>
/** `agentId` null: nobody has chosen one. Empty: none. */
type Filled = { readonly csv: string; readonly agentId: string | null; readonly dryRun: boolean }

/**
 * The import page. The list is checked first; every line has a result before anything is stored.
 */
@customElement("ispvm-page-import")
export class IspvmPageImport extends Page {
  readonly #form = new FormController<Filled, BodyOf<"POST /devices/import">>(this, {
    initial: { csv: "", agentId: null, dryRun: true },
    body: (filled) => ({ ...filled, agentId: this.#agent() || null }),
    schema: (schemas) => schemas.ImportRequest,
  })
  /** `of`: the list and the agent it was tried with; other ones have to be tried again. */
  @state() private dryRun: { readonly of: string; readonly answer: ImportAnswer } | null = null
  /**
   * The chosen file's bytes and the text read from them, as long as its encoding has to be guessed.
   */
  @state() private file: { readonly bytes: Bytes; readonly text: string } | null = null
  @state() private codePage: CodePage = "windows-1252"

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
    const form = this.#form
    const kind = this.#kind()
    const tried = this.dryRun?.of === this.#key() ? this.dryRun.answer : null
    return html`<div class="page page-narrow" @dragover=${(event: Event) => event.preventDefault()} @drop=${this.#onDrop}>
      <h1>${t.pages.import.title}</h1>
      <p class="under-title">${strings.lead}</p>
      <section class="panel">
        <div class="pad stack-4">
          ${form.field("csv", { label: strings.csv, hint: strings.columns, type: "textarea", mono: true, rows: 10, placeholder: strings.example })}
          ${this.file !== null && this.file.text === form.filled.csv ? this.#encoding() : nothing}
          ${
            kind === "devices"
              ? html`<ispvm-select
                  label=${strings.agent}
                  .value=${this.#agent()}
                  .choices=${[...this.#agents().map(({ id, name }) => ({ value: id, label: name })), { value: "", label: strings.noAgent }]}
                  error=${form.error("agentId")}
                  @change-value=${(event: CustomEvent<string>) => form.set({ agentId: event.detail })}
                ></ispvm-select>`
              : html`<p class="muted">${strings.readAs[kind]}</p>`
          }
          <div class="actions">
            <ispvm-button icon="file-text" @click=${this.#onChoose}>${strings.file}</ispvm-button>
            <input hidden type="file" accept=".csv,text/csv,text/plain" aria-label=${strings.file} @change=${this.#onFile} />
            <ispvm-button kind=${tried === null ? "primary" : "plain"} ?busy=${form.isBusy && form.filled.dryRun} @click=${() => this.#send(true)}
              >${strings.tryIt}</ispvm-button
            >
          </div>
          ${form.errors()}
        </div>
      </section>
      ${tried === null ? nothing : this.#answer(tried)}
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
                  ${answer.rejected.map((each) => html`<tr><td>${each.line}</td><td class="mono">${each.column ?? t.terms.none}</td><td class="wrap text-fault">${sentText(each)}</td></tr>`)}
                </tbody>
              </table>`
        }
        ${answer.changes.length === 0 ? nothing : this.#changes(answer.changes)}
        ${this.#kind() === "devices" && this.#agent() === "" ? html`<p class="with-icon"><ispvm-icon class="status-degraded" name="triangle-alert"></ispvm-icon>${strings.unmonitored}</p>` : nothing}
        <div class="actions">
          <ispvm-button kind="primary" ?busy=${this.#form.isBusy && !this.#form.filled.dryRun} ?disabled=${devices + answer.sitesUpdated === 0} @click=${() => this.#send(false)}>${strings.go(devices, this.#kind())}</ispvm-button>
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
            <th scope="col">${strings.changedThing[this.#kind()]}</th>
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

  #kind(): ListKind {
    return listKindOf(this.#form.filled.csv)
  }
  #agents() {
    return byLiveness(this.deps.fleet.value.agents.values())
  }
  /** As chosen; else the first agent that is online. */
  #agent(): string {
    const online = this.#agents().find((agent) => agent.status !== "unknown")
    return this.#form.filled.agentId ?? online?.id ?? ""
  }
  #key(): string {
    return JSON.stringify([this.#form.filled.csv, this.#agent()])
  }

  #onEncoding(chosen: string): void {
    if (!isCodePage(chosen) || this.file === null) return
    this.codePage = chosen
    this.#read(this.file.bytes)
  }
  #read(bytes: Bytes): void {
    const { text, codePage } = readListFile(bytes, this.codePage)
    this.#form.set({ csv: text })
    this.file = codePage === null ? null : { bytes, text }
  }

  async #send(dryRun: boolean): Promise<void> {
    if (this.#form.isBusy) return
    this.#form.set({ dryRun })
    const key = this.#key()
    const done = await this.#form.submit((body) => this.#import(body))
    if (done === null) return
    const { value: answer } = done
    if (dryRun) {
      this.dryRun = { of: key, answer }
      return
    }
    this.deps.toast({ tone: "done", text: strings.done(answer.created, answer.updated) })
    await this.deps.fleet.reload()
    this.deps.go(paths.devices)
  }

  async #import({ agentId, ...body }: BodyOf<"POST /devices/import">): Promise<ImportAnswer> {
    const { api } = this.deps
    const kind = this.#kind()
    if (kind === "devices") return await api.importDevices({ ...body, agentId })
    const answer = await (kind === "sites" ? api.importSites(body) : api.importLinks(body))
    return { ...answer, sitesCreated: 0, sitesUpdated: 0 }
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
