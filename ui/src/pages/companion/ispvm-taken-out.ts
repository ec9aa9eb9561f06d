import type { Companion } from "@ispvm/appliance/api/companion"
import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../deps.ts"
import { paths } from "../../paths.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { isForgotten } from "./companion-look.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-dialog.ts"
import "../../parts/ispvm-icon.ts"

const words = t.companion.out

/** The second step of taking a script out: the appliance is told that it is gone, and lets the router go. */
@customElement("ispvm-taken-out")
export class IspvmTakenOut extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) companion: Companion | null = null
  @state() private isAsking = false
  @state() private busy = false
  @state() private wrong = ""

  static override styles = [
    shared,
    css`
      .step {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2) var(--space-4);
        align-items: center;
        padding-block-start: var(--space-3);
        border-block-start: 1px solid var(--border);
        color: var(--text-2);
      }
      strong {
        font-weight: 600;
        color: var(--text-strong);
      }
      .gone {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        color: var(--text-2);
      }
      .wrong {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--fault-tint);
        color: var(--status-down-text);
      }
      @media (max-width: 640px) {
        .step {
          grid-template-columns: minmax(0, 1fr);
        }
        .step ispvm-button {
          --control-height: 44px;
        }
      }
    `,
  ]

  override render() {
    const { device, companion } = this
    if (device === null || companion === null) return nothing
    if (isForgotten(companion))
      return html`<p class="gone"><ispvm-icon name="circle-check"></ispvm-icon>${words.nothingExpected}</p>`
    return html`<div class="step">
        <p><strong>${words.ask}</strong> ${device.agentId === null ? words.whyAlone : words.why}</p>
        <ispvm-button icon="check" @click=${() => this.#ask(true)}>${words.done}</ispvm-button>
      </div>
      ${this.isAsking ? this.#dialog(device) : nothing}`
  }

  #dialog(device: Device) {
    return html`<ispvm-dialog open heading=${words.heading(device.name)} @dismiss=${() => this.#ask(false)}>
      <p>${words.text}</p>
      <p>${device.agentId === null ? words.textAlone : words.textAgent}</p>
      ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#ask(false)}>${t.parts.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.busy} @click=${this.#onDone}>${words.done}</ispvm-button>
    </ispvm-dialog>`
  }

  #ask(isAsking: boolean): void {
    this.isAsking = isAsking
    this.wrong = ""
  }

  readonly #onDone = async (): Promise<void> => {
    const { deps, device } = this
    if (deps === null || device === null || this.busy) return
    this.busy = true
    this.wrong = ""
    try {
      await deps.api.forgetCompanion(device.id)
      deps.toast({ tone: "done", text: words.said(device.name) })
      await deps.fleet.refresh(device.id)
      this.#ask(false)
      deps.go(paths.deviceCompanion(device.id))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.wrong = error.message
    } finally {
      this.busy = false
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-taken-out": IspvmTakenOut
  }
}
