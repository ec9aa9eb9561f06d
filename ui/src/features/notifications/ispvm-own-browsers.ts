import type { OwnPush } from "@ispvm/appliance/api/push"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { panel, shared } from "../../theme/shared.ts"
import { notifyHere, pushSupport } from "./own-browser.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"

const strings = t.notifications.browsers

/** The own browsers that are notified. Emits `reload`: the first one makes a channel. */
@customElement("ispvm-own-browsers")
export class IspvmOwnBrowsers extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #own = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: ([{ api }]) => api.ownPush(),
  })
  readonly #action = new ActionController<"add" | "remove">(this)

  static override styles = [shared, panel]

  override render() {
    return html`<section class="panel">
      <header><h2>${strings.title}</h2></header>
      <div class="pad stack-4">
        <p class="soft">${strings.lead}</p>
        ${this.#own.render({
          loading: () => html`<ispvm-skeleton lines="1"></ispvm-skeleton>`,
          failed: (error) =>
            html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#own.reload}></ispvm-failed>`,
          ready: (own) => this.#ready(own),
        })}
      </div>
    </section>`
  }

  #ready({ publicKey, browsers }: OwnPush) {
    const support = pushSupport()
    return html`${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
    ${
      browsers.length === 0
        ? html`<p class="muted">${strings.none}</p>`
        : html`<ul class="lined-rows">${browsers.map(
            ({ id, label, createdAtMs }) => html`<li class="with-icon pad-block">
              <ispvm-icon class="muted" name="smartphone"></ispvm-icon>
              <span class="grow wrap"><strong>${label}</strong> <span class="caption">${strings.since} <ispvm-time at=${createdAtMs}></ispvm-time></span></span>
              <ispvm-button kind="quiet" icon="trash-2" label=${strings.remove(label)} @click=${() => void this.#remove(id)}></ispvm-button>
            </li>`,
          )}</ul>`
    }
    ${
      support === "supported"
        ? html`<div><ispvm-button icon="bell" ?busy=${this.#action.running === "add"} @click=${() => void this.#add(publicKey)}>${strings.add}</ispvm-button></div>`
        : html`<p class="text-warn with-icon"><ispvm-icon name="triangle-alert" size="14"></ispvm-icon><span>${strings.cannot[support]}</span></p>`
    }`
  }

  async #add(publicKey: string): Promise<void> {
    const { deps } = this
    if (deps === null) return
    try {
      const done = await this.#action.run("add", () => notifyHere(deps.api, publicKey))
      if (done === null) return
      if (done.value) deps.toast({ tone: "done", text: strings.added })
      else deps.toast({ tone: "failed", text: strings.cannot.denied })
    } catch {
      // The browser's own: its push service is out of reach, or the certificate is not trusted.
      deps.toast({ tone: "failed", text: strings.noService })
    }
    await this.#own.reload()
    emit(this, "reload", null)
  }
  async #remove(id: string): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run("remove", () => deps.api.removePush(id))
    if (done !== null) deps.toast({ tone: "done", text: strings.removed })
    await this.#own.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-own-browsers": IspvmOwnBrowsers
  }
}
