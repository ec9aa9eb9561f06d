import type { Backup } from "@ispvm/appliance/api/backup"
import { html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { form } from "../../theme/form.ts"
import { shared } from "../../theme/shared.ts"
import { factsStyles } from "../settings/facts-styles.ts"
import { type BackupForm, BLANK, bodyOf, filledWith, PATHS } from "./backup-form.ts"
import { backupStyles } from "./backup-styles.ts"
import "../../components/ispvm-button.ts"

const strings = pageTexts.backup
const choicesOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))

/** The form of when and where. Emits `saved` and `dismiss`. */
@customElement("ispvm-backup-settings")
export class IspvmBackupSettings extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) backup: Backup | null = null
  readonly #form = new FormController<BackupForm, BodyOf<"PUT /backup/settings">>(this, {
    initial: BLANK,
    body: bodyOf,
    schema: (schemas) => schemas.BackupSettings,
    paths: PATHS,
  })

  static override styles = [shared, form, factsStyles, backupStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.backup !== null) this.#form.reset(filledWith(this.backup))
  }

  override render() {
    const form = this.#form
    return html`<form class="halves" novalidate @submit=${this.#onSubmit}>
      ${form.errors()}
      ${form.select("frequency", { label: strings.frequency, choices: choicesOf(strings.frequencies) })}
      ${form.field("hourUtc", { label: strings.hour, hint: strings.hourHint, type: "number" })}
      ${form.field("keepCount", { label: strings.keepCount, hint: strings.keepHint, type: "number" })}
      ${form.field("keepDays", { label: strings.keepDays, type: "number" })}
      ${form.select("kind", { label: strings.target, choices: choicesOf(strings.targets) })}
      ${this.#target()}
      <div class="chips wide">
        <ispvm-button type="submit" kind="primary" ?busy=${form.isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => emit(this, "dismiss", null)}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  #target() {
    const form = this.#form
    switch (form.filled.kind) {
      case "sftp":
        return html`${form.field("host", { label: strings.host })}
          ${form.field("port", { label: strings.port, type: "number" })}
          ${form.field("username", { label: strings.username })}
          ${form.field("sftpPath", { label: strings.path, mono: true })}
          ${form.field("hostKey", { label: strings.hostKey, hint: strings.hostKeyHint, mono: true, optional: true, class: "wide" })}
          ${this.#secret(strings.password, "textarea")}`
      case "s3":
        return html`${form.field("endpoint", { label: strings.endpoint, mono: true })}
          ${form.field("region", { label: strings.region })}
          ${form.field("bucket", { label: strings.bucket })}
          ${form.field("prefix", { label: strings.prefix, optional: true })}
          ${form.field("accessKeyId", { label: strings.accessKeyId })}
          ${this.#secret(strings.secretKey, "password")}`
      default:
        return form.field("path", {
          ...{ label: strings.path, hint: strings.pathHint, mono: true, optional: true },
          class: "wide",
        })
    }
  }

  #secret(label: string, type: "textarea" | "password") {
    const hint = this.backup?.hasSecret === true ? strings.keepsSecret : ""
    const options = { label, hint, type, autocomplete: "new-password" } as const
    return this.#form.field(
      "secret",
      type === "textarea" ? { ...options, rows: 2, class: "wide" } : options,
    )
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    const done = await this.#form.submit((body) => deps.api.changeBackup(body))
    if (done === null) return
    deps.toast({ tone: "done", text: strings.saved })
    emit(this, "saved", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-backup-settings": IspvmBackupSettings
  }
}
