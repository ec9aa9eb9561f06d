import type { Agent } from "@ispvm/appliance/api/agents"
import { css, html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { keyed } from "lit/directives/keyed.js"
import { ApiError } from "../../api/problem.ts"
import { paths } from "../../paths.ts"
import type { Loaded } from "../../state/store.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import { Page } from "../page.ts"
import { latest } from "./agent-look.ts"
import { abilities, agentColumns, buffer, certificate, clock, state as stateCell } from "./columns.ts"
import type { IspvmAgentEnrol } from "./ispvm-agent-enrol.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-dialog.ts"
import "../../parts/ispvm-drawer.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-table.ts"
import "../../parts/ispvm-time.ts"
import "./ispvm-agent-enrol.ts"
import "./ispvm-agent-form.ts"

const words = t.agents
/** Heartbeats are every two seconds; the stream tells only what changed, so the beat itself is asked for. */
const ASK_MS = 2_000

/** The agents, and how one comes into being. The chosen one is in the address. */
@customElement("ispvm-page-agents")
export class IspvmPageAgents extends Page {
  @state() private agents: Loaded<readonly Agent[]> = { phase: "loading" }
  @state() private asking: "" | "form" | "revoke" | "remove" = ""
  @state() private busy = false
  @state() private wrong = ""
  @query("ispvm-agent-enrol") private enrol: IspvmAgentEnrol | null | undefined

  static override styles = [
    shared,
    panel,
    css`
      :host {
        display: flex;
        flex-direction: column;
        block-size: 100%;
      }
      .tools {
        display: flex;
        justify-content: space-between;
        align-items: center;
        padding: var(--space-2) var(--space-4);
        border-block-end: 1px solid var(--border);
        min-block-size: 47px;
      }
      .table {
        flex: 1;
        min-block-size: 0;
      }
      .one {
        display: grid;
        gap: var(--space-5);
        padding: var(--space-4);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--space-2) var(--space-5);
      }
      dt {
        color: var(--text-3);
      }
      dd {
        overflow-wrap: anywhere;
        color: var(--text);
      }
      .notes li {
        color: var(--status-degraded-text);
        padding-block: 2px;
      }
      .notes h3 {
        font-size: var(--type-small);
        font-weight: 500;
        color: var(--text-3);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        padding-block-start: var(--space-4);
        border-block-start: 1px solid var(--border);
      }
      .wrong {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--fault-tint);
        color: var(--status-down-text);
      }
    `,
  ]

  constructor() {
    super()
    new Watch(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    void this.#load()
    const timer = setInterval(() => void this.#load(), ASK_MS)
    this.until(() => clearInterval(timer))
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && this.ask.has("agent") && this.asking === "" && !event.defaultPrevented)
        this.setAsk({ agent: "" })
    }
    globalThis.addEventListener("keydown", onKey)
    this.until(() => globalThis.removeEventListener("keydown", onKey))
    if (this.ask.has("new")) {
      this.asking = "form"
      this.setAsk({ new: "" })
    }
  }

  override render() {
    if (this.agents.phase === "loading") return html`<ispvm-skeleton lines="6"></ispvm-skeleton>`
    if (this.agents.phase === "failed")
      return html`<ispvm-failed heading=${words.failed} why=${this.agents.error.message} @retry=${() => void this.#load()}></ispvm-failed>`
    const rows = latest(this.agents.value, this.deps.fleet.value.agents)
    const chosen = rows.find((agent) => agent.id === this.ask.get("agent")) ?? null
    return html`<h1 class="hidden-visually">${t.frame.agents}</h1>
      ${rows.length === 0 ? this.#empty() : html`${this.#tools(rows.length)}<div class="table">${this.#table(rows)}</div>`}
      ${this.#drawer(chosen)} ${this.#dialogs(chosen)}`
  }

  #can(): boolean {
    return this.deps.session.can("agents:write")
  }

  #empty() {
    return html`<ispvm-empty icon="bot" heading=${words.emptyTitle} text=${words.emptyText}>
      ${this.#can() ? html`<ispvm-button kind="primary" icon="plus" @click=${() => this.#ask("form")}>${words.add}</ispvm-button>` : nothing}
    </ispvm-empty>`
  }

  #tools(n: number) {
    return html`<div class="tools">
      <span class="muted">${words.count(n)}</span>
      ${this.#can() ? html`<ispvm-button kind="primary" icon="plus" @click=${this.#onNew}>${words.add}</ispvm-button>` : nothing}
    </div>`
  }

  #table(rows: readonly Agent[]) {
    return html`<ispvm-table
      label=${t.frame.agents}
      keys
      least="1080"
      .columns=${agentColumns}
      .rows=${rows}
      sort=${this.ask.get("sort") ?? "name"}
      active=${this.ask.get("agent") ?? ""}
      @sort-rows=${(event: CustomEvent<string>) => this.setAsk({ sort: event.detail })}
      @pick-row=${(event: CustomEvent<string>) => this.setAsk({ agent: event.detail })}
    ></ispvm-table>`
  }

  #drawer(agent: Agent | null) {
    return html`<ispvm-drawer ?open=${agent !== null} heading=${agent?.name ?? ""} @dismiss=${() => this.setAsk({ agent: "" })}>
      ${agent === null ? nothing : this.#one(agent)}
    </ispvm-drawer>`
  }

  #one(agent: Agent) {
    return html`<div class="one">
      ${this.#facts(agent)}
      ${agent.notes.length === 0 ? nothing : html`<div class="notes"><h3>${words.notes}</h3><ul>${agent.notes.map((note) => html`<li>${note}</li>`)}</ul></div>`}
      ${this.#enrolment(agent)} ${this.#can() ? this.#actions(agent) : nothing}
    </div>`
  }

  #enrolment(agent: Agent) {
    if (!this.#can()) return nothing
    return keyed(agent.id, html`<ispvm-agent-enrol .agent=${agent} .deps=${this.deps}></ispvm-agent-enrol>`)
  }

  #facts(agent: Agent) {
    // Until it was heard once, there is little to say but its command.
    const isNew = agent.lastSeenAtMs === null
    const { sites, devices } = this.deps.fleet.value
    const label = words.columns
    const stands = devices.get(agent.deviceId ?? "")
    const rows: readonly (readonly [string, unknown])[] = [
      [label.state, stateCell(agent)],
      [label.site, sites.get(agent.siteId ?? "")?.name ?? words.form.none],
      [label.stands, stands === undefined ? words.form.none : html`<a href=${paths.device(stands.id)}>${stands.name}</a>`],
      [label.devices, agent.devices],
      ...(isNew
        ? []
        : ([
            [label.seen, html`<ispvm-time at=${agent.lastSeenAtMs ?? nothing}></ispvm-time>`],
            [label.host, agent.hostname ?? t.terms.none],
            [label.version, agent.version ?? t.terms.none],
            [label.certificate, certificate(agent)],
            [label.buffer, buffer(agent)],
            [label.skew, clock(agent)],
            [label.can, abilities(agent)],
          ] as const)),
    ]
    return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
  }

  #actions(agent: Agent) {
    return html`<div class="acts">
      <ispvm-button icon="pencil" @click=${() => this.#ask("form")}>${words.edit}</ispvm-button>
      ${agent.enrolment === "revoked" || agent.enrolment === "none" ? nothing : html`<ispvm-button icon="power" @click=${() => this.#ask("revoke")}>${words.revoke}</ispvm-button>`}
      <ispvm-button kind="danger" icon="trash-2" @click=${() => this.#ask("remove")}>${words.remove}</ispvm-button>
    </div>`
  }

  #dialogs(agent: Agent | null) {
    return html`<ispvm-agent-form ?open=${this.asking === "form"} .agent=${agent} .deps=${this.deps} @dismiss=${this.#done} @made=${this.#onMade}></ispvm-agent-form>
      ${agent !== null && (this.asking === "revoke" || this.asking === "remove") ? this.#confirm(agent, this.asking) : nothing}`
  }

  #confirm(agent: Agent, what: "revoke" | "remove") {
    const isRevoke = what === "revoke"
    return html`<ispvm-dialog open heading=${isRevoke ? words.revokeHeading(agent.name) : words.removeHeading(agent.name)} @dismiss=${this.#done}>
      <p>${isRevoke ? words.revokeText(agent.devices) : words.removeText(agent.devices)}</p>
      ${this.wrong === "" ? nothing : html`<div class="wrong" role="alert">${this.wrong}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#done}>${t.parts.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.busy} @click=${() => void this.#act(agent, what)}>${isRevoke ? words.revoke : words.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  #ask(what: "form" | "revoke" | "remove"): void {
    this.wrong = ""
    this.asking = what
  }
  readonly #done = (): void => {
    this.asking = ""
    void this.#load()
  }
  readonly #onNew = (): void => {
    this.setAsk({ agent: "" })
    this.#ask("form")
  }
  /** A new agent is nothing without its command: the token is made in the same breath. */
  readonly #onMade = async (event: CustomEvent<string>): Promise<void> => {
    this.asking = ""
    await this.#load()
    this.setAsk({ agent: event.detail })
    await this.updateComplete
    await this.enrol?.make()
  }

  async #act(agent: Agent, what: "revoke" | "remove"): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      if (what === "revoke") await this.deps.api.revokeAgent(agent.id)
      else await this.deps.api.removeAgent(agent.id)
      this.deps.toast({ tone: "done", text: what === "revoke" ? words.revoked(agent.name) : words.removed(agent.name) })
      if (what === "remove") this.setAsk({ agent: "" })
      this.#done()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.wrong = error.message
    } finally {
      this.busy = false
    }
  }

  async #load(): Promise<void> {
    try {
      this.agents = { phase: "ready", value: (await this.deps.api.agents()).items, atMs: Date.now() }
    } catch (error) {
      // What was read before stays on screen; the frame says when the appliance is out of reach.
      if (this.agents.phase !== "ready")
        this.agents = { phase: "failed", error: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-agents": IspvmPageAgents
  }
}
