import type { Policy, Schedule, Schedules } from "@ispvm/appliance/api/notifications"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { nowMs } from "../../components/now.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { daysText } from "../notifications/policy-sentence.ts"
import { gapsOf, momentIn, nowAndNext, peopleOf, spanIn, timeIn } from "./calendar.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-icon.ts"
import "./ispvm-on-call-calendar.ts"
import "./ispvm-schedule-form.ts"

const strings = pageTexts.onCall
const MAX_GAPS = 3

/**
 * On-call schedules: who is on call now, the next 14 days, and what is wrong. Which one is changed
 * comes from the address; emits `change-query` to change that, and `reload` after a change.
 */
@customElement("ispvm-schedules")
export class IspvmSchedules extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) stored: Schedules | null = null
  @property({ attribute: false }) policies: readonly Policy[] = []
  @property() editing = ""
  @property({ type: Boolean }) adding = false
  @property({ type: Boolean, attribute: "read-only" }) isReadOnly = false
  @state() private removing: Schedule | null = null
  readonly #action = new ActionController<"remove">(this)

  static override styles = [shared, panel, stackHost]

  override render() {
    const { stored } = this
    if (stored === null) return nothing
    const isAdding = this.adding && !this.isReadOnly
    if (stored.schedules.length === 0) return isAdding ? this.#form(null) : this.#empty()
    return html`<p class="soft">${strings.lead}</p>
      ${isAdding ? this.#form(null) : nothing}
      ${repeat(
        stored.schedules,
        ({ id }) => id,
        (schedule) =>
          this.editing === schedule.id && !this.isReadOnly
            ? this.#form(schedule)
            : this.#card(stored, schedule),
      )}
      ${this.#removeDialog(stored)}`
  }

  #empty() {
    return html`<section class="panel"><ispvm-empty icon="calendar-clock" heading=${strings.emptyTitle} text=${strings.emptyText}>
      ${this.isReadOnly ? nothing : html`<ispvm-button kind="primary" icon="plus" @click=${() => emit(this, "change-query", { add: "1" })}>${strings.add}</ispvm-button>`}
    </ispvm-empty></section>`
  }

  #form(schedule: Schedule | null) {
    return html`<ispvm-schedule-form
      .deps=${this.deps}
      .schedule=${schedule}
      .stored=${this.stored}
      @saved=${this.#onSaved}
      @dismiss=${this.#closeForm}
    ></ispvm-schedule-form>`
  }

  #card(stored: Schedules, schedule: Schedule) {
    const { id, name, timeZone, quietHours } = schedule
    const calendar = stored.calendars[id]
    const names = new Map(stored.people.map((person) => [person.id, person.name]))
    const isUsed = this.policies.some(({ steps }) =>
      steps.some(({ schedules }) => schedules.includes(id)),
    )
    return html`<article class="panel" aria-label=${name}>
      <header>
        <ispvm-icon class="muted" name="calendar-clock"></ispvm-icon>
        <h2 class="wrap">${name}</h2>
        <span class="caption wide-only">${strings.zone(timeZone, timeIn(nowMs(), timeZone))}${isUsed ? nothing : html` · <span class="text-warn">${strings.unused}</span>`}</span>
        ${this.isReadOnly ? nothing : this.#acts(schedule)}
      </header>
      <div class="pad stack-4">
        ${calendar === undefined ? nothing : html`${this.#now(schedule, calendar, names)}${this.#warnings(stored, schedule, calendar)}<ispvm-on-call-calendar .schedule=${schedule} .calendar=${calendar} .names=${names}></ispvm-on-call-calendar>`}
        ${quietHours === null ? nothing : html`<p class="caption">${strings.quiet(quietHours.from, quietHours.to, daysText(quietHours.days))}</p>`}
      </div>
    </article>`
  }

  #now(
    { timeZone }: Schedule,
    calendar: Schedules["calendars"][string],
    names: ReadonlyMap<string, string>,
  ) {
    const { now, next } = nowAndNext(calendar, nowMs())
    const nameOf = (person: string | null): string =>
      person === null ? strings.nobody : (names.get(person) ?? strings.gone)
    const person = now?.person ?? null
    return html`<div class="stack-1">
      <span class="label">${strings.now}</span>
      <span class="who large with-icon ${person === null ? "text-warn" : "vivid"}"><ispvm-icon name=${person === null ? "triangle-alert" : "circle-user"} size="20"></ispvm-icon><strong class="wrap">${nameOf(person)}</strong></span>
      ${now === null || next === null ? nothing : html`<span class="caption">${strings.until(momentIn(now.toMs, timeZone))}, ${strings.next(nameOf(next.person))}</span>`}
    </div>`
  }

  #warnings(stored: Schedules, schedule: Schedule, calendar: Schedules["calendars"][string]) {
    const gaps = gapsOf(calendar, nowMs())
    const more = gaps.length - MAX_GAPS
    const shown = gaps
      .slice(0, MAX_GAPS)
      .map(({ fromMs, toMs }) => spanIn(fromMs, toMs, schedule.timeZone))
    const silent = peopleOf(schedule).flatMap((id) => {
      const person = stored.people.find((each) => each.id === id)
      return person?.channels === 0 ? [person.name] : []
    })
    return html`${
      gaps.length === 0
        ? nothing
        : html`<p class="text-warn with-icon" role="note"><ispvm-icon name="triangle-alert" size="14"></ispvm-icon><span class="wrap">${strings.gaps(gaps.length)}. ${strings.gapsTitle}: ${shown.join("; ")}${more > 0 ? `, ${strings.moreGaps(more)}` : ""}</span></p>`
    }
    ${
      silent.length === 0
        ? nothing
        : html`<p class="text-warn with-icon" role="note"><ispvm-icon name="bell-off" size="14"></ispvm-icon><span class="wrap">${strings.noChannel(silent.join(", "))} <a class="link emphasis" href=${paths.notifications}>${strings.setChannel}</a></span></p>`
    }`
  }

  #acts(schedule: Schedule) {
    const { id, name } = schedule
    return html`<span class="chips">
      <ispvm-button kind="quiet" icon="pencil" label=${strings.edit(name)} @click=${() => emit(this, "change-query", { schedule: id, add: "" })}></ispvm-button>
      <ispvm-button kind="quiet" icon="trash-2" label=${strings.remove(name)} @click=${() => this.#ask(schedule)}></ispvm-button>
    </span>`
  }

  #removeDialog(stored: Schedules) {
    const { removing } = this
    if (removing === null) return nothing
    const using = this.policies
      .filter(({ steps }) => steps.some(({ schedules }) => schedules.includes(removing.id)))
      .map(({ name }) => name)
    const { error, message } = this.#action
    const problem = error?.code === "changed-meanwhile" ? strings.changedMeanwhile : message
    return html`<ispvm-dialog open heading=${strings.removeHeading(removing.name)} @dismiss=${() => this.#ask(null)}>
      ${problem === "" ? nothing : html`<div class="form-error" role="alert">${problem}</div>`}
      <p>${using.length === 0 ? strings.removeText : strings.removeUsed(using.join(", "))}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#ask(null)}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#action.isBusy} @click=${() => void this.#remove(stored, removing)}>${strings.removeDo}</ispvm-button>
    </ispvm-dialog>`
  }

  #ask(schedule: Schedule | null): void {
    this.#action.clear()
    this.removing = schedule
  }
  readonly #closeForm = (): void => {
    emit(this, "change-query", { schedule: "", add: "" })
  }
  readonly #onSaved = (): void => {
    this.#closeForm()
    emit(this, "reload", null)
  }

  async #remove({ version, schedules }: Schedules, { id, name }: Schedule): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const others = schedules.filter((each) => each.id !== id)
    const done = await this.#action.run("remove", () =>
      deps.api.changeSchedules({ version, schedules: others }),
    )
    if (done === null) return
    deps.toast({ tone: "done", text: strings.removed(name) })
    this.removing = null
    emit(this, "reload", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-schedules": IspvmSchedules
  }
}
