import type { Health, HealthCheck } from "@ispvm/appliance/api/health"
import { APPLIANCE_RUNBOOKS, NETWORK_RUNBOOKS, type RunbookId } from "@ispvm/appliance/api/runbooks"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { paths } from "../app/paths.ts"
import { limitsText, statusOfCheck, summaryOf, worstFirst } from "../features/health/check-text.ts"
import { healthStyles } from "../features/health/health-styles.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-time.ts"

const strings = t.health
/** As often as the appliance evaluates. */
const POLL_INTERVAL_MS = 5_000

/** The state of the appliance itself, check by check, and its runbooks. */
@customElement("ispvm-page-health")
export class IspvmPageHealth extends Page {
  readonly #health = new RequestController<Health>(this, {
    key: () => [],
    load: () => this.deps.api.health(),
    everyMs: POLL_INTERVAL_MS,
  })

  static override styles = [shared, panel, healthStyles]

  override render() {
    return html`<div class="page page-narrow">
      <h1>${strings.title}</h1>
      <p class="soft">${strings.lead}</p>
      ${this.#health.render({
        loading: () =>
          html`<section class="panel pad"><ispvm-skeleton lines="10"></ispvm-skeleton></section>`,
        failed: (error) =>
          html`<section class="panel"><ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#health.reload}></ispvm-failed></section>`,
        ready: (health) => this.#checks(health),
      })}
      ${runbookList}
    </div>`
  }

  #checks({ checks, checkedAtMs }: Health) {
    const { state } = this.#health
    const { status, text } = summaryOf(checks)
    return html`${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#health.reload}></ispvm-stale>` : nothing}
      <section class="panel" aria-labelledby="checks">
        <header>
          <h2 id="checks">${strings.checksTitle}</h2>
          ${checks.length === 0 ? nothing : html`<ispvm-status status=${status} word=${text}></ispvm-status>`}
          ${checkedAtMs === null ? nothing : html`<span class="caption wide-only">${strings.checkedAt} <ispvm-time at=${checkedAtMs}></ispvm-time></span>`}
        </header>
        ${
          checks.length === 0
            ? html`<ispvm-empty icon="activity" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty>`
            : html`<ul class="lined-rows">${repeat(worstFirst(checks), ({ id }) => id, checkRow)}</ul>`
        }
      </section>`
  }
}

const checkRow = (check: HealthCheck) => {
  const { id, state, sinceMs, message, runbook } = check
  const limits = limitsText(check)
  return html`<li class="check">
    <ispvm-status status=${statusOfCheck(state)} word=${strings.states[state]}></ispvm-status>
    <div class="found stack-1">
      <h3>${strings.checks[id]}</h3>
      <p class="wrap ${state === "ok" ? "soft" : ""}">${messageText(message)}</p>
      <p class="caption">${strings.states[state]} ${strings.since} <ispvm-time since at=${sinceMs}></ispvm-time>${limits === "" ? nothing : html` · ${limits}`}</p>
    </div>
    <ispvm-button kind=${state === "ok" || state === "unknown" ? "quiet" : "plain"} icon="file-text" href=${paths.runbook(runbook)}>${strings.runbook}<span class="hidden-visually"> ${strings.checks[id]}</span></ispvm-button>
  </li>`
}

const runbooksOf = (heading: string, ids: readonly RunbookId[]) =>
  html`<h3>${heading}</h3>
    <ul class="runbooks">
      ${ids.map((id) => html`<li class="prose"><a href=${paths.runbook(id)}>${pageTexts.runbooks.names[id]}</a></li>`)}
    </ul>`
const runbookList = html`<section class="panel" aria-labelledby="runbooks">
  <header><h2 id="runbooks">${pageTexts.runbooks.title}</h2></header>
  <div class="pad stack-2">
    <p class="soft">${pageTexts.runbooks.lead}</p>
    ${runbooksOf(pageTexts.runbooks.ofNetwork, NETWORK_RUNBOOKS)}
    ${runbooksOf(pageTexts.runbooks.ofAppliance, APPLIANCE_RUNBOOKS)}
  </div>
</section>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-health": IspvmPageHealth
  }
}
