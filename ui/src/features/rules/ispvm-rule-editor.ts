import type {
  RuleCheck,
  RuleProblem,
  RuleVocabulary,
} from "@ispvm/appliance/api/alert-rule-answers"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { createRuleCode, type RuleCode } from "./rule-code.ts"
import { ruleStyles } from "./rule-styles.ts"
import { textOfSent } from "./rule-text.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"

const strings = pageTexts.rules
/** Checked this long after the last key. */
const CHECK_AFTER_MS = 400
const CONFIRM = "confirmation-needed"
const NONE: readonly RuleProblem[] = []

/**
 * The text of rules, checked while it is typed: problems by line and column, and what each rule is
 * about. Emits `edited` with the text, and `changed` once it is saved.
 */
@customElement("ispvm-rule-editor")
export class IspvmRuleEditor extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** The stored text; another one replaces what is typed. */
  @property() given = ""
  @state() private text = ""
  @state() private checked = ""
  @state() private reason = ""
  @state() private confirming = ""
  @query(".editor") private readonly place!: HTMLElement | null
  readonly #action = new ActionController(this)
  readonly #check = new RequestController<RuleCheck, readonly [Deps, string]>(this, {
    key: () =>
      this.deps === null || this.checked.trim() === "" || !this.#mayWrite
        ? null
        : ([this.deps, this.checked] as const),
    load: ([{ api }, yaml]) => api.checkAlertRules({ yaml }),
    keepsValue: () => true,
  })
  readonly #vocabulary = new RequestController<RuleVocabulary, readonly [Deps]>(this, {
    key: () => (this.deps === null || !this.#mayWrite ? null : ([this.deps] as const)),
    load: ([{ api }]) => api.alertRuleVocabulary(),
  })
  #code: RuleCode | null = null
  #shown: readonly RuleProblem[] | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [shared, panel, stackHost, ruleStyles]

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#code?.close()
    this.#code = null
  }

  protected override updated(): void {
    const { place, renderRoot } = this
    if (this.#code === null && place !== null && renderRoot instanceof ShadowRoot) {
      this.#shown = null
      this.#code = createRuleCode({
        ...{ parent: place, root: renderRoot, label: strings.editor, phrases: strings.phrases },
        isReadOnly: !this.#mayWrite,
        vocabulary: () => this.#vocabulary.value ?? null,
        onChange: this.#onEdited,
      })
    }
    this.#code?.setText(this.text)
    const problems = this.#found?.problems ?? NONE
    if (problems === this.#shown) return
    this.#shown = problems
    this.#code?.setProblems(problems.map((at) => ({ at, text: textOfSent(at.message, at.text) })))
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("given")) {
      this.text = this.given
      this.checked = this.given
      emit(this, "edited", this.text)
    }
  }

  get #mayWrite(): boolean {
    return this.deps?.session.can("rules:write") ?? false
  }
  get #found(): RuleCheck | undefined {
    return this.text.trim() === "" ? undefined : this.#check.value
  }

  override render() {
    const problems = this.#found?.problems ?? []
    return html`<section class="panel" aria-label=${strings.editor}>
      <div class="body">
        <div class="editor"></div>
        ${this.#mayWrite ? html`<p class="caption">${strings.completes}</p>` : nothing}
        ${this.#problems(problems)}
        ${this.#mayWrite ? this.#foot(problems.length > 0) : nothing}
      </div>
      ${this.#confirm()}
    </section>`
  }

  #problems(problems: readonly RuleProblem[]) {
    const found = this.#found
    if (found === undefined) return nothing
    if (problems.length > 0)
      return html`<div role="status" class="stack-1">
        <strong class="text-fault">${strings.problems(problems.length)}</strong>
        <ul class="problems lined-rows">${problems.map((problem) => this.#problem(problem))}</ul>
      </div>`
    return html`<div role="status"><ul class="stack-1">
      ${found.rules.map(
        (rule) =>
          html`<li class="caption wrap"><code>${rule.id}</code> ${strings.matches(strings.of(rule.entity, rule.matches))}${rule.isChanged ? nothing : html` · ${strings.unchanged}`}${rule.inactive === null ? nothing : html` · ${strings.inactive(textOfSent(rule.inactive))}`}</li>`,
      )}
    </ul></div>`
  }

  #problem({ line, column, message, text }: RuleProblem) {
    return html`<li>
      <button type="button" @click=${() => this.#code?.goTo(line, column)}>
        <span class="caption">${strings.at(line, column)}</span><span class="wrap">${textOfSent(message, text)}</span>
      </button>
    </li>`
  }

  #foot(hasProblems: boolean) {
    return html`<ispvm-field
        label=${strings.reason}
        hint=${strings.reasonHint}
        .value=${this.reason}
        @change-value=${(event: CustomEvent<string>) => {
          this.reason = event.detail
        }}
      ></ispvm-field>
      ${this.#action.message === "" || this.confirming !== "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <div class="chips">
        <ispvm-button
          kind="primary"
          ?busy=${this.#action.isBusy}
          ?disabled=${hasProblems || this.text.trim() === ""}
          @click=${() => void this.#save(false)}
          >${strings.save}</ispvm-button
        >
      </div>`
  }

  #confirm() {
    if (this.confirming === "") return nothing
    return html`<ispvm-dialog open heading=${strings.confirmHeading} @dismiss=${this.#onDismiss}>
      <p>${this.confirming}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${this.#onDismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?busy=${this.#action.isBusy} @click=${() => void this.#save(true)}>${strings.confirm}</ispvm-button>
    </ispvm-dialog>`
  }

  readonly #onDismiss = (): void => {
    this.confirming = ""
  }
  readonly #onEdited = (text: string): void => {
    if (text === this.text) return
    this.text = text
    emit(this, "edited", text)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.checked = this.text
    }, CHECK_AFTER_MS)
  }

  async #save(confirm: boolean): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const body = { yaml: this.text, reason: this.reason, mode: "merge" as const, confirm }
    const done = await this.#action.run("save", () => deps.api.saveAlertRules(body))
    if (done === null) {
      if (this.#action.error?.code === CONFIRM) this.confirming = this.#action.message
      return
    }
    this.confirming = ""
    this.reason = ""
    if (done.value.changed.length === 0) deps.toast({ tone: "done", text: strings.nothing })
    else emit(this, "changed", done.value.changed)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-rule-editor": IspvmRuleEditor
  }
}
