import type { Agent } from "@ispvm/appliance/api/agents"
import { css, html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { keyed } from "lit/directives/keyed.js"
import { paths } from "../app/paths.ts"
import { latest } from "../features/agents/agent-status.ts"
import {
  agentColumns,
  buffer,
  capabilities,
  certificate,
  clock,
  state as stateCell,
  update,
} from "../features/agents/columns.ts"
import type { IspvmAgentEnrol } from "../features/agents/ispvm-agent-enrol.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { columnHost } from "../theme/hosts.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-dialog.ts"
import "../components/ispvm-drawer.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-table.ts"
import "../components/ispvm-time.ts"
import "../features/agents/ispvm-agent-enrol.ts"
import "../features/agents/ispvm-agent-form.ts"

const strings = t.agents
/**
 * Heartbeats arrive every two seconds, but the stream sends only changes, so they are requested.
 */
const POLL_MS = 2_000

/** The agents page: list, enrolment, details. The selected agent is in the URL. */
@customElement("ispvm-page-agents")
export class IspvmPageAgents extends Page {
  readonly #agents = new RequestController(this, {
    key: () => [],
    load: async () => (await this.deps.api.agents()).items,
    everyMs: POLL_MS,
  })
  readonly #action = new ActionController<"revoke" | "remove" | "retry">(this)
  @state() private dialog: "" | "form" | "revoke" | "remove" = ""
  @query("ispvm-agent-enrol") private enrol: IspvmAgentEnrol | null | undefined

  static override styles = [
    shared,
    columnHost,
    panel,
    css`
      .tools {
        display: flex;
        justify-content: space-between;
        align-items: center;
        padding: var(--space-2) var(--space-4);
        border-block-end: var(--line);
        min-block-size: var(--space-12);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--space-2) var(--space-5);
      }
      dd {
        overflow-wrap: anywhere;
        color: var(--text);
      }
      .notes li {
        color: var(--status-degraded-text);
        padding-block: var(--space-0-5);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        padding-block-start: var(--space-4);
        border-block-start: var(--line);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    const onKey = (event: KeyboardEvent): void => {
      if (
        event.key === "Escape" &&
        this.query.has("agent") &&
        this.dialog === "" &&
        !event.defaultPrevented
      )
        this.setQuery({ agent: "" })
    }
    globalThis.addEventListener("keydown", onKey)
    this.until(() => globalThis.removeEventListener("keydown", onKey))
    if (this.query.has("new")) {
      this.dialog = "form"
      this.setQuery({ new: "" })
    }
  }

  override render() {
    return this.#agents.render({
      loading: () => html`<ispvm-skeleton lines="6"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#agents.reload}></ispvm-failed>`,
      ready: (agents) => this.#page(agents),
    })
  }

  #page(agents: readonly Agent[]) {
    const rows = latest(agents, this.deps.fleet.value.agents)
    const chosen = rows.find((agent) => agent.id === this.query.get("agent")) ?? null
    return html`<h1 class="hidden-visually">${t.shell.agents}</h1>
      ${rows.length === 0 ? this.#empty() : html`${this.#tools(rows.length)}<div class="fill">${this.#table(rows)}</div>`}
      ${this.#drawer(chosen)} ${this.#dialogs(chosen)}`
  }

  #can(): boolean {
    return this.deps.session.can("agents:write")
  }

  #empty() {
    return html`<ispvm-empty icon="bot" heading=${strings.emptyTitle} text=${strings.emptyText}>
      ${this.#can() ? html`<ispvm-button kind="primary" icon="plus" @click=${() => this.#openDialog("form")}>${strings.add}</ispvm-button>` : nothing}
    </ispvm-empty>`
  }

  #tools(n: number) {
    return html`<div class="tools">
      <span class="muted">${strings.count(n)}</span>
      ${this.#can() ? html`<ispvm-button kind="primary" icon="plus" @click=${this.#onNew}>${strings.add}</ispvm-button>` : nothing}
    </div>`
  }

  #table(rows: readonly Agent[]) {
    return html`<ispvm-table
      label=${t.shell.agents}
      keys
      min-width="1080"
      .columns=${agentColumns}
      .rows=${rows}
      sort=${this.query.get("sort") ?? "name"}
      active=${this.query.get("agent") ?? ""}
      @sort-rows=${(event: CustomEvent<string>) => this.setQuery({ sort: event.detail })}
      @pick-row=${(event: CustomEvent<string>) => this.setQuery({ agent: event.detail })}
    ></ispvm-table>`
  }

  #drawer(agent: Agent | null) {
    return html`<ispvm-drawer ?open=${agent !== null} heading=${agent?.name ?? ""} @dismiss=${() => this.setQuery({ agent: "" })}>
      ${agent === null ? nothing : this.#details(agent)}
    </ispvm-drawer>`
  }

  #details(agent: Agent) {
    return html`<div class="pad stack-4">
      ${this.#facts(agent)}
      <div><ispvm-button icon="activity" href=${paths.agentPage(agent.id)}>${strings.more}</ispvm-button></div>
      ${agent.notes.length === 0 ? nothing : html`<div class="notes"><h3 class="minor">${strings.notes}</h3><ul>${agent.notes.map((note) => html`<li>${messageText(note)}</li>`)}</ul></div>`}
      ${this.#enrolment(agent)} ${this.#can() ? this.#actions(agent) : nothing}
    </div>`
  }

  #enrolment(agent: Agent) {
    if (!this.#can()) return nothing
    return keyed(
      agent.id,
      html`<ispvm-agent-enrol .agent=${agent} .deps=${this.deps}></ispvm-agent-enrol>`,
    )
  }

  #facts(agent: Agent) {
    // Before its first heartbeat, an agent has only its enrolment command.
    const isNew = agent.lastSeenAtMs === null
    const { sites, devices } = this.deps.fleet.value
    const label = strings.columns
    const attachedDevice = devices.get(agent.deviceId ?? "")
    const rows: readonly (readonly [string, unknown])[] = [
      [label.state, stateCell(agent)],
      [label.site, sites.get(agent.siteId ?? "")?.name ?? strings.form.none],
      [
        label.attachedTo,
        attachedDevice === undefined
          ? strings.form.none
          : html`<a href=${paths.device(attachedDevice.id)}>${attachedDevice.name}</a>`,
      ],
      [label.devices, agent.devices],
      ...(isNew
        ? []
        : ([
            [label.seen, html`<ispvm-time at=${agent.lastSeenAtMs ?? nothing}></ispvm-time>`],
            [label.host, agent.hostname ?? t.terms.none],
            [label.version, agent.version ?? t.terms.none],
            ...(agent.update === null ? [] : [[strings.update.label, update(agent)] as const]),
            [label.certificate, certificate(agent)],
            [label.buffer, buffer(agent)],
            [label.skew, clock(agent)],
            [label.can, capabilities(agent)],
          ] as const)),
    ]
    return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
  }

  #actions(agent: Agent) {
    return html`<div class="acts">
      <ispvm-button icon="pencil" @click=${() => this.#openDialog("form")}>${strings.edit}</ispvm-button>
      ${agent.update?.state === "failed" ? html`<ispvm-button icon="rotate-cw" ?busy=${this.#action.running === "retry"} @click=${() => void this.#retry(agent)}>${strings.update.retry}</ispvm-button>` : nothing}
      ${agent.enrolment === "revoked" || agent.enrolment === "none" ? nothing : html`<ispvm-button icon="power" @click=${() => this.#openDialog("revoke")}>${strings.revoke}</ispvm-button>`}
      <ispvm-button kind="danger" icon="trash-2" @click=${() => this.#openDialog("remove")}>${strings.remove}</ispvm-button>
    </div>`
  }

  #dialogs(agent: Agent | null) {
    return html`<ispvm-agent-form ?open=${this.dialog === "form"} .agent=${agent} .deps=${this.deps} @dismiss=${this.#done} @made=${this.#onMade}></ispvm-agent-form>
      ${agent !== null && (this.dialog === "revoke" || this.dialog === "remove") ? this.#confirm(agent, this.dialog) : nothing}`
  }

  #confirm(agent: Agent, what: "revoke" | "remove") {
    const isRevoke = what === "revoke"
    return html`<ispvm-dialog open heading=${isRevoke ? strings.revokeHeading(agent.name) : strings.removeHeading(agent.name)} @dismiss=${this.#done}>
      <p>${isRevoke ? strings.revokeText(agent.devices) : strings.removeText(agent.devices)}</p>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#done}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#action.isBusy} @click=${() => void this.#act(agent, what)}>${isRevoke ? strings.revoke : strings.remove}</ispvm-button>
    </ispvm-dialog>`
  }

  #openDialog(what: "form" | "revoke" | "remove"): void {
    this.#action.clear()
    this.dialog = what
  }
  readonly #done = (): void => {
    this.dialog = ""
    void this.#agents.reload()
  }
  readonly #onNew = (): void => {
    this.setQuery({ agent: "" })
    this.#openDialog("form")
  }
  /** A new agent needs its command, so the token is created at once. */
  readonly #onMade = async (event: CustomEvent<string>): Promise<void> => {
    this.dialog = ""
    await this.#agents.reload()
    this.setQuery({ agent: event.detail })
    await this.updateComplete
    await this.enrol?.make()
  }

  async #retry(agent: Agent): Promise<void> {
    const done = await this.#action.run("retry", () => this.deps.api.retryAgentUpdate(agent.id))
    this.deps.toast(
      done === null
        ? { tone: "failed", text: this.#action.message }
        : { tone: "done", text: strings.update.retried(agent.name) },
    )
    await this.#agents.reload()
  }

  async #act(agent: Agent, what: "revoke" | "remove"): Promise<void> {
    const done = await this.#action.run(what, () =>
      what === "revoke" ? this.deps.api.revokeAgent(agent.id) : this.deps.api.removeAgent(agent.id),
    )
    if (done === null) return
    this.deps.toast({
      tone: "done",
      text: what === "revoke" ? strings.revoked(agent.name) : strings.removed(agent.name),
    })
    if (what === "remove") this.setQuery({ agent: "" })
    this.#done()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-agents": IspvmPageAgents
  }
}
