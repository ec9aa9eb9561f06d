import type { RestoreState } from "@ispvm/appliance/api/restore"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { FormController } from "../../components/form-controller.ts"
import { exact } from "../../i18n/format/time.ts"
import { byteSize, count } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { loginCard } from "../../theme/login-card.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import { forgetRestore, isRestoreBegun, rememberRestore, sendBackup } from "./send-backup.ts"

const POLL_MS = 1_000

/** On the page that claims a new appliance: a backup is sent to it, and what becomes of it. */
@customElement("ispvm-restore")
export class IspvmRestore extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @state() private file: File | null = null
  @state() private progress: RestoreState = { phase: "none" }
  /** Sending failed for another reason than the backup. */
  @state() private failure = ""
  readonly #form = new FormController(this, {
    initial: { setupCode: new URLSearchParams(location.search).get("code") ?? "", identity: "" },
    body: ({ setupCode, identity }) => ({
      setupCode,
      identity: identity.trim() === "" ? null : identity,
      bytes: this.file?.size ?? 0,
    }),
    schema: (schemas) => schemas.RestoreRequest,
  })
  #timer: number | undefined

  static override styles = [
    shared,
    loginCard,
    css`
      :host {
        display: block;
        padding: 0;
      }
    `,
  ]

  /** Not before: properties set while this file loads are there from the first update on. */
  override firstUpdated(): void {
    if (isRestoreBegun()) void this.#poll()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  override render() {
    switch (this.progress.phase) {
      case "none":
        return this.#request("")
      case "failed":
        return this.#request(messageText(this.progress.message))
      case "receiving":
      case "checking":
      case "restoring":
        return this.#running(this.progress)
      case "done":
        return this.#done(this.progress)
    }
  }

  #request(why: string) {
    const strings = pageTexts.restore
    const form = this.#form
    const message = why === "" ? this.failure : why
    return html`<form @submit=${this.#onSubmit}>
      <h1>${strings.heading}</h1>
      <p class="under-title">${strings.lead}</p>
      ${message === "" ? nothing : html`<div class="form-error" role="alert">${message}</div>`}
      ${form.errors()}
      ${form.field("setupCode", { label: t.pages.setup.code, hint: t.pages.setup.codeHint, mono: true })}
      <div class="stack-1">
        <ispvm-button icon="file-text" @click=${this.#onChoose}>${strings.choose}</ispvm-button>
        <input hidden type="file" aria-label=${strings.file} @change=${this.#onFile} />
        <span class="caption wrap">${this.file === null ? strings.noFile : `${this.file.name} · ${byteSize(this.file.size)}`}</span>
      </div>
      ${form.field("identity", { label: strings.key, hint: strings.keyHint, type: "textarea", rows: 3, mono: true })}
      <ispvm-button kind="primary" type="submit" ?busy=${form.isBusy} ?disabled=${this.file === null}>${strings.submit}</ispvm-button>
      <ispvm-button kind="quiet" @click=${this.#onBack}>${strings.back}</ispvm-button>
    </form>`
  }

  #running(progress: Extract<RestoreState, { phase: "receiving" | "checking" | "restoring" }>) {
    const strings = pageTexts.restore
    const label = strings.phases[progress.phase]
    return html`<form>
      <h1>${strings.heading}</h1>
      <div class="stack-1" role="status">
        <span>${label}</span>
        ${
          progress.phase === "restoring"
            ? html`<progress aria-label=${label}></progress><p class="caption">${strings.restarting}</p>`
            : html`<progress aria-label=${label} max=${progress.ofBytes} value=${progress.bytes}></progress>
              <span class="caption">${strings.progress(byteSize(progress.bytes), byteSize(progress.ofBytes))}</span>`
        }
      </div>
    </form>`
  }

  #done({ madeAtMs, product, tables, rows }: Extract<RestoreState, { phase: "done" }>) {
    const strings = pageTexts.restore
    return html`<form @submit=${this.#onLogIn}>
      <h1>${strings.doneHeading}</h1>
      <p role="status">${strings.done(exact(madeAtMs), product, count(tables), count(rows))}</p>
      <ispvm-button kind="primary" type="submit">${strings.logIn}</ispvm-button>
    </form>`
  }

  readonly #onChoose = (): void =>
    this.renderRoot.querySelector<HTMLInputElement>('input[type="file"]')?.click()
  readonly #onFile = ({ target }: Event): void => {
    this.file = (target instanceof HTMLInputElement ? target.files?.[0] : undefined) ?? null
  }
  readonly #onBack = (): void => {
    forgetRestore()
    this.dispatchEvent(new CustomEvent("dismiss"))
  }
  readonly #onLogIn = async (event: Event): Promise<void> => {
    event.preventDefault()
    forgetRestore()
    await this.deps?.session.load()
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps, file } = this
    if (deps === null || file === null) return
    this.failure = ""
    const begun = await this.#form.submit((body) => deps.api.beginRestore(body))
    if (begun === null) return
    rememberRestore()
    try {
      this.progress = await sendBackup(deps.api, file, (progress) => {
        this.progress = progress
      })
      this.#pollLater()
    } catch (error) {
      this.progress = { phase: "none" }
      this.failure = error instanceof ApiError ? error.message : String(error)
    }
  }

  #pollLater(): void {
    if (this.isConnected) this.#timer = window.setTimeout(() => void this.#poll(), POLL_MS)
  }
  /** While the appliance is stopped there is no answer. */
  readonly #poll = async (): Promise<void> => {
    const found = await this.deps?.api.restoreState().catch(() => null)
    if (found !== undefined && found !== null) this.progress = found
    if (found === null || found?.phase === "checking" || found?.phase === "restoring")
      this.#pollLater()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-restore": IspvmRestore
  }
}
