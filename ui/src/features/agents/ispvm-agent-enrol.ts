import type { Agent, TokenAnswer } from "@ispvm/appliance/api/agents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { nowMs } from "../../components/now.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { agentApiUrlOf, countdown, isLoopback } from "./agent-status.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-copy.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-status.ts"

const strings = t.agents.enrol

/**
 * Enrolment of an agent: the command to copy, the validity of the token, and whether the agent has
 * connected.
 */
@customElement("ispvm-agent-enrol")
export class IspvmAgentEnrol extends LitElement {
  @property({ attribute: false }) agent: Agent | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private token: TokenAnswer | null = null
  readonly #action = new ActionController(this)
  /** A changed certificate means that the token was used. */
  #serialBefore: string | null = null
  #wasUsed = false
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = [
    shared,
    stackHost,
    css`
      .left {
        display: flex;
        justify-content: space-between;
        gap: var(--space-3);
        color: var(--text-2);
        font-size: var(--type-small);
      }
      .address-warning {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--warn-tint);
        color: var(--text);
      }
      .live {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        padding: var(--space-3);
        border-radius: var(--radius);
        background: var(--ok-tint);
        color: var(--text-strong);
        font-weight: var(--weight-strong);
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => {
      if (this.token !== null) this.requestUpdate()
    }, 1_000)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override willUpdate(): void {
    const { agent, token } = this
    if (agent === null || token === null) return
    if (agent.enrolment === "enrolled" && agent.certificateSerial !== this.#serialBefore)
      this.#wasUsed = true
    // The token was used, so the command is not valid any more.
    else if (this.#wasUsed && agent.enrolment !== "enrolled") this.token = null
  }

  override render() {
    const { agent } = this
    if (agent === null) return nothing
    const isUsed = this.token !== null && this.#wasUsed
    if (isUsed && agent.status !== "unknown") return this.#live(agent)
    return html`<h2>${strings.heading}</h2>
      ${this.token === null ? this.#tokenRequest(agent) : this.#command(this.token, isUsed)}
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}`
  }

  #tokenRequest(agent: Agent) {
    const text =
      agent.enrolment === "waiting"
        ? strings.pendingElsewhere
        : agent.enrolment === "enrolled"
          ? strings.again
          : strings.text
    return html`<p class="soft">${text}</p>
      <div><ispvm-button kind=${agent.enrolment === "enrolled" ? "plain" : "primary"} icon="key-round" ?busy=${this.#action.isBusy} @click=${this.make}>${agent.enrolment === "waiting" ? strings.anew : strings.make}</ispvm-button></div>`
  }

  #command(token: TokenAnswer, isUsed: boolean) {
    const leftMs = token.expiresAtMs - nowMs()
    if (leftMs <= 0 && !isUsed)
      return html`<p class="soft" role="status">${strings.over}</p>
        <div><ispvm-button kind="primary" icon="key-round" ?busy=${this.#action.isBusy} @click=${this.make}>${strings.anew}</ispvm-button></div>`
    return html`<p class="soft">${strings.text}</p>
      <ispvm-copy text=${token.command}></ispvm-copy>
      <div class="left"><span class="breathe" role="status">${strings.waiting}</span><span>${isUsed ? nothing : strings.left(countdown(leftMs))}</span></div>
      ${this.#addressWarning(token.command)}`
  }

  /**
   * The command contains the agent API address as seen by this browser, which may be a loopback
   * address.
   */
  #addressWarning(command: string) {
    const address = agentApiUrlOf(command)
    if (address === null || !isLoopback(address)) return nothing
    const agentApiUrl = this.deps?.session.current()?.agentApiUrl ?? ""
    return html`<p class="address-warning">${isLoopback(agentApiUrl) ? strings.loopback(agentApiUrl) : strings.elsewhere(address, agentApiUrl)}</p>`
  }

  #live(agent: Agent) {
    return html`<div class="live" role="status">
      <ispvm-icon class="status-recovering" name="circle-check"></ispvm-icon>${strings.live(agent.name)}
      ${agent.devices === 0 ? html`<ispvm-button class="push-end" icon="plus" href=${paths.deviceNewOn(agent.id)}>${strings.next}</ispvm-button>` : nothing}
    </div>`
  }

  readonly make = async (): Promise<void> => {
    const { deps, agent } = this
    if (deps === null || agent === null) return
    await this.#action.run("make", async () => {
      this.#serialBefore = agent.enrolment === "enrolled" ? agent.certificateSerial : null
      this.#wasUsed = false
      this.token = await deps.api.agentToken(agent.id)
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-agent-enrol": IspvmAgentEnrol
  }
}
