import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { DEVICE_FAULTS } from "../../state/device-fault-names.ts"
import type { LabCommand } from "../../state/lab.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"

const strings = pageTexts.deviceFaults
const GUESSES = 12

/**
 * Faults inside one router of the simulated network: those that it has parts for. Renders nothing
 * on a real network. Problems are shown by the fault injection above it.
 */
@customElement("ispvm-device-faults")
export class IspvmDeviceFaults extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() router = ""

  #isOpen = false

  static override styles = [
    shared,
    css`
      details {
        display: var(--controls, block);
        padding: var(--space-2);
        border: var(--line-width) dashed var(--status-maintenance);
        border-radius: var(--radius);
      }
      summary {
        cursor: pointer;
        color: var(--status-maintenance-text);
      }
      .faults {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        padding-block-start: var(--space-2);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.deps === null ? [] : [this.deps.lab]))
  }

  override render() {
    const state = this.deps?.lab.value.state ?? null
    const possible = state?.possibleFaults[this.router] ?? []
    if (state === null || possible.length === 0) return nothing
    const isActive = (fault: string): boolean =>
      state.deviceFaults.includes(`${fault} ${this.router}`)
    const rows = DEVICE_FAULTS.filter(([fault]) => possible.includes(fault))
    const isOpen = this.#isOpen || rows.some(([fault]) => isActive(fault))
    return html`<details ?open=${isOpen} @toggle=${this.#toggle}>
      <summary>${strings.title}</summary>
      <div class="faults">
        ${rows.map(([fault, repair]) =>
          isActive(fault)
            ? this.#faultButton(strings.end[fault], "link", { do: repair, router: this.router })
            : this.#faultButton(strings.begin[fault], "zap", { do: fault, router: this.router }),
        )}
        ${this.#faultButton(strings.changeConfig, "zap", { do: "change-config", router: this.router, section: "ip firewall filter" })}
        ${this.#faultButton(strings.guessPasswords, "zap", { do: "guess-passwords", router: this.router, times: GUESSES })}
      </div>
    </details>`
  }

  /** Stays open when its last fault has ended. */
  #toggle(event: Event): void {
    this.#isOpen = event.target instanceof HTMLDetailsElement && event.target.open
  }

  #faultButton(word: string, icon: "link" | "zap", command: LabCommand) {
    const isBusy = this.deps?.lab.value.pending === command.do
    return html`<ispvm-button icon=${icon} ?busy=${isBusy} @click=${() => void this.deps?.lab.run(command)}>${word}</ispvm-button>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-faults": IspvmDeviceFaults
  }
}
