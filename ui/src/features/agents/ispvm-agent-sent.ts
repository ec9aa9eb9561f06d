import type { AgentSent, Sent } from "@ispvm/appliance/api/redaction"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { byteSize, count } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-stale.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.agentPage.sent
const REFRESH_MS = 5_000
const INDENT = 2

/** JSON with line breaks; what was cut is shown as it is. */
const laidOut = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, INDENT)
  } catch {
    return text
  }
}

/** What an agent sends: of each kind, how much, and the latest message as it was received. */
@customElement("ispvm-agent-sent")
export class IspvmAgentSent extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() agent = ""
  readonly #sent = new RequestController(this, {
    key: () => (this.deps === null || this.agent === "" ? null : ([this.agent] as const)),
    load: async ([id]) => {
      if (this.deps === null) throw new Error("no connection")
      return await this.deps.api.agentSent(id)
    },
    everyMs: REFRESH_MS,
  })

  static override styles = [
    shared,
    stackHost,
    panel,
    css`
      pre {
        max-block-size: 50vh;
        overflow: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        padding: var(--space-3);
        border: var(--line);
        border-radius: var(--radius);
      }
    `,
  ]

  override render() {
    return html`<section class="panel" aria-labelledby="sent">
      <header><h2 id="sent">${pageTexts.agentPage.tabs.sends}</h2></header>
      ${this.#sent.render({
        loading: () => html`<div class="pad"><ispvm-skeleton lines="10"></ispvm-skeleton></div>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#sent.reload}></ispvm-failed>`,
        ready: (sent) => this.#ready(sent),
      })}
    </section>`
  }

  #ready({ sinceMs, kinds }: AgentSent) {
    const { state } = this.#sent
    return html`${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#sent.reload}></ispvm-stale>` : nothing}
      <p class="soft pad">${strings.lead} ${strings.since} <ispvm-time at=${sinceMs}></ispvm-time>.</p>
      <ul class="lined-rows">${kinds.map((sent) => this.#kind(sent))}</ul>`
  }

  #kind(sent: Sent) {
    const { title, text } = strings.kinds[sent.kind]
    return html`<li class="pad stack-2">
      <div class="headline"><h3>${title}</h3><span class="push-end nowrap">${amountOf(sent)}</span></div>
      <p class="caption prose">${text}</p>
      ${this.#example(sent)}
    </li>`
  }

  #example({ kind, latest, isHidden }: Sent) {
    if (isHidden) return html`<p class="caption">${strings.hidden}</p>`
    if (latest === null)
      return kind === "answers" ? nothing : html`<p class="caption">${strings.none}</p>`
    const { atMs, text, chars } = latest
    return html`<details>
      <summary>${strings.latest} <ispvm-time at=${atMs}></ispvm-time></summary>
      ${text.length < chars ? html`<p class="caption">${strings.cut(count(text.length), count(chars))}</p>` : nothing}
      <pre class="mono" tabindex="0">${laidOut(text)}</pre>
    </details>`
  }
}

const amountOf = ({ messages, rows, bytes }: Sent): string =>
  messages === 0
    ? strings.nothing
    : [
        strings.messages(count(messages)),
        ...(rows === messages ? [] : [strings.rows(count(rows))]),
        byteSize(bytes),
      ].join(" · ")

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-agent-sent": IspvmAgentSent
  }
}
