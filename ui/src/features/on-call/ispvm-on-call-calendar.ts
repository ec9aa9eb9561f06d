import type { OnCallCalendar, Schedule } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { nowMs } from "../../components/now.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { shared } from "../../theme/shared.ts"
import { type DayRow, dayIn, type Part, peopleOf, rowsOf, spanIn } from "./calendar.ts"

const strings = pageTexts.onCall
const COLOURS = 6
const TICKS = [0, 6, 12, 18, 24]
const percent = (ratio: number): string => `${(ratio * 100).toFixed(3)}%`

/** Fourteen days, each a line from midnight to midnight of the schedule's time zone. */
@customElement("ispvm-on-call-calendar")
export class IspvmOnCallCalendar extends LitElement {
  @property({ attribute: false }) schedule: Schedule | null = null
  @property({ attribute: false }) calendar: OnCallCalendar | null = null
  /** By account. */
  @property({ attribute: false }) names: ReadonlyMap<string, string> = new Map()

  static override styles = [
    shared,
    css`
      .weeks {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-3) var(--space-6);
      }
      .line {
        display: grid;
        grid-template-columns: var(--size-24) minmax(0, 1fr);
        gap: var(--space-2);
        align-items: center;
      }
      .hours {
        display: flex;
        justify-content: space-between;
        font-size: var(--type-tiny);
        color: var(--text-3);
      }
      .bar {
        position: relative;
        block-size: var(--space-6);
        border-radius: var(--radius-small);
        background: var(--surface-2);
        overflow: hidden;
      }
      .part {
        position: absolute;
        inset-block: 0;
        display: flex;
        align-items: center;
        padding-inline: var(--space-1-5);
        background: color-mix(in srgb, var(--colour) 20%, transparent);
        color: var(--text);
        font-size: var(--type-small);
      }
      .begins {
        border-inline-start: var(--line-heavy) solid var(--colour);
      }
      .short {
        padding: 0;
        background: var(--colour);
      }
      .gap {
        --colour: var(--status-degraded);
        border-inline-start-style: dashed;
        color: var(--status-degraded-text);
      }
      .now {
        position: absolute;
        inset-block: 0;
        inline-size: var(--line-thick);
        background: var(--focus);
      }
      .c0 {
        --colour: var(--chart-1);
      }
      .c1 {
        --colour: var(--chart-2);
      }
      .c2 {
        --colour: var(--chart-3);
      }
      .c3 {
        --colour: var(--chart-4);
      }
      .c4 {
        --colour: var(--chart-5);
      }
      .c5 {
        --colour: var(--chart-6);
      }
      @media (max-width: 900px) {
        .weeks {
          grid-template-columns: minmax(0, 1fr);
        }
        .second .hours-line {
          display: none;
        }
      }
    `,
  ]

  override render() {
    const { schedule, calendar } = this
    if (schedule === null || calendar === null) return nothing
    const rows = rowsOf(calendar, schedule, nowMs())
    const half = Math.ceil(rows.length / 2)
    const weeks = [rows.slice(0, half), rows.slice(half)]
    return html`<div class="weeks" role="group" aria-label=${strings.calendar(schedule.name)}>${weeks.map(
      (week, index) => html`<div class=${index === 0 ? "" : "second"}>
        <div class="line hours-line" aria-hidden="true"><span></span><span class="hours">${TICKS.map((hour) => html`<span>${hour}</span>`)}</span></div>
        <ol class="stack-1">${week.map((row) => this.#row(schedule, row))}</ol>
      </div>`,
    )}</div>`
  }

  #row(schedule: Schedule, row: DayRow) {
    const day = dayIn(row.fromMs, schedule.timeZone)
    const isToday = row.now !== null
    return html`<li class="line">
      <span class="small ${isToday ? "bold" : "soft"} ellipsis" aria-current=${isToday ? "date" : nothing} title=${row.holiday === null ? nothing : strings.holiday(row.holiday)}>${day}${row.holiday === null ? nothing : html`<span class="caption block ellipsis">${row.holiday}</span>`}</span>
      <span class="bar">${row.parts.map((part) => this.#part(schedule, part))}${row.now === null ? nothing : html`<span class="now" style="inset-inline-start:${percent(row.now)}"></span>`}</span>
    </li>`
  }

  #part(schedule: Schedule, { person, fromMs, toMs, start, length }: Part) {
    const name = person === null ? strings.nobody : (this.names.get(person) ?? strings.gone)
    const colour = person === null ? "gap" : `c${peopleOf(schedule).indexOf(person) % COLOURS}`
    const says = strings.part(name, spanIn(fromMs, toMs, schedule.timeZone))
    // Below two hours there is no room for a name.
    const isShort = length < 0.09
    const shape = `${isShort ? "short" : ""} ${start > 0 ? "begins" : ""}`
    return html`<span class="part ${colour} ${shape}" style="inset-inline-start:${percent(start)};inline-size:${percent(length)}" title=${says}>${isShort ? html`<span class="hidden-visually">${name}</span>` : html`<span class="ellipsis">${name}</span>`}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-on-call-calendar": IspvmOnCallCalendar
  }
}
