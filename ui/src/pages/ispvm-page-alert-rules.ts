import type { AlertRule } from "@ispvm/appliance/api/alert-rule-answers"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { paths } from "../app/paths.ts"
import { saveFile } from "../components/save-file.ts"
import { healthStyles } from "../features/health/health-styles.ts"
import { nameOf, SEVERITY_STATUS, stateText } from "../features/rules/rule-text.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"

const strings = pageTexts.rules
const POLL_INTERVAL_MS = 10_000

/** All alert rules: what is in use, what waits for data, and how many alerts each has. */
@customElement("ispvm-page-alert-rules")
export class IspvmPageAlertRules extends Page {
  readonly #rules = new RequestController(this, {
    key: () => [],
    load: async () => (await this.deps.api.alertRules()).items,
    everyMs: POLL_INTERVAL_MS,
  })
  readonly #action = new ActionController(this)

  static override styles = [shared, panel, healthStyles]

  override render() {
    const mayWrite = this.deps.session.can("rules:write")
    return html`<div class="page page-narrow">
      <h1>${strings.title}</h1>
      <p class="soft">${strings.lead}</p>
      <div class="chips">
        ${mayWrite ? html`<ispvm-button kind="primary" icon="plus" href=${paths.alertRuleNew}>${strings.add}</ispvm-button>` : nothing}
        <ispvm-button icon="download" ?busy=${this.#action.isBusy} @click=${this.#onExport}>${strings.export}</ispvm-button>
      </div>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      ${this.#rules.render({
        loading: () =>
          html`<section class="panel pad"><ispvm-skeleton lines="12"></ispvm-skeleton></section>`,
        failed: (error) =>
          html`<section class="panel"><ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#rules.reload}></ispvm-failed></section>`,
        ready: (rules) =>
          html`<section class="panel" aria-label=${strings.title}>
            <ul class="lined-rows">${repeat(ordered(rules), ({ id }) => id, row)}</ul>
          </section>`,
      })}
    </div>`
  }

  readonly #onExport = async (): Promise<void> => {
    const done = await this.#action.run("export", () => this.deps.api.exportAlertRules())
    if (done !== null) saveFile("alert-rules.yaml", done.value.yaml, "application/yaml")
  }
}

/** Raised ones first, then active ones, then those that wait. */
const ordered = (rules: readonly AlertRule[]): readonly AlertRule[] =>
  rules.toSorted(
    (one, other) =>
      Number(one.inactive !== null) - Number(other.inactive !== null) ||
      other.raised - one.raised ||
      nameOf(one).localeCompare(nameOf(other)),
  )

const row = (rule: AlertRule) => {
  const { id, severity, source, isPackNewer, inactive, raised } = rule
  const status =
    inactive !== null
      ? "unknown"
      : raised > 0 && severity !== null
        ? SEVERITY_STATUS[severity]
        : "ok"
  return html`<li class="check">
    <ispvm-status status=${status} word=${severity === null ? "–" : strings.severities[severity]}></ispvm-status>
    <div class="found stack-1">
      <h3><a href=${paths.alertRule(id)}>${nameOf(rule)}</a></h3>
      <p class="caption wrap">${stateText(rule)}</p>
    </div>
    <div class="chips">
      ${isPackNewer ? html`<span class="tag">${strings.packNewer}</span>` : nothing}
      ${source === "pack" ? nothing : html`<span class="tag">${strings.sources[source]}</span>`}
    </div>
  </li>`
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-alert-rules": IspvmPageAlertRules
  }
}
