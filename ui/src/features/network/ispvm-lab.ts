import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import type { IconName } from "../../components/icons.ts"
import { share } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { LabCommand, LabState } from "../../state/lab.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import { hasLab } from "./ispvm-fault-injection.ts"
import "../../components/ispvm-button.ts"

const strings = t.network.lab
const POLL_MS = 5_000
const LOSS = 0.05

/**
 * Fault injection for the whole simulated network: active faults, repair all, loss, the agent and
 * its two paths.
 */
@customElement("ispvm-lab")
export class IspvmLab extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = [
    shared,
    css`
      .box {
        display: var(--controls, grid);
        gap: var(--space-2);
        padding: var(--space-3);
        border: var(--line-width) dashed var(--status-maintenance);
        border-radius: var(--radius);
      }
      h2 {
        color: var(--status-maintenance-text);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.deps === null ? [] : [this.deps.lab]))
  }
  override connectedCallback(): void {
    super.connectedCallback()
    if (!hasLab(this.deps)) return
    void this.deps?.lab.load()
    this.#timer = setInterval(() => void this.deps?.lab.load(), POLL_MS)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    if (this.deps === null || !hasLab(this.deps)) return nothing
    const { state, problem } = this.deps.lab.value
    return html`<section class="box" aria-labelledby="lab">
      <h2 id="lab">${strings.title}</h2>
      <p class="muted">${strings.note}</p>
      ${state === null ? html`<p>${strings.unknown}</p>` : this.#state(state)}
      ${problem === "" ? nothing : html`<p class="text-fault" role="alert">${strings.failed(problem)}</p>`}
    </section>`
  }

  #state(state: LabState) {
    const faults = activeFaults(state)
    return html`${
      faults.length === 0
        ? html`<p>${strings.nothing}</p>`
        : html`<p class="muted">${strings.broken}</p>
            <ul>
              ${faults.map((each) => html`<li class="plain">${each}</li>`)}
            </ul>`
    }
      <div class="cluster">
        ${this.#faultButton(strings.heal, "circle-check", { do: "heal" })}
        ${
          state.lossRatio > 0
            ? this.#faultButton(strings.noLoss, "x", { do: "loss", ratio: 0 })
            : this.#faultButton(strings.loss, "triangle-alert", { do: "loss", ratio: LOSS })
        }
        ${
          state.agentRunning
            ? this.#faultButton(strings.stopAgent, "power", { do: "stop-agent" })
            : this.#faultButton(strings.startAgent, "play", { do: "start-agent" })
        }
        ${
          state.managementPathDown
            ? this.#faultButton(strings.repairManagementPath, "link", {
                do: "repair-management-path",
              })
            : this.#faultButton(strings.cutManagementPath, "unplug", { do: "cut-management-path" })
        }
        ${
          state.uplinkDown
            ? this.#faultButton(strings.repairUplink, "link", { do: "repair-uplink" })
            : this.#faultButton(strings.cutUplink, "unplug", { do: "cut-uplink" })
        }
      </div>`
  }

  #faultButton(word: string, icon: IconName, command: LabCommand) {
    const isBusy = this.deps?.lab.value.pending === command.do
    return html`<ispvm-button icon=${icon} ?busy=${isBusy} @click=${() => void this.deps?.lab.run(command)}>${word}</ispvm-button>`
  }
}

const routersWithFaults = ({ deviceFaults }: LabState): readonly string[] =>
  [...new Set(deviceFaults.map((each) => each.split(" ")[1] ?? ""))].toSorted()

const activeFaults = (state: LabState): readonly string[] => [
  ...state.cutLinks.map(strings.cutLink),
  ...state.deadRouters.map(strings.deadRouter),
  ...state.poweredOffSites.map(strings.unpoweredSite),
  ...state.lostUpstreams.map(strings.lostUpstream),
  ...(state.lossRatio > 0 ? [strings.lossNow(share(state.lossRatio))] : []),
  ...state.degradedLinks.map(strings.degradedLink),
  ...state.congestedLinks.map(strings.congestedLink),
  ...state.bgpDown.map(strings.bgpIsDown),
  ...state.withoutSessions.map(strings.sessionsDropped),
  ...state.fadedOptics.map(strings.opticFaded),
  ...state.ospfDown.map(strings.ospfIsDown),
  ...state.isisDown.map(strings.isisIsDown),
  ...routersWithFaults(state).map(strings.insideRouter),
  ...(state.agentRunning ? [] : [strings.agentStopped]),
  ...(state.managementPathDown ? [strings.managementPathDown] : []),
  ...(state.uplinkDown ? [strings.uplinkDown] : []),
]

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-lab": IspvmLab
  }
}
