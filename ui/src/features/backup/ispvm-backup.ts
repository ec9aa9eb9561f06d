import type { Backup, BackupKey, BackupRun } from "@ispvm/appliance/api/backup"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import type { Deps } from "../../app/deps.ts"
import { IspvmDialog } from "../../components/ispvm-dialog.ts"
import { saveFile } from "../../components/save-file.ts"
import { exact } from "../../i18n/format/time.ts"
import { byteSize, count } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { factsStyles } from "../settings/facts-styles.ts"
import { backupStyles } from "./backup-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-copy.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"
import "./ispvm-backup-settings.ts"

const strings = pageTexts.backup
const RUNNING_MS = 2_000
const SHOWN_RUNS = 10
type DialogState =
  | { readonly what: "nothing" | "replace" }
  | { readonly what: "key"; readonly identity: string }

/** Key, schedule, target and runs of backups. */
@customElement("ispvm-backup")
export class IspvmBackup extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #action = new ActionController<"key" | "run">(this)
  readonly #backup = new RequestController<Backup>(this, {
    key: () => (this.deps === null ? null : [this.deps]),
    load: async () => {
      if (this.deps === null) throw new Error("loaded before its properties")
      return await this.deps.api.backup()
    },
    onReady: ({ runs }) => {
      if (runs.some(({ state }) => state === "running")) this.#backup.reloadIn(RUNNING_MS)
    },
  })
  @state() private dialog: DialogState = { what: "nothing" }
  @state() private isEditing = false

  static override styles = [shared, factsStyles, backupStyles]

  override render() {
    return html`<p class="soft">${strings.lead}</p>
      ${this.#backup.render({
        loading: () => html`<ispvm-skeleton lines="4"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#backup.reload}></ispvm-failed>`,
        ready: (backup) => this.#all(backup),
      })}
      ${this.#dialog()}`
  }

  #all(backup: Backup) {
    const running = backup.runs.find(({ state }) => state === "running")
    return html`${this.#facts(backup)}
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <div class="chips">
        ${
          backup.recipient === null
            ? html`<ispvm-button kind="primary" icon="key-round" ?busy=${this.#action.running === "key"} @click=${this.#createKey}>${strings.createKey}</ispvm-button>`
            : html`<ispvm-button kind="primary" ?busy=${this.#action.running === "run"} ?disabled=${running !== undefined} @click=${this.#start}>${strings.now}</ispvm-button>
                <ispvm-button icon="key-round" @click=${() => this.#open({ what: "replace" })}>${strings.replaceKey}</ispvm-button>`
        }
        ${this.isEditing ? nothing : html`<ispvm-button icon="pencil" @click=${() => this.#edit(true)}>${strings.edit}</ispvm-button>`}
      </div>
      ${this.isEditing ? html`<ispvm-backup-settings .deps=${this.deps} .backup=${backup} @saved=${this.#saved} @dismiss=${() => this.#edit(false)}></ispvm-backup-settings>` : nothing}
      ${running === undefined ? nothing : this.#progress(running)}
      <h3>${strings.runs}</h3>
      ${
        backup.runs.length === 0
          ? html`<p class="muted">${strings.empty}</p>`
          : html`<ul class="lined-rows">${repeat(
              backup.runs.slice(0, SHOWN_RUNS),
              ({ id }) => id,
              (run) => this.#run(run),
            )}</ul>`
      }`
  }

  #facts({ recipient, keyMadeAtMs, lastVerified, nextAtMs, settings }: Backup) {
    return html`<dl>
      <dt>${strings.lastVerified}</dt>
      <dd>
        ${
          lastVerified === null
            ? html`<span class="text-warn">${strings.never}</span>`
            : html`<strong><ispvm-time at=${lastVerified.atMs}></ispvm-time></strong> · ${byteSize(lastVerified.bytes)} · <span class="wrap">${lastVerified.target}</span>`
        }
      </dd>
      <dt>${strings.next}</dt>
      <dd>${nextAtMs === null ? strings.noNext : `${exact(nextAtMs)} · ${strings.frequencies[settings.frequency]}`}</dd>
      <dt>${strings.key}</dt>
      <dd>
        ${recipient === null ? strings.noKey : html`<span class="mono wrap">${recipient}</span>`}
        ${keyMadeAtMs === null ? nothing : html`<div class="caption">${strings.keyMade} <ispvm-time at=${keyMadeAtMs}></ispvm-time></div>`}
      </dd>
    </dl>`
  }

  #progress({ progress }: BackupRun) {
    const text =
      progress === null
        ? strings.starting
        : strings.progress(progress.tables + 1, progress.ofTables, byteSize(progress.sent))
    return html`<div class="stack-1" role="status">
      <span>${strings.running} <span class="caption">${text}</span></span>
      ${
        progress === null
          ? html`<progress aria-label=${strings.running}></progress>`
          : html`<progress aria-label=${strings.running} max=${Math.max(1, progress.ofBytes)} value=${progress.bytes}></progress>`
      }
    </div>`
  }

  #run(run: BackupRun) {
    const isBad = run.state === "failed"
    const details = [
      strings.reasons[run.reason],
      ...(run.bytes === null ? [] : [byteSize(run.bytes)]),
      ...(run.rows === null ? [] : [strings.rows(count(run.rows))]),
      ...(run.isRemoved ? [strings.removed] : []),
    ]
    return html`<li class="pad-block">
      <div class="run">
        <strong class=${isBad ? "text-fault" : ""}>${strings.states[run.state]}</strong>
        <ispvm-time at=${run.startedAtMs}></ispvm-time>
        <span class="caption">${details.join(" · ")}</span>
      </div>
      ${run.file === null ? nothing : html`<div class="caption wrap">${run.file} · ${run.target}</div>`}
      ${run.message === null ? nothing : html`<div class=${isBad ? "text-fault wrap" : "text-warn wrap"}>${messageText(run.message)}</div>`}
    </li>`
  }

  #dialog() {
    switch (this.dialog.what) {
      case "nothing":
        return nothing
      case "replace":
        return html`<ispvm-dialog open heading=${strings.replaceHeading} @dismiss=${this.#close}>
          <p>${strings.replaceText}</p>
          <ispvm-button slot="actions" kind="quiet" @click=${this.#close}>${t.components.cancel}</ispvm-button>
          <ispvm-button slot="actions" kind="primary" ?busy=${this.#action.isBusy} @click=${this.#createKey}>${strings.replaceKey}</ispvm-button>
        </ispvm-dialog>`
      case "key":
        return this.#keyDialog(this.dialog.identity)
    }
  }

  /** No click beside it closes it: the key is shown once. */
  #keyDialog(identity: string) {
    return html`<ispvm-dialog open wide heading=${strings.keyHeading} @dismiss=${this.#keepOpen}>
      <div class="stack-4">
        <p>${strings.keyText}</p>
        <ispvm-copy text=${identity}></ispvm-copy>
      </div>
      <ispvm-button slot="actions" @click=${() => saveFile("ispvm-backup-key.txt", `${identity}\n`, "text/plain")}>${strings.keySave}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" @click=${this.#close}>${strings.keyDone}</ispvm-button>
    </ispvm-dialog>`
  }

  #open(dialog: DialogState): void {
    this.#action.clear()
    this.dialog = dialog
  }
  readonly #keepOpen = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof IspvmDialog) currentTarget.open = true
  }
  readonly #close = (): void => this.#open({ what: "nothing" })
  #edit(isEditing: boolean): void {
    this.isEditing = isEditing
  }
  readonly #saved = async (): Promise<void> => {
    this.isEditing = false
    await this.#backup.reload()
  }

  readonly #createKey = async (): Promise<void> => {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run<BackupKey>("key", () => deps.api.createBackupKey())
    if (done === null) return
    const { identity } = done.value
    this.#open(identity === null ? { what: "nothing" } : { what: "key", identity })
    await this.#backup.reload()
  }

  readonly #start = async (): Promise<void> => {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run("run", () => deps.api.startBackup())
    if (done !== null) deps.toast({ tone: "done", text: strings.started })
    await this.#backup.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-backup": IspvmBackup
  }
}
