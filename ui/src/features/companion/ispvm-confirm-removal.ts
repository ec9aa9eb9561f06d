import type { Companion } from "@ispvm/appliance/api/companion"
import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { shared } from "../../theme/shared.ts"
import { isNotOnboarded } from "./companion-status.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-icon.ts"

const strings = pageTexts.companion.removal

/** The second step of a removal: the operator confirms that the script is gone. */
@customElement("ispvm-confirm-removal")
export class IspvmConfirmRemoval extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) companion: Companion | null = null
  @state() private isDialogOpen = false
  readonly #action = new ActionController(this)

  static override styles = [
    shared,
    css`
      .step {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2) var(--space-4);
        align-items: center;
        padding-block-start: var(--space-3);
        border-block-start: var(--line);
        color: var(--text-2);
      }
      @media (max-width: 640px) {
        .step {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]

  override render() {
    const { device, companion } = this
    if (device === null || companion === null) return nothing
    if (isNotOnboarded(companion))
      return html`<p class="with-icon soft"><ispvm-icon name="circle-check"></ispvm-icon>${strings.nothingExpected}</p>`
    return html`<div class="step touch">
        <p><strong>${strings.confirmPrompt}</strong> ${device.agentId === null ? strings.whyWithoutAgent : strings.why}</p>
        <ispvm-button icon="check" @click=${() => this.#setDialogOpen(true)}>${strings.done}</ispvm-button>
      </div>
      ${this.isDialogOpen ? this.#dialog(device) : nothing}`
  }

  #dialog(device: Device) {
    return html`<ispvm-dialog open heading=${strings.heading(device.name)} @dismiss=${() => this.#setDialogOpen(false)}>
      <p>${strings.text}</p>
      <p>${device.agentId === null ? strings.textWithoutAgent : strings.textWithAgent}</p>
      ${this.#action.message === "" ? nothing : html`<p class="form-error" role="alert">${this.#action.message}</p>`}
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#setDialogOpen(false)}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#action.isBusy} @click=${this.#onDone}>${strings.done}</ispvm-button>
    </ispvm-dialog>`
  }

  #setDialogOpen(isDialogOpen: boolean): void {
    this.isDialogOpen = isDialogOpen
    this.#action.clear()
  }

  readonly #onDone = async (): Promise<void> => {
    const { deps, device } = this
    if (deps === null || device === null) return
    await this.#action.run("remove", async () => {
      await deps.api.deleteCompanion(device.id)
      deps.toast({ tone: "done", text: strings.removed(device.name) })
      await deps.fleet.refresh(device.id)
      this.#setDialogOpen(false)
      deps.go(paths.deviceCompanion(device.id))
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-confirm-removal": IspvmConfirmRemoval
  }
}
