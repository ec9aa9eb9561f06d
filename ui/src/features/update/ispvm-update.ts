import type { UpdatePhase, Updates } from "@ispvm/appliance/api/updates"
import { html, LitElement, nothing } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { byteSize } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { factsStyles } from "../settings/facts-styles.ts"
import { updateStyles } from "./update-styles.ts"
import { uploadBundle } from "./upload-bundle.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"

const strings = t.update
const RUNNING_MS = 1_000
const STEPS = ["checking", "backing-up", "installing", "starting", "testing"] as const
const ORDER: readonly UpdatePhase[] = STEPS
type Dialog = "none" | "install" | "rollback"
type Upload = { readonly sent: number; readonly total: number; readonly stop: () => void }

const isBusy = ({ phase, isRequested }: Updates): boolean => isRequested || phase !== "idle"

/** The release that runs, the one before, and the upload and progress of an update. */
@customElement("ispvm-update")
export class IspvmUpdate extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #action = new ActionController<"upload" | "start">(this)
  readonly #updates = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: ([{ api }]) => api.updates(),
    // While the appliance restarts it does not answer.
    retryMs: RUNNING_MS,
    onReady: (updates) => {
      this.firstVersion ||= updates.version
      if (isBusy(updates)) this.#updates.reloadIn(RUNNING_MS)
    },
  })
  @state() private dialog: Dialog = "none"
  @state() private upload: Upload | null = null
  /** Of the release that this page is of. */
  @state() private firstVersion = ""
  @query("input") private input!: HTMLInputElement

  static override styles = [shared, factsStyles, updateStyles]

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.upload?.stop()
  }

  override render() {
    return html`<p class="soft">${strings.lead}</p>
      ${this.#updates.render({
        loading: () => html`<ispvm-skeleton lines="3"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#updates.reload}></ispvm-failed>`,
        ready: (updates) => this.#all(updates),
      })}
      ${this.#dialog()}`
  }

  #all(updates: Updates) {
    if (!updates.isSupported)
      return html`<dl>
          <dt>${strings.version}</dt>
          <dd class="mono wrap">${updates.version}</dd>
        </dl>
        <p class="muted">${strings.unsupported}</p>`
    return html`${this.#facts(updates)}
      ${this.dialog === "none" ? this.#error() : nothing}
      ${isBusy(updates) ? this.#running(updates) : this.#actions(updates)}`
  }

  #error() {
    const { message } = this.#action
    return message === "" ? nothing : html`<div class="form-error" role="alert">${message}</div>`
  }

  #facts({ version, previous, last, ...updates }: Updates) {
    const mayReturn = previous !== null && !isBusy({ version, previous, last, ...updates })
    return html`<dl>
      <dt>${strings.version}</dt>
      <dd class="release">
        <strong class="mono wrap">${version}</strong>
        ${
          this.firstVersion === version
            ? nothing
            : html`<span class="text-warn">${strings.reloadText}</span>
                <ispvm-button icon="rotate-cw" @click=${() => location.reload()}>${strings.reload}</ispvm-button>`
        }
      </dd>
      <dt>${strings.previous}</dt>
      <dd class="release">
        ${previous === null ? html`<span class="muted">${strings.noPrevious}</span>` : html`<span class="mono wrap">${previous}</span>`}
        ${mayReturn ? html`<ispvm-button kind="quiet" icon="undo-2" @click=${() => this.#open("rollback")}>${strings.rollback}</ispvm-button>` : nothing}
      </dd>
      <dt>${strings.last}</dt>
      <dd>${last === null ? html`<span class="muted">${strings.neverUpdated}</span>` : this.#last(last)}</dd>
    </dl>`
  }

  #last({ kind, outcome, from, to, message, endedAtMs }: NonNullable<Updates["last"]>) {
    const isDebian = kind === "debian" && to !== null
    const tone = message === null ? "" : outcome === "rejected" ? "text-warn" : "text-fault"
    return html`<strong class=${tone}>${strings.outcomes[outcome]}</strong>
      <ispvm-time at=${endedAtMs}></ispvm-time>
      ${isDebian ? html`<div class="caption wrap">${strings.debian(to)}</div>` : nothing}
      ${isDebian || from === null || to === null ? nothing : html`<div class="caption mono wrap">${strings.fromTo(from, to)}</div>`}
      ${message === null ? nothing : html`<div class=${`${tone} wrap`}>${messageText(message)}</div>`}`
  }

  #actions({ bundle }: Updates) {
    if (this.upload !== null) return this.#uploading(this.upload)
    return html`<input hidden type="file" accept=".ispvm" aria-label=${strings.file} @change=${this.#chosen} />
      ${
        bundle === null
          ? nothing
          : html`<p>${strings.uploaded}: ${byteSize(bundle.bytes)}, <ispvm-time at=${bundle.uploadedAtMs}></ispvm-time></p>`
      }
      <div class="chips">
        ${bundle === null ? nothing : html`<ispvm-button kind="primary" @click=${() => this.#open("install")}>${strings.install}</ispvm-button>`}
        <ispvm-button icon="upload" @click=${() => this.input.click()}>${bundle === null ? strings.choose : strings.chooseOther}</ispvm-button>
      </div>`
  }

  #uploading({ sent, total, stop }: Upload) {
    const text = strings.uploading(byteSize(sent), byteSize(total))
    return html`<div class="running" role="status">
      <span>${text}</span>
      <progress aria-label=${strings.file} max=${total} value=${sent}></progress>
      <div><ispvm-button kind="quiet" @click=${stop}>${strings.stop}</ispvm-button></div>
    </div>`
  }

  #running({ kind, phase, phaseAtMs, to }: Updates) {
    const phases = kind === "debian" ? strings.debianPhases : strings.phases
    const text = phase === "idle" ? strings.requested : phases[phase]
    return html`<div class="running" role="status">
      ${to === null ? nothing : html`<strong class="mono wrap">${to}</strong>`}
      <ol class="steps" aria-label=${strings.stepsLabel}>${STEPS.map((step) => this.#step(step, phase))}</ol>
      <span>${text} ${phaseAtMs === null ? nothing : html`<span class="caption"><ispvm-time at=${phaseAtMs}></ispvm-time></span>`}</span>
      ${this.#updates.isStale ? html`<span class="text-warn">${strings.away}</span>` : nothing}
    </div>`
  }

  #step(step: (typeof STEPS)[number], phase: UpdatePhase) {
    const isDone = phase === "rolling-back" || ORDER.indexOf(step) < ORDER.indexOf(phase)
    const isNow = step === phase
    const icon = isDone ? "circle-check" : isNow ? "play" : "circle-dashed"
    return html`<li class=${isNow ? "calm" : isDone ? "soft" : "muted"} aria-current=${isNow ? "step" : nothing}>
      <ispvm-icon name=${icon}></ispvm-icon>${strings.steps[step]}
    </li>`
  }

  #dialog() {
    if (this.dialog === "none") return nothing
    const isInstall = this.dialog === "install"
    const previous = this.#updates.value?.previous ?? ""
    const heading = isInstall ? strings.installHeading : strings.rollbackHeading(previous)
    return html`<ispvm-dialog open heading=${heading} @dismiss=${() => this.#open("none")}>
      ${this.#error()}
      <p>${isInstall ? strings.installText : strings.rollbackText}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#open("none")}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${this.#action.isBusy} @click=${this.#start}>${isInstall ? strings.install : strings.rollback}</ispvm-button>
    </ispvm-dialog>`
  }

  #open(dialog: Dialog): void {
    this.#action.clear()
    this.dialog = dialog
  }

  readonly #chosen = async (): Promise<void> => {
    const { deps } = this
    const file = this.input.files?.[0]
    if (file === undefined || deps === null) return
    this.input.value = ""
    const stopped = new AbortController()
    const show = (sent: number): void => {
      this.upload = { sent, total: file.size, stop: () => stopped.abort() }
    }
    show(0)
    const { signal } = stopped
    await this.#action.run("upload", () =>
      uploadBundle({ api: deps.api, file, signal, onSent: show }),
    )
    this.upload = null
    await this.#updates.reload()
  }

  readonly #start = async (): Promise<void> => {
    const { deps } = this
    if (deps === null) return
    const kind = this.dialog === "rollback" ? "rollback" : "update"
    const done = await this.#action.run("start", () => deps.api.startUpdate({ kind }))
    if (done !== null) this.#open("none")
    await this.#updates.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-update": IspvmUpdate
  }
}
