import type { AlertRuleDetail, RuleVersion } from "@ispvm/appliance/api/alert-rule-answers"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { ruleStyles } from "./rule-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.rules

/** `source` of a rule that is removed: that of the pack, so that it is not removed again. */
export type VersionedRule = Pick<AlertRuleDetail, "id" | "version" | "source">

/** The texts that people gave a rule, with author and reason; each can be restored. */
@customElement("ispvm-rule-versions")
export class IspvmRuleVersions extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) rule: VersionedRule | null = null
  @state() private shown: number | null = null
  readonly #action = new ActionController(this)
  readonly #versions = new RequestController(this, {
    key: () =>
      this.deps === null || this.rule === null
        ? null
        : ([this.deps, this.rule.id, this.rule.version] as const),
    load: async ([{ api }, id]) => (await api.alertRuleVersions(id)).items,
  })

  static override styles = [shared, panel, stackHost, ruleStyles]

  override render() {
    return html`<section class="panel" aria-labelledby="versions">
      <header>
        <h2 id="versions">${strings.versions}</h2>
        ${this.rule === null || this.rule.source === "pack" || !this.#mayWrite ? nothing : this.#giveBack(this.rule)}
      </header>
      <div class="body">
        ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
        ${this.#versions.render({
          loading: () => html`<ispvm-skeleton lines="3"></ispvm-skeleton>`,
          failed: (error) =>
            html`<ispvm-failed heading=${strings.oneFailed} why=${error.message} @retry=${this.#versions.reload}></ispvm-failed>`,
          ready: (versions) =>
            versions.length === 0
              ? html`<p class="muted">${strings.noVersions}</p>`
              : html`<ul class="lined-rows">${versions.map((one, index) => this.#row(one, index === 0))}</ul>`,
        })}
      </div>
    </section>`
  }

  get #mayWrite(): boolean {
    return this.deps?.session.can("rules:write") ?? false
  }

  #giveBack({ source }: VersionedRule) {
    const label = source === "own" ? strings.remove : strings.giveBack
    return html`<ispvm-button icon="undo-2" ?busy=${this.#action.isBusy} @click=${() => void this.#revert(null)}>${label}</ispvm-button>`
  }

  #row({ version, atMs, author, reason, yaml }: RuleVersion, isLatest: boolean) {
    return html`<li class="version">
      <div class="wrap">
        <strong>${strings.version(version)}</strong>${yaml === null ? html` <span class="tag">${strings.backToPack}</span>` : nothing}
        <div class="caption">${author} · <ispvm-time at=${atMs}></ispvm-time>${reason === "" ? nothing : html` · ${reason}`}</div>
      </div>
      <div class="chips">
        ${yaml === null ? nothing : html`<ispvm-button kind="quiet" icon="eye" label=${strings.version(version)} @click=${() => this.#toggle(version)}></ispvm-button>`}
        ${yaml === null || isLatest || !this.#mayWrite ? nothing : html`<ispvm-button kind="quiet" icon="undo-2" ?busy=${this.#action.isBusy} @click=${() => void this.#revert(version)}>${strings.restore}</ispvm-button>`}
      </div>
      ${this.shown === version && yaml !== null ? html`<pre class="text" tabindex="0">${yaml}</pre>` : nothing}
    </li>`
  }

  #toggle(version: number): void {
    this.shown = this.shown === version ? null : version
  }

  async #revert(version: number | null): Promise<void> {
    const { deps, rule } = this
    if (deps === null || rule === null) return
    const done = await this.#action.run("revert", () =>
      deps.api.revertAlertRule(rule.id, { version, reason: "" }),
    )
    if (done !== null) emit(this, "changed", [rule.id])
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-rule-versions": IspvmRuleVersions
  }
}
