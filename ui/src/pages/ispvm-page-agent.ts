import { html } from "lit"
import { customElement } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../features/agents/ispvm-agent-devices.ts"
import "../features/agents/ispvm-agent-sent.ts"
import "../features/agents/ispvm-redaction.ts"

const strings = pageTexts.agentPage

/** One agent: its devices and load, what it sends, and what it hides. */
@customElement("ispvm-page-agent")
export class IspvmPageAgent extends Page {
  static override styles = [shared, panel]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session])
  }

  override render() {
    const id = this.params.id ?? ""
    const { agents, phase, error } = this.deps.fleet.value
    const agent = agents.get(id)
    if (agent === undefined && phase === "loading")
      return html`<ispvm-skeleton lines="6"></ispvm-skeleton>`
    if (agent === undefined && phase === "failed")
      return html`<ispvm-failed heading=${t.network.failed} why=${error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    if (agent === undefined)
      return html`<div class="page"><ispvm-empty icon="bot" heading=${strings.gone}></ispvm-empty></div>`
    return html`<div class="page">
      <div class="headline">
        <h1>${agent.name}</h1>
        <ispvm-status status=${agent.status}></ispvm-status>
        <a class="push-end" href=${paths.agents}>${strings.back}</a>
      </div>
      <ispvm-agent-devices .deps=${this.deps} agent=${id}></ispvm-agent-devices>
      <ispvm-agent-sent .deps=${this.deps} agent=${id}></ispvm-agent-sent>
      <ispvm-redaction .deps=${this.deps} agent=${id}></ispvm-redaction>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-agent": IspvmPageAgent
  }
}
