import type { AgentRedaction, Redacted, RedactionSettings } from "@ispvm/appliance/api/redaction"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { checkLine } from "../notifications/check-line.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.agentPage.redaction
const REFRESH_MS = 5_000
const REDACTIONS: readonly Redacted[] = ["users", "addresses"]
type Draft = Readonly<Record<Redacted | "newKey", boolean>>

/** Agents whose pseudonyms are made with another key: their customers do not match. */
export const otherKeys = (
  { agents }: Pick<RedactionSettings, "agents">,
  own: Pick<AgentRedaction, "keyCheck">,
): readonly string[] =>
  own.keyCheck === null
    ? []
    : agents.flatMap(({ name, keyCheck }) =>
        keyCheck !== null && keyCheck !== own.keyCheck ? [name] : [],
      )

/** The switches of what agents hide, and which of them are in force at one agent. */
@customElement("ispvm-redaction")
export class IspvmRedaction extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** The agent whose state is shown. */
  @property() agent = ""
  /** What a person has chosen and not saved. */
  @state() private draft: Draft | null = null
  readonly #action = new ActionController(this)
  readonly #settings = new RequestController(this, {
    key: () => (this.deps === null ? null : [this.deps]),
    load: async () => {
      if (this.deps === null) throw new Error("no connection")
      return await this.deps.api.redaction()
    },
    everyMs: REFRESH_MS,
  })

  static override styles = [
    shared,
    stackHost,
    panel,
    css`
      .check {
        display: flex;
        gap: var(--space-3);
        align-items: start;
      }
      th,
      td {
        text-align: start;
        padding: var(--space-2) var(--space-4) var(--space-2) 0;
        vertical-align: top;
      }
    `,
  ]

  override render() {
    return html`<section class="panel" aria-labelledby="redaction">
      <header><h2 id="redaction">${strings.heading}</h2></header>
      ${this.#settings.render({
        loading: () => html`<div class="pad"><ispvm-skeleton lines="6"></ispvm-skeleton></div>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#settings.reload}></ispvm-failed>`,
        ready: (settings) => this.#ready(settings),
      })}
    </section>`
  }

  #ready(settings: RedactionSettings) {
    const own = settings.agents.find(({ id }) => id === this.agent)
    return html`<div class="pad stack-4">
      <p class="soft prose">${strings.lead}</p>
      ${this.#switches(settings)}
      <p class="prose"><strong>${strings.before}</strong></p>
      ${own === undefined ? nothing : this.#here(settings, own)} ${this.#others(settings)}
      ${this.#history(settings)}
    </div>`
  }

  #switches(settings: RedactionSettings) {
    const canChange = this.deps?.session.can("redaction:write") === true
    if (!canChange) return html`<p class="caption">${strings.only}</p>`
    const shown: Draft = this.draft ?? { ...pick(settings), newKey: false }
    const set = (change: Partial<Draft>): void => {
      this.draft = { ...shown, ...change }
    }
    const isChanged =
      shown.newKey || REDACTIONS.some((name) => shown[name] !== pick(settings)[name])
    return html`<div class="stack-2">
      ${REDACTIONS.map((name) => checkLine(strings.names[name].title, shown[name], (on) => set({ [name]: on }), strings.names[name].text))}
      ${settings.version === 0 ? nothing : checkLine(strings.newKey, shown.newKey, (on) => set({ newKey: on }), strings.newKeyText)}
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <div><ispvm-button kind="primary" ?disabled=${!isChanged} ?busy=${this.#action.isBusy} title=${isChanged ? nothing : strings.unchanged} @click=${() => void this.#save(shown)}>${strings.save}</ispvm-button></div>
    </div>`
  }

  #here(settings: RedactionSettings, own: RedactionSettings["agents"][number]) {
    const { columns, on, off } = strings
    const others = otherKeys(settings, own)
    return html`<div class="stack-2">
      <h3>${strings.here}</h3>
      <table>
        <thead><tr><th scope="col">${columns.what}</th><th scope="col">${columns.floor}</th><th scope="col">${columns.appliance}</th><th scope="col">${columns.force}</th></tr></thead>
        <tbody>${REDACTIONS.map(
          (name) => html`<tr>
            <th scope="row">${strings.names[name].title}</th>
            <td>${own.floor.includes(name) ? on : off}</td>
            <td>${settings[name] ? on : off}</td>
            <td>${forceOf(name, settings, own)}</td>
          </tr>`,
        )}</tbody>
      </table>
      ${own.keyOf === null ? nothing : html`<p class="caption prose">${strings.key[own.keyOf]} ${strings.check}: <span class="mono">${own.keyCheck}</span></p>`}
      ${others.length === 0 ? nothing : html`<p class="text-warn">${strings.mismatch(others.join(", "))}</p>`}
    </div>`
  }

  #others({ agents }: RedactionSettings) {
    const late = agents.filter(({ id, state }) => id !== this.agent && state !== "applied")
    if (late.length === 0) return nothing
    return html`<div class="stack-1">
      <h3>${strings.others}</h3>
      <p class="text-warn">${strings.notApplied(late.length)}</p>
      <ul>${late.map(({ name, state }) => html`<li>${name}: ${strings.state(state)}</li>`)}</ul>
    </div>`
  }

  #history({ history }: RedactionSettings) {
    if (history.length === 0) return nothing
    const { names, on, off } = strings
    return html`<details>
      <summary>${strings.history}</summary>
      <ul>${history.map((each) => {
        const parts = [
          ...REDACTIONS.map((name) => `${names[name].title}: ${each[name] ? on : off}`),
          ...(each.isNewKey ? [strings.withNewKey] : []),
          strings.by(each.changedBy),
        ]
        return html`<li>${strings.version(each.version)} · <ispvm-time at=${each.changedAtMs}></ispvm-time> · ${parts.join(" · ")}</li>`
      })}</ul>
    </details>`
  }

  async #save(body: Draft): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run("save", () => deps.api.changeRedaction(body))
    if (done === null) return
    this.draft = null
    deps.toast({ tone: "done", text: strings.saved })
    await this.#settings.reload()
  }
}

const pick = ({ users, addresses }: RedactionSettings) => ({ users, addresses })
/** What an agent has reported, or why its state is not known. */
const forceOf = (name: Redacted, settings: RedactionSettings, own: AgentRedaction) => {
  const isHidden = own.floor.includes(name) || own.hide.includes(name)
  const isDue = settings[name] && !isHidden
  if (isDue) return html`<span class="text-warn">${strings.state(own.state)}</span>`
  if (!isHidden) return own.state === "applied" ? strings.open : strings.state(own.state)
  return settings[name] || own.floor.includes(name)
    ? strings.state("applied")
    : strings.state(own.state)
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-redaction": IspvmRedaction
  }
}
