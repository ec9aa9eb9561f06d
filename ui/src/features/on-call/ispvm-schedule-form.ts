import type { OnCallCalendar, Schedule, Schedules } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { nowMs } from "../../components/now.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { form } from "../../theme/form.ts"
import { shared } from "../../theme/shared.ts"
import { checkLine } from "../notifications/check-line.ts"
import { dayChoice } from "../notifications/day-choice.ts"
import { notificationsStyles } from "../notifications/notifications-styles.ts"
import { sendOne } from "../notifications/policy-form.ts"
import { exceptions } from "../notifications/quiet-exceptions.ts"
import {
  blank,
  blankLayer,
  blankOverride,
  bodyOf,
  filledWith,
  type HolidayForm,
  type LayerForm,
  type OverrideForm,
  PATHS,
  type ScheduleBody,
  type ScheduleForm,
  withSchedule,
} from "./schedule-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-combobox.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"
import "./ispvm-layer-form.ts"
import "./ispvm-on-call-calendar.ts"

const strings = pageTexts.onCall.form
const quiet = pageTexts.policyForm
const MAX_LAYERS = 10
const PREVIEW_MS = 400
const zones = (): readonly string[] => Intl.supportedValuesOf("timeZone")

/** A new schedule, or the change of one; all are saved together. Emits `saved`, `dismiss` and `reload`. */
@customElement("ispvm-schedule-form")
export class IspvmScheduleForm extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** Null: a new one. */
  @property({ attribute: false }) schedule: Schedule | null = null
  @property({ attribute: false }) stored: Schedules | null = null
  /** All schedules as they were when the form was opened: what others change since is not lost. */
  #base: Pick<Schedules, "version" | "schedules"> = { version: 0, schedules: [] }
  #isReloading = false
  #previewed = ""
  readonly #form = new FormController<ScheduleForm, ScheduleBody>(this, {
    initial: blank(strings.defaultLayer, nowMs()),
    body: bodyOf,
    schema: (schemas) => schemas.Schedule,
    paths: PATHS,
  })
  readonly #preview = new RequestController<OnCallCalendar | null>(this, {
    key: () => [],
    load: async () => {
      const { deps } = this
      const body = bodyOf(this.#form.filled)
      const isComplete = body.layers.every(({ people }) => people.length > 0)
      if (deps === null || !isComplete) return null
      // A name is no matter here, and may still be missing.
      const schedule = { ...body, name: body.name === "" ? strings.addHeading : body.name }
      return await deps.api.previewSchedule({ schedule })
    },
    keepsValue: () => true,
  })

  static override styles = [
    shared,
    form,
    notificationsStyles,
    css`
      .line-form {
        --columns: repeat(3, minmax(0, 1fr));
      }
      .two {
        --columns: repeat(2, minmax(0, 1fr));
      }
      .preview {
        padding-block-start: var(--space-4);
        border-block-start: var(--line);
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.stored !== null) this.#base = this.stored
    this.#reset()
  }
  #reset(): void {
    const { schedule } = this
    this.#form.reset(
      schedule === null ? blank(strings.defaultLayer, nowMs()) : filledWith(schedule, nowMs()),
    )
  }

  /** What was loaded again is what the form begins from; a new schedule keeps what is filled in. */
  override willUpdate(): void {
    if (!this.#isReloading || this.stored === null || this.stored.version === this.#base.version)
      return
    this.#isReloading = false
    this.#base = this.stored
    if (this.schedule === null) this.#form.reset(this.#form.filled)
    else this.#reset()
  }
  override updated(): void {
    const now = JSON.stringify({ ...this.#form.filled, name: "" })
    if (now === this.#previewed) return
    this.#previewed = now
    this.#preview.reloadIn(PREVIEW_MS)
  }

  /** The form that somebody opens takes the focus. */
  override firstUpdated(): void {
    const first = this.renderRoot.querySelector("ispvm-field")
    void first?.updateComplete.then(() => first.focus())
  }

  override render() {
    const form = this.#form
    const { timeZone } = form.filled
    return html`<form novalidate @submit=${this.#onSubmit}>
      <h3>${this.schedule === null ? strings.addHeading : strings.editHeading(this.schedule.name)}</h3>
      ${form.rejection?.code === "changed-meanwhile" ? this.#changedMeanwhile() : form.errors()}
      <div class="fields">
        ${form.field("name", { label: strings.name, hint: strings.nameHint })}
        <ispvm-combobox
          label=${strings.timeZone}
          hint=${strings.timeZoneHint}
          .value=${timeZone}
          error=${form.error("timeZone")}
          .choices=${[...new Set([timeZone, ...zones()])].map((zone) => ({ value: zone, label: zone }))}
          @change-value=${(event: CustomEvent<string>) => form.set({ timeZone: event.detail })}
        ></ispvm-combobox>
      </div>
      ${this.#layers()} ${this.#overrides()} ${this.#holidays()} ${this.#quiet()}
      <div class="preview stack-2" role="group" aria-label=${strings.preview}>
        <span class="label">${strings.preview}</span>${this.#previewed === "" ? nothing : this.#shown()}
      </div>
      <div class="cluster">
        <ispvm-button type="submit" kind="primary" ?busy=${form.isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => emit(this, "dismiss", null)}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  #shown() {
    const missing = html`<p class="muted">${strings.previewFailed}</p>`
    const people = this.stored?.people ?? []
    const names = new Map(people.map(({ id, name }) => [id, name]))
    return this.#preview.render({
      loading: () => nothing,
      failed: () => missing,
      ready: (calendar) =>
        calendar === null
          ? missing
          : html`<ispvm-on-call-calendar .schedule=${bodyOf(this.#form.filled)} .calendar=${calendar} .names=${names}></ispvm-on-call-calendar>`,
    })
  }

  #changedMeanwhile() {
    return html`<div class="form-error with-icon" role="alert">
      <span class="grow">${pageTexts.onCall.changedMeanwhile}</span>
      <ispvm-button icon="rotate-cw" @click=${this.#onReload}>${pageTexts.onCall.loadAgain}</ispvm-button>
    </div>`
  }

  #layers() {
    const form = this.#form
    const { layers, holidays } = form.filled
    const set = (changed: readonly LayerForm[]) => form.set({ layers: changed })
    return html`<fieldset>
      <legend>${strings.layers}</legend>
      <p class="caption">${strings.layersHint}</p>
      ${layers.map(
        (layer, index) => html`<ispvm-layer-form
          .layer=${layer}
          .index=${index}
          .people=${this.stored?.people ?? []}
          ?only=${layers.length === 1}
          ?has-holidays=${holidays.length > 0}
          .errorAt=${(path: string) => form.errorAt(path)}
          @change-layer=${(event: CustomEvent<Partial<LayerForm>>) => set(layers.with(index, { ...layer, ...event.detail }))}
          @remove-layer=${() => set(layers.toSpliced(index, 1))}
        ></ispvm-layer-form>`,
      )}
      ${layers.length < MAX_LAYERS ? this.#more(strings.addLayer, () => set([...layers, blankLayer("", nowMs())])) : nothing}
    </fieldset>`
  }

  #overrides() {
    const form = this.#form
    const { overrides, timeZone } = form.filled
    const set = (changed: readonly OverrideForm[]) => form.set({ overrides: changed })
    const people = [
      { value: "", label: strings.choosePerson },
      ...(this.stored?.people ?? []).map(({ id, name }) => ({ value: id, label: name })),
    ]
    return html`<fieldset>
      <legend>${strings.overrides}</legend>
      <p class="caption">${strings.overridesHint}</p>
      ${overrides.map((each, index) => {
        const change = (changes: Partial<OverrideForm>) =>
          set(overrides.with(index, { ...each, ...changes }))
        const error = (field: string) => form.errorAt(`overrides.${index}.${field}`)
        // That the end is later than the beginning is wrong of the override as a whole.
        const found = form.errorAt(`overrides.${index}`)
        const whole = found === error("person") || found === error("fromMs") ? "" : found
        return html`<div class="line-form" role="group" aria-label=${strings.override(index + 1)}>
          <ispvm-select label=${strings.person} .value=${each.person} .choices=${people} error=${error("person")} @change-value=${(event: CustomEvent<string>) => change({ person: event.detail })}></ispvm-select>
          <ispvm-field label=${strings.begins} type="datetime-local" .value=${each.from} error=${error("fromMs")} @change-value=${(event: CustomEvent<string>) => change({ from: event.detail })}></ispvm-field>
          <ispvm-field label=${strings.ends} type="datetime-local" .value=${each.to} error=${error("toMs") === "" ? whole : error("toMs")} @change-value=${(event: CustomEvent<string>) => change({ to: event.detail })}></ispvm-field>
          <ispvm-button kind="quiet" icon="trash-2" label=${strings.removeOverride(index + 1)} @click=${() => set(overrides.toSpliced(index, 1))}></ispvm-button>
        </div>`
      })}
      ${this.#more(strings.addOverride, () => set([...overrides, blankOverride(timeZone, nowMs())]))}
    </fieldset>`
  }

  #holidays() {
    const form = this.#form
    const { holidays } = form.filled
    const set = (changed: readonly HolidayForm[]) => form.set({ holidays: changed })
    return html`<fieldset>
      <legend>${strings.holidays}</legend>
      <p class="caption">${strings.holidaysHint}</p>
      ${holidays.map((each, index) => {
        const change = (changes: Partial<HolidayForm>) =>
          set(holidays.with(index, { ...each, ...changes }))
        const error = (field: string) => form.errorAt(`holidays.${index}.${field}`)
        return html`<div class="line-form two" role="group" aria-label=${strings.holiday(index + 1)}>
          <ispvm-field label=${strings.date} type="date" .value=${each.date} error=${error("date")} @change-value=${(event: CustomEvent<string>) => change({ date: event.detail })}></ispvm-field>
          <ispvm-field label=${strings.holidayName} .value=${each.name} error=${error("name")} @change-value=${(event: CustomEvent<string>) => change({ name: event.detail })}></ispvm-field>
          <ispvm-button kind="quiet" icon="trash-2" label=${strings.removeHoliday(index + 1)} @click=${() => set(holidays.toSpliced(index, 1))}></ispvm-button>
        </div>`
      })}
      ${this.#more(strings.addHoliday, () => set([...holidays, { date: "", name: "" }]))}
    </fieldset>`
  }

  #quiet() {
    const form = this.#form
    const { isQuiet, quietDays } = form.filled
    return html`<fieldset>
      <legend>${strings.quietTitle}</legend>
      ${checkLine(strings.isQuiet, isQuiet, (value) => form.set({ isQuiet: value }))}
      ${
        isQuiet
          ? html`<div class="fields">
              ${form.field("quietFrom", { label: quiet.quietFrom, hint: quiet.timeHint })}
              ${form.field("quietTo", { label: quiet.quietTo, hint: quiet.timeHint })}
              ${dayChoice(quiet.quietDays, quietDays, (days) => form.set({ quietDays: days }), form.error("quietDays"))}
              ${form.select("exceptFrom", { label: quiet.exceptFrom, choices: exceptions() })}
            </div>`
          : nothing
      }
    </fieldset>`
  }

  #more(label: string, add: () => void) {
    return html`<div><ispvm-button kind="quiet" icon="plus" @click=${add}>${label}</ispvm-button></div>`
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
      const { schedules, index } = withSchedule(this.#base.schedules, body)
      return sendOne("schedules", index, deps.api.changeSchedules({ version, schedules }))
    })
    if (done === null) return
    deps.toast({ tone: "done", text: pageTexts.onCall.saved(this.#form.filled.name) })
    emit(this, "saved", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-schedule-form": IspvmScheduleForm
  }
}
