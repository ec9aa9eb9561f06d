import type { MaintenanceDetail, MaintenanceWindow } from "@ispvm/appliance/api/maintenance"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { nowMs } from "../components/now.ts"
import {
  type Day,
  daysOf,
  dayText,
  rangeOf,
  readDay,
  step,
  type View,
} from "../features/maintenance/calendar.ts"
import { maintenanceStyles } from "../features/maintenance/maintenance-styles.ts"
import { scheduleText } from "../features/maintenance/schedule-text.ts"
import { dayHeading, monthHeading, planned } from "../i18n/format/time.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-status.ts"
import "../features/maintenance/ispvm-maintenance-form.ts"

const strings = t.maintenance
const RELOAD_MS = 300
/** Windows begin and end without a message. */
const POLL_INTERVAL_MS = 30_000
const MAX_IN_DAY = 4

/** Planned work: what is on, a calendar, and what each window held back. */
@customElement("ispvm-page-maintenance")
export class IspvmPageMaintenance extends Page {
  readonly #windows = new RequestController(this, {
    key: () => [this.#view, dayText(this.#at.getTime())] as const,
    load: async () => {
      const { from, to } = rangeOf(this.#view, this.#at)
      const query = { from: String(from.getTime()), to: String(to.getTime()) }
      return (await this.deps.api.maintenance(query)).items
    },
    everyMs: POLL_INTERVAL_MS,
    keepsValue: () => true,
  })
  readonly #detail = new RequestController(this, {
    key: () => {
      const id = this.query.get("window")
      return id === null ? null : ([id] as const)
    },
    load: ([id]) => this.deps.api.maintenanceWindow(id),
  })
  readonly #action = new ActionController(this)

  static override styles = [shared, panel, maintenanceStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    this.until(
      this.deps.live.on("inventory", ({ what }) => {
        if (what !== "maintenance") return
        this.#windows.reloadIn(RELOAD_MS)
        this.#detail.reloadIn(RELOAD_MS)
      }),
    )
  }

  get #view(): View {
    return this.query.get("view") === "week" ? "week" : "month"
  }
  get #at(): Date {
    return readDay(this.query.get("day"), nowMs())
  }
  get #canWrite(): boolean {
    return this.deps.session.can("maintenance:write")
  }

  override render() {
    return html`<div class="page">
      <div class="with-icon">
        <h1>${strings.title}</h1>
        ${this.#canWrite ? html`<ispvm-button class="push-end" kind="primary" icon="plus" @click=${() => this.setQuery({ edit: "new" })}>${strings.plan}</ispvm-button>` : nothing}
      </div>
      <p class="soft">${strings.lead}</p>
      ${this.#windows.render({
        loading: () =>
          html`<section class="panel pad"><ispvm-skeleton lines="8"></ispvm-skeleton></section>`,
        failed: (error) =>
          html`<section class="panel"><ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#windows.reload}></ispvm-failed></section>`,
        ready: (windows) => this.#ready(windows),
      })}
    </div>`
  }

  #ready(windows: readonly MaintenanceWindow[]) {
    const { state } = this.#windows
    return html`${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#windows.reload}></ispvm-stale>` : nothing}
      ${this.#edit(windows)}
      ${windows.length === 0 && this.query.get("edit") === null ? html`<section class="panel"><ispvm-empty icon="wrench" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty></section>` : nothing}
      ${windows.some(({ now }) => now !== null) ? this.#now(windows) : nothing}
      ${this.#calendar(windows)}
      ${windows.length === 0 ? nothing : this.#list(windows)}`
  }

  #edit(windows: readonly MaintenanceWindow[]) {
    const id = this.query.get("edit")
    if (id === null || !this.#canWrite) return nothing
    const window = windows.find((each) => each.id === id) ?? null
    const target = this.query.get("target")
    const done = (): void => {
      this.setQuery({ edit: "", target: "" })
      void this.#windows.reload()
    }
    return html`<section class="panel" aria-labelledby="edit">
      <header><h2 id="edit">${window === null ? strings.form.heading : strings.form.headingEdit}</h2></header>
      <div class="pad"><ispvm-maintenance-form .deps=${this.deps} .window=${window} .targets=${target === null ? [] : [target]} @saved=${done} @dismiss=${done}></ispvm-maintenance-form></div>
    </section>`
  }

  #now(windows: readonly MaintenanceWindow[]) {
    return html`<section class="panel" aria-labelledby="now">
      <header><h2 id="now">${strings.now}</h2></header>
      <ul class="lined-rows">${windows
        .filter(({ now }) => now !== null)
        .map(
          (window) => html`<li class="row">
            <ispvm-status compact status="maintenance"></ispvm-status>
            <div class="grow wrap"><strong>${window.name}</strong> ${strings.until(planned(window.now?.untilMs ?? 0, nowMs()))}<div class="caption">${targetsText(window)}</div></div>
            ${this.#held(window)}
            ${this.#canWrite ? html`<ispvm-button ?busy=${this.#action.running === window.id} @click=${() => void this.#end(window.id)}>${strings.end}</ispvm-button>` : nothing}
          </li>`,
        )}</ul>
    </section>`
  }

  #calendar(windows: readonly MaintenanceWindow[]) {
    const view = this.#view
    const at = this.#at
    const days = daysOf(view, at, windows, nowMs())
    const go = (to: Date) => this.setQuery({ day: dayText(to.getTime()) })
    return html`<section class="panel" aria-labelledby="calendar">
      <header>
        <h2 id="calendar">${monthHeading(at.getTime())}</h2>
        <div class="cluster push-end">
          <ispvm-chip ?active=${view === "month"} @click=${() => this.setQuery({ view: "" })}>${strings.month}</ispvm-chip>
          <ispvm-chip ?active=${view === "week"} @click=${() => this.setQuery({ view: "week" })}>${strings.week}</ispvm-chip>
          <ispvm-button kind="quiet" icon="chevron-left" label=${strings.earlier} @click=${() => go(step(view, at, -1))}></ispvm-button>
          <ispvm-button kind="quiet" @click=${() => this.setQuery({ day: "" })}>${strings.today}</ispvm-button>
          <ispvm-button kind="quiet" icon="chevron-right" label=${strings.later} @click=${() => go(step(view, at, 1))}></ispvm-button>
        </div>
      </header>
      ${days.every(({ entries }) => entries.length === 0) ? html`<p class="pad muted">${strings.nothingThen}</p>` : nothing}
      <ol class="days">${days.map((day) => this.#day(day))}</ol>
    </section>`
  }

  #day({ atMs, isInside, isToday, entries }: Day) {
    return html`<li class="day ${entries.length === 0 ? "without" : ""}">
      <span class="small ${isToday ? "bold" : isInside ? "soft" : "muted"}" aria-current=${isToday ? "date" : nothing}>${dayHeading(atMs)}</span>
      ${entries
        .slice(0, MAX_IN_DAY)
        .map(
          ({ window, fromMs }) =>
            html`<a class="entry wrap" href=${paths.maintenanceBy({ window: window.id })}>${planned(fromMs, fromMs)} ${window.name}</a>`,
        )}
      ${entries.length > MAX_IN_DAY ? html`<span class="caption">${strings.more(entries.length - MAX_IN_DAY)}</span>` : nothing}
    </li>`
  }

  #list(windows: readonly MaintenanceWindow[]) {
    const chosen = this.query.get("window")
    return html`<section class="panel" aria-labelledby="windows">
      <header><h2 id="windows">${strings.windows}</h2></header>
      <ul class="lined-rows">${windows.map(
        (window) => html`<li class="row ${window.id === chosen ? "chosen" : ""}">
          <div class="grow wrap">
            <strong>${window.name}</strong>
            <div class="caption">${targetsText(window)}</div>
            <div class="caption">${scheduleText(window)} · ${strings.by(window.createdBy)}</div>
            ${window.note === "" ? nothing : html`<p>${window.note}</p>`}
          </div>
          ${this.#held(window)}
          ${this.#canWrite ? html`<ispvm-button icon="pencil" @click=${() => this.setQuery({ edit: window.id })}>${strings.edit}<span class="hidden-visually"> ${window.name}</span></ispvm-button>` : nothing}
          ${window.id === chosen ? this.#heldList() : nothing}
        </li>`,
      )}</ul>
    </section>`
  }

  #held({ id, heldBack }: MaintenanceWindow) {
    return heldBack === 0
      ? nothing
      : html`<a class="link emphasis" href=${paths.maintenanceBy({ window: id })}>${strings.heldBack(heldBack)}</a>`
  }

  #heldList() {
    return this.#detail.render({
      loading: () => html`<ispvm-skeleton lines="2"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#detail.reload}></ispvm-failed>`,
      ready: ({ incidents }: MaintenanceDetail) =>
        html`<div class="grow">
          <h3 class="label">${strings.heldBackTitle}</h3>
          ${
            incidents.length === 0
              ? html`<p class="muted">${strings.heldBackNone}</p>`
              : html`<ul>${incidents.map(({ id, number, title }) => html`<li class="prose"><a href=${paths.incident(id)}>#${number} ${messageText(title)}</a></li>`)}</ul>`
          }
        </div>`,
    })
  }

  async #end(id: string): Promise<void> {
    const done = await this.#action.run(id, () => this.deps.api.endMaintenance(id))
    if (done !== null) this.deps.toast({ tone: "done", text: strings.ended })
    else if (this.#action.error !== null)
      this.deps.toast({ tone: "failed", text: this.#action.message })
    await this.#windows.reload()
  }
}

const targetsText = ({ targets, withDependents }: MaintenanceWindow): string => {
  const names = targets
    .map(({ kind, name }) =>
      name === null
        ? strings.gone
        : kind === "tag" || kind === "region"
          ? strings[kind](name)
          : name,
    )
    .join(", ")
  return withDependents ? `${names} · ${strings.withDependents}` : names
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-maintenance": IspvmPageMaintenance
  }
}
