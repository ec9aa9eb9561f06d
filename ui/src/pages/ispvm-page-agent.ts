import { html } from "lit"
import { customElement } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-empty.ts"
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
    const agent = this.deps.fleet.value.agents.get(id)
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
