import type { Heartbeat } from "@ispvm/appliance/api/notifications"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { FormController } from "../../components/form-controller.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { form } from "../../theme/form.ts"
import { panel, shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"

const strings = t.notifications.heartbeat
type Body = BodyOf<"PUT /notifications/heartbeat">

/** The request every minute to a monitor outside, which notices that the appliance is dead. */
@customElement("ispvm-heartbeat")
export class IspvmHeartbeat extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ type: Boolean, attribute: "read-only" }) isReadOnly = false
  @state() private isEditing = false
  readonly #heartbeat = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: ([{ api }]) => api.heartbeat(),
  })
  readonly #form = new FormController<{ readonly url: string }, Body>(this, {
    initial: { url: "" },
    body: ({ url }) => ({ url: url.trim() === "" ? null : url }),
    schema: (schemas) => schemas.HeartbeatInput,
  })

  static override styles = [shared, panel, form]

  override render() {
    return html`<section class="panel">
      <header><h2>${strings.title}</h2></header>
      <div class="pad stack-4">
        <p class="soft">${strings.lead}</p>
        ${this.#heartbeat.render({
          loading: () => html`<ispvm-skeleton lines="1"></ispvm-skeleton>`,
          failed: (error) =>
            html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#heartbeat.reload}></ispvm-failed>`,
          ready: (heartbeat) => this.#body(heartbeat),
        })}
      </div>
    </section>`
  }

  #body(heartbeat: Heartbeat) {
    if (this.isEditing) return this.#edit()
    const { host, lastOkAtMs, lastAnswer } = heartbeat
    const action = host === null ? strings.add : strings.change
    return html`${
      host === null
        ? html`<p class="muted">${strings.none}</p>`
        : html`<p class="wrap">
            <strong>${host}</strong> ·
            ${lastOkAtMs === null ? strings.never : html`${strings.lastOk} <ispvm-time at=${lastOkAtMs}></ispvm-time>`}${lastAnswer === null ? nothing : html` <span class="caption">${lastAnswer}</span>`}
          </p>`
    }
    ${this.isReadOnly ? nothing : html`<div><ispvm-button icon=${host === null ? "plus" : "pencil"} @click=${this.#open}>${action}</ispvm-button></div>`}`
  }

  #edit() {
    const field = this.#form.field("url", {
      ...{ label: strings.url, hint: strings.urlHint },
      ...{ mono: true, optional: true, autocomplete: "off" },
    })
    return html`<form novalidate @submit=${this.#onSubmit}>
      ${this.#form.errors()} ${field}
      <div class="chips wide">
        <ispvm-button type="submit" kind="primary" ?busy=${this.#form.isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${this.#close}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  readonly #open = (): void => {
    this.#form.reset()
    this.isEditing = true
  }
  readonly #close = (): void => {
    this.isEditing = false
  }
  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    const done = await this.#form.submit((body) => deps.api.changeHeartbeat(body))
    if (done === null) return
    this.isEditing = false
    deps.toast({ tone: "done", text: strings.saved })
    await this.#heartbeat.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-heartbeat": IspvmHeartbeat
  }
}
