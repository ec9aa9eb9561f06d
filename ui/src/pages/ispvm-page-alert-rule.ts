import type { AlertRuleDetail } from "@ispvm/appliance/api/alert-rule-answers"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import { paths } from "../app/paths.ts"
import { exampleRule } from "../features/rules/example-rule.ts"
import { ruleStyles } from "../features/rules/rule-styles.ts"
import { nameOf, stateText } from "../features/rules/rule-text.ts"
import { runbookLink } from "../features/rules/runbook-link.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../features/rules/ispvm-dry-run.ts"
import "../features/rules/ispvm-rule-editor.ts"
import type { VersionedRule } from "../features/rules/ispvm-rule-versions.ts"
import "../features/rules/ispvm-rule-versions.ts"

const strings = pageTexts.rules
/** The address of rules that are being added; no rule has this id. */
const NEW = "new"

/** One alert rule: its text with problems by line, its versions, and what it would have raised. */
@customElement("ispvm-page-alert-rule")
export class IspvmPageAlertRule extends Page {
  readonly #rule = new RequestController(this, {
    key: () => (this.#isNew ? null : ([this.params.id ?? "", this.saves] as const)),
    load: ([id]) => this.#read(id),
  })
  @state() private saves = 0
  @state() private text = ""
  @state() private example = ""

  static override styles = [shared, panel, ruleStyles]

  get #isNew(): boolean {
    return this.params.id === NEW
  }

  override render() {
    return html`<div class="page page-narrow">
      <p><ispvm-button kind="quiet" icon="chevron-left" href=${paths.alertRules}>${strings.title}</ispvm-button></p>
      ${
        this.#isNew
          ? html`<h1>${strings.newTitle}</h1>
              <p class="soft">${strings.newLead}</p>
              ${this.#exampleButton()}${this.#editor(null)}${this.#dryRun()}`
          : this.#rule.render({
              loading: () => html`<ispvm-skeleton lines="12"></ispvm-skeleton>`,
              failed: (error) =>
                html`<ispvm-failed heading=${strings.oneFailed} why=${error.message} @retry=${this.#rule.reload}></ispvm-failed>`,
              ready: (rule) => ("yaml" in rule ? this.#one(rule) : this.#removed(rule)),
            })
      }
    </div>`
  }

  /** Of a rule that somebody has removed, its versions are still there to be restored. */
  async #read(id: string): Promise<AlertRuleDetail | VersionedRule> {
    try {
      return await this.deps.api.alertRule(id)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error
      const { items } = await this.deps.api.alertRuleVersions(id)
      const [latest] = items
      if (latest === undefined) throw error
      return { id, version: latest.version, source: "pack" }
    }
  }

  #removed(rule: VersionedRule) {
    return html`<h1>${rule.id}</h1>
      <p class="soft">${strings.removed}</p>
      <ispvm-rule-versions .deps=${this.deps} .rule=${rule} @changed=${this.#onChanged}></ispvm-rule-versions>`
  }

  #one(rule: AlertRuleDetail) {
    const { source, changedBy, isPackNewer } = rule
    return html`<h1>${nameOf(rule)}</h1>
      <p class="soft">${stateText(rule)}</p>
      <p class="caption">${strings.sources[source]}${changedBy === null ? nothing : html` · ${strings.changedBy(changedBy)}`}</p>
      ${rule.runbook === null ? nothing : html`<p>${runbookLink(rule.runbook, t.health.runbook)}</p>`}
      ${isPackNewer ? html`<p class="warn-bar" role="status">${strings.packNewerText}</p>` : nothing}
      ${this.#editor(rule)}
      ${
        source === "changed" && rule.packYaml !== null
          ? html`<section class="panel">
              <header><h2>${strings.given}</h2></header>
              <div class="body"><pre class="text" tabindex="0">${rule.packYaml}</pre></div>
            </section>`
          : nothing
      }
      ${rule.evaluator === null ? this.#dryRun() : nothing}
      <ispvm-rule-versions .deps=${this.deps} .rule=${rule} @changed=${this.#onChanged}></ispvm-rule-versions>`
  }

  #editor(rule: AlertRuleDetail | null) {
    return html`<ispvm-rule-editor
      .deps=${this.deps}
      .given=${rule?.yaml ?? this.example}
      @edited=${(event: CustomEvent<string>) => {
        this.text = event.detail
      }}
      @changed=${this.#onChanged}
    ></ispvm-rule-editor>`
  }
  #exampleButton() {
    return this.text.trim() !== "" || !this.deps.session.can("rules:write")
      ? nothing
      : html`<p><ispvm-button icon="file-text" @click=${this.#onExample}>${strings.withExample}</ispvm-button></p>`
  }
  readonly #onExample = async (): Promise<void> => {
    // A text that was removed is given again.
    this.example = ""
    await this.updateComplete
    this.example = exampleRule()
  }
  #dryRun() {
    return html`<ispvm-dry-run .deps=${this.deps} .yaml=${this.text}></ispvm-dry-run>`
  }

  readonly #onChanged = (): void => {
    this.saves += 1
    this.deps.toast({ tone: "done", text: strings.saved })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-alert-rule": IspvmPageAlertRule
  }
}
