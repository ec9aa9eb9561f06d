import type { LabCommand, LabState } from "@ispvm/appliance/api/lab"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../deps.ts"
import { share } from "../../format/units.ts"
import type { IconName } from "../../parts/icons.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { hasLab } from "./ispvm-levers.ts"
import "../../parts/ispvm-button.ts"

const words = t.network.lab
const ASK_MS = 5_000
const LOSS = 0.05

/** The simulated network as a whole: what is broken by hand, heal, loss, its agent and the agent's two ways. */
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
        border: 1px dashed var(--status-maintenance);
        border-radius: var(--radius);
      }
      h2 {
        color: var(--status-maintenance-text);
      }
      .levers {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      li {
        color: var(--text);
      }
      .trouble {
        color: var(--status-down-text);
      }
    `,
  ]

  constructor() {
    super()
    new Watch(this, () => (this.deps === null ? [] : [this.deps.lab]))
  }
  override connectedCallback(): void {
    super.connectedCallback()
    if (!hasLab(this.deps)) return
    void this.deps?.lab.load()
    this.#timer = setInterval(() => void this.deps?.lab.load(), ASK_MS)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    if (this.deps === null || !hasLab(this.deps)) return nothing
    const { state, trouble } = this.deps.lab.value
    return html`<section class="box" aria-labelledby="lab">
      <h2 id="lab">${words.title}</h2>
      <p class="muted">${words.note}</p>
      ${state === null ? html`<p>${words.unknown}</p>` : this.#state(state)}
      ${trouble === "" ? nothing : html`<p class="trouble" role="alert">${words.failed(trouble)}</p>`}
    </section>`
  }

  #state(state: LabState) {
    const broken = brokenNow(state)
    return html`${
      broken.length === 0
        ? html`<p>${words.nothing}</p>`
        : html`<p class="muted">${words.broken}</p>
            <ul>
              ${broken.map((each) => html`<li>${each}</li>`)}
            </ul>`
    }
      <div class="levers">
        ${this.#lever(words.heal, "circle-check", { do: "heal" })}
        ${
          state.lossRatio > 0
            ? this.#lever(words.noLoss, "x", { do: "loss", ratio: 0 })
            : this.#lever(words.loss, "triangle-alert", { do: "loss", ratio: LOSS })
        }
        ${
          state.agentRunning
            ? this.#lever(words.stopAgent, "power", { do: "stop-agent" })
            : this.#lever(words.startAgent, "play", { do: "start-agent" })
        }
        ${
          state.wayHomeCut
            ? this.#lever(words.mendWayHome, "link", { do: "mend-way-home" })
            : this.#lever(words.cutWayHome, "unplug", { do: "cut-way-home" })
        }
        ${
          state.wayOutCut
            ? this.#lever(words.mendWayOut, "link", { do: "mend-way-out" })
            : this.#lever(words.cutWayOut, "unplug", { do: "cut-way-out" })
        }
      </div>`
  }

  #lever(word: string, icon: IconName, command: LabCommand) {
    const isBusy = this.deps?.lab.value.pulling === command.do
    return html`<ispvm-button icon=${icon} ?busy=${isBusy} @click=${() => void this.deps?.lab.pull(command)}>${word}</ispvm-button>`
  }
}

const brokenNow = (state: LabState): readonly string[] => [
  ...state.cutLinks.map(words.cutLink),
  ...state.deadRouters.map(words.deadRouter),
  ...state.darkSites.map(words.darkSite),
  ...state.lostUpstreams.map(words.lostUpstream),
  ...(state.lossRatio > 0 ? [words.lossNow(share(state.lossRatio))] : []),
  ...(state.agentRunning ? [] : [words.agentStopped]),
  ...(state.wayHomeCut ? [words.wayHomeCut] : []),
  ...(state.wayOutCut ? [words.wayOutCut] : []),
]

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-lab": IspvmLab
  }
}
