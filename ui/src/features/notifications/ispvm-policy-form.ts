import type { Channel, Policies, Policy, Schedule } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { form } from "../../theme/form.ts"
import { shared } from "../../theme/shared.ts"
import { checkLine } from "./check-line.ts"
import { dayChoice } from "./day-choice.ts"
import { notificationsStyles } from "./notifications-styles.ts"
import {
  BLANK,
  BLANK_STEP,
  blank,
  bodyOf,
  filledWith,
  PATHS,
  type PolicyForm,
  type StepForm,
  sendOne,
  withPolicy,
} from "./policy-form.ts"
import { exceptions } from "./quiet-exceptions.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-combobox.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-multi-select.ts"

const strings = pageTexts.policyForm
const words = t.notifications.policies
const SEVERITIES = Object.entries(t.workflow.severity)
const MAX_STEPS = 10
const zones = (): readonly string[] => Intl.supportedValuesOf("timeZone")

/** A new policy, or the change of one; all are saved together. Emits `saved`, `dismiss` and `reload`. */
@customElement("ispvm-policy-form")
export class IspvmPolicyForm extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** Null: a new one. */
  @property({ attribute: false }) policy: Policy | null = null
  @property({ attribute: false }) channels: readonly Channel[] = []
  @property({ attribute: false }) sites: readonly { readonly id: string; readonly name: string }[] =
    []
  @property({ attribute: false }) schedules: readonly Schedule[] = []
  @property({ attribute: false }) stored: Policies | null = null
  /** All policies as they were when the form was opened: what others change since is not lost. */
  #base: Policies = { version: 0, policies: [], unreadable: [] }
  #isReloading = false
  readonly #form = new FormController<PolicyForm, Policy>(this, {
    initial: BLANK,
    body: bodyOf,
    schema: (schemas) => schemas.Policy,
    paths: PATHS,
  })

  static override styles = [
    shared,
    form,
    notificationsStyles,
    css`
      .step {
        --columns: minmax(0, 1fr) var(--size-48) var(--size-48);
      }
      .indent {
        margin-inline-start: var(--space-6);
      }
      @media (max-width: 640px) {
        .indent {
          margin-inline-start: 0;
        }
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#begin()
  }

  #begin(): void {
    if (this.stored !== null) this.#base = this.stored
    this.#form.reset(
      this.policy === null ? blank() : filledWith(this.policy, this.channels, this.schedules),
    )
  }

  /** What was loaded again is what the form begins from; a new policy keeps what is filled in. */
  override willUpdate(): void {
    if (!this.#isReloading || this.stored === null || this.stored.version === this.#base.version)
      return
    this.#isReloading = false
    this.#base = this.stored
    this.#form.reset(
      this.policy === null
        ? this.#form.filled
        : filledWith(this.policy, this.channels, this.schedules),
    )
  }

  /** The form that somebody opens takes the focus. */
  override firstUpdated(): void {
    const first = this.renderRoot.querySelector("ispvm-field")
    void first?.updateComplete.then(() => first.focus())
  }

  override render() {
    const form = this.#form
    return html`<form novalidate @submit=${this.#onSubmit}>
      <h3>${this.policy === null ? strings.addHeading : strings.editHeading(this.policy.name)}</h3>
      ${form.rejection?.code === "changed-meanwhile" ? this.#changedMeanwhile() : form.errors()}
      <div class="fields">${form.field("name", { label: strings.name })}</div>
      ${this.#which()} ${this.#who()}
      ${this.#quiet()}
      <div class="stack-2">
        ${checkLine(strings.hasUpdates, form.filled.hasUpdates, (hasUpdates) => form.set({ hasUpdates }))}
        ${checkLine(strings.isLast, form.filled.isLast, (isLast) => form.set({ isLast }))}
        ${checkLine(strings.isEnabled, form.filled.isEnabled, (isEnabled) => form.set({ isEnabled }))}
      </div>
      <div class="cluster">
        <ispvm-button type="submit" kind="primary" ?busy=${form.isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => emit(this, "dismiss", null)}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  #changedMeanwhile() {
    return html`<div class="form-error with-icon" role="alert">
      <span class="grow">${words.changedMeanwhile}</span>
      <ispvm-button icon="rotate-cw" @click=${this.#onReload}>${words.loadAgain}</ispvm-button>
    </div>`
  }

  #which() {
    const form = this.#form
    const severities = SEVERITIES.map(([value, label], index) => ({
      value,
      label: index === 0 ? strings.onlyCritical(label.toLowerCase()) : strings.fromUp(label),
    }))
    const abouts = Object.entries(strings.abouts).map(([value, label]) => ({ value, label }))
    return html`<fieldset>
      <legend>${strings.which}</legend>
      <div class="fields">
        ${form.select("leastSeverity", { label: strings.leastSeverity, choices: severities })}
        ${form.select("about", { label: strings.about, choices: abouts })}
        <ispvm-multi-select
          label=${strings.sites}
          placeholder=${form.filled.siteIds.length === 0 ? strings.allSites : ""}
          .values=${form.filled.siteIds}
          .choices=${this.sites.map(({ id, name }) => ({ value: id, label: name }))}
          @change-values=${(event: CustomEvent<readonly string[]>) => form.set({ siteIds: event.detail })}
        ></ispvm-multi-select>
        ${form.field("tags", { label: t.network.edit.tags, hint: strings.tagsHint, optional: true })}
        ${form.field("leastUnreachable", { label: strings.leastUnreachable, hint: strings.leastUnreachableHint, type: "number" })}
      </div>
    </fieldset>`
  }

  #who() {
    const form = this.#form
    const { steps, isRepeated } = form.filled
    return html`<fieldset>
      <legend>${strings.who}</legend>
      <div class="fields">${form.field("delayS", { label: strings.delay, hint: strings.delayHint, type: "number" })}</div>
      ${steps.map((step, index) => this.#step(step, index))}
      ${
        steps.length < MAX_STEPS
          ? html`<div><ispvm-button kind="quiet" icon="plus" @click=${() => form.set({ steps: [...steps, BLANK_STEP] })}>${strings.addStep}</ispvm-button></div>`
          : nothing
      }
      ${checkLine(strings.repeat, isRepeated, (value) => form.set({ isRepeated: value }))}
      ${
        isRepeated
          ? html`<div class="fields indent">
              ${form.field("everyMin", { label: strings.repeatEvery, type: "number" })}
              ${form.field("times", { label: strings.repeatTimes, type: "number" })}
            </div>`
          : nothing
      }
    </fieldset>`
  }

  #step(step: StepForm, index: number) {
    const form = this.#form
    const { steps } = form.filled
    const set = (changes: Partial<StepForm>): void =>
      form.set({ steps: steps.with(index, { ...step, ...changes }) })
    const wrongTime = form.errorAt(`steps.${index}.afterS`)
    // A step without a receiver is wrong as a whole.
    const found = form.errorAt(`steps.${index}`)
    const wrong = found === wrongTime ? form.errorAt(`steps.${index}.channels`) : found
    return html`<div class="line-form step" role="group" aria-label=${strings.step(index + 1)}>
      <div>
        <ispvm-multi-select
          label=${`${strings.step(index + 1)}: ${strings.channels}`}
          placeholder=${step.channels.length === 0 ? strings.channelsHint : ""}
          .values=${step.channels}
          .choices=${this.channels.map(({ id, name }) => ({ value: id, label: name }))}
          @change-values=${(event: CustomEvent<readonly string[]>) => set({ channels: event.detail })}
        ></ispvm-multi-select>
        ${this.#onCall(step, index, set)}
        ${wrong === "" ? nothing : html`<p class="text-fault small" role="alert">${wrong}</p>`}
      </div>
      <ispvm-field
        label=${strings.stepAfter}
        hint=${index === 0 ? "" : strings.stepAfterHint}
        type="number"
        .value=${step.afterMin}
        error=${wrongTime}
        @change-value=${(event: CustomEvent<string>) => set({ afterMin: event.detail })}
      ></ispvm-field>
      <ispvm-field
        label=${strings.stepImpact}
        type="number"
        .value=${step.leastUnreachable}
        error=${form.errorAt(`steps.${index}.leastUnreachable`)}
        @change-value=${(event: CustomEvent<string>) => set({ leastUnreachable: event.detail })}
      ></ispvm-field>
      ${
        steps.length === 1
          ? nothing
          : html`<ispvm-button kind="quiet" icon="trash-2" label=${strings.removeStep(index + 1)} @click=${() => form.set({ steps: steps.filter((_, at) => at !== index) })}></ispvm-button>`
      }
    </div>`
  }

  #onCall(step: StepForm, index: number, set: (changes: Partial<StepForm>) => void) {
    if (this.schedules.length === 0) return nothing
    return html`<ispvm-multi-select
      label=${`${strings.step(index + 1)}: ${strings.schedules}`}
      placeholder=${step.schedules.length === 0 ? strings.schedulesHint : ""}
      .values=${step.schedules}
      .choices=${this.schedules.map(({ id, name }) => ({ value: id, label: name }))}
      @change-values=${(event: CustomEvent<readonly string[]>) => set({ schedules: event.detail })}
    ></ispvm-multi-select>`
  }

  #quiet() {
    const form = this.#form
    const { isQuiet, days, timeZone } = form.filled
    return html`<fieldset>
      <legend>${strings.quietTitle}</legend>
      ${checkLine(strings.hasQuiet, isQuiet, (value) => form.set({ isQuiet: value }))}
      ${
        isQuiet
          ? html`<div class="fields indent">
              ${form.field("from", { label: strings.quietFrom, hint: strings.timeHint })}
              ${form.field("to", { label: strings.quietTo, hint: strings.timeHint })}
              ${dayChoice(strings.quietDays, days, (changed) => form.set({ days: changed }), form.error("days"))}
              <ispvm-combobox
                label=${strings.timeZone}
                .value=${timeZone}
                error=${form.error("timeZone")}
                .choices=${[...new Set([timeZone, ...zones()])].map((zone) => ({ value: zone, label: zone }))}
                @change-value=${(event: CustomEvent<string>) => form.set({ timeZone: event.detail })}
              ></ispvm-combobox>
              ${form.select("exceptFrom", { label: strings.exceptFrom, choices: exceptions() })}
            </div>`
          : nothing
      }
    </fieldset>`
  }

  readonly #onReload = (): void => {
    this.#isReloading = true
    emit(this, "reload", null)
  }
  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    const { version } = this.#base
    const done = await this.#form.submit((body) => {
      const { policies, index } = withPolicy(this.#base.policies, body)
      return sendOne("policies", index, deps.api.changePolicies({ version, policies }))
    })
    if (done === null) return
    deps.toast({ tone: "done", text: words.saved(this.#form.filled.name) })
    emit(this, "saved", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-policy-form": IspvmPolicyForm
  }
}
