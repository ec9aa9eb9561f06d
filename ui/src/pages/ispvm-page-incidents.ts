import type { Incident, Symptom } from "@ispvm/appliance/api/incidents"
import { html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { ApiError } from "../api/problem.ts"
import { paths } from "../app/paths.ts"
import { isTyping } from "../components/keys.ts"
import {
  countsOf,
  type Group,
  groupsOf,
  neighbour,
  newIncidents,
  readState,
  STATES,
} from "../features/incidents/groups.ts"
import { impactOf } from "../features/incidents/impact.ts"
import { incidentsStyles } from "../features/incidents/incidents-styles.ts"
import { duration } from "../i18n/format/time.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { shownConfidence } from "../state/confidence-level.ts"
import { severityOf } from "../state/severity.ts"
import { StoreController } from "../state/store-controller.ts"
import { columnHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-confidence.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-time.ts"
import "../features/incident/ispvm-symptoms.ts"

const strings = t.incidents
const OLDER_AT_ONCE = 100

/** What broke, newest first, in three groups. New ones come by themselves, but never under the reader's eyes. */
@customElement("ispvm-page-incidents")
export class IspvmPageIncidents extends Page {
  /** Closed ones from before those the store keeps at hand. */
  @state() private older: readonly Incident[] = []
  @state() private hasOlder = true
  @state() private expanded: ReadonlyMap<string, readonly Symptom[] | null> = new Map()
  @state() private deferred: ReadonlySet<string> = new Set()
  @state() private busy = ""
  @query(".list") private list: HTMLElement | null | undefined
  #known: ReadonlySet<string> = new Set()

  static override styles = [shared, columnHost, incidentsStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.incidents, this.deps.session])
  }

  protected override opened(): void {
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
    // What is unfolded is as live as the row it hangs under.
    this.until(
      this.deps.live.on("incident", (incident) => {
        if (this.expanded.has(incident.id)) void this.#loadSymptoms(incident.id)
      }),
    )
  }

  override willUpdate(): void {
    const all = this.deps.incidents.value.all
    if (this.list && this.list.scrollTop > 8)
      this.deferred = newIncidents(all.values(), this.#known)
    else this.#showAll()
  }

  override render() {
    const { phase, error } = this.deps.incidents.value
    const all = this.#all()
    if (phase === "loading" && all.size === 0)
      return html`<ispvm-skeleton lines="10"></ispvm-skeleton>`
    if (phase === "failed")
      return html`<ispvm-failed heading=${strings.failed} why=${error?.message ?? ""} @retry=${() => void this.deps.incidents.reload()}></ispvm-failed>`
    if (all.size === 0)
      return html`<ispvm-empty icon="siren" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty>`
    return html`<h1 class="hidden-visually">${t.shell.incidents}</h1>
      ${this.#tools(all)}
      <div class="list" @scroll=${this.#onScroll}>
        ${this.#news()} ${groupsOf(all.values(), readState(this.query), this.deferred).map((group) => this.#group(group))}
        ${this.#olderButton()}
      </div>`
  }

  #all(): ReadonlyMap<string, Incident> {
    return new Map([
      ...this.older.map((each): [string, Incident] => [each.id, each]),
      ...this.deps.incidents.value.all,
    ])
  }

  #tools(all: ReadonlyMap<string, Incident>) {
    const counts = countsOf(all.values())
    const only = readState(this.query)
    return html`<div class="tools" role="group" aria-label=${strings.filter}>
      <ispvm-chip ?active=${only === null} @click=${() => this.setQuery({ state: "" })}>${strings.all}</ispvm-chip>
      ${STATES.map((state) => html`<ispvm-chip ?active=${only === state} count=${counts[state]} @click=${() => this.setQuery({ state: only === state ? "" : state })}>${strings.state[state]}</ispvm-chip>`)}
    </div>`
  }

  #news() {
    const n = this.deferred.size
    return html`<div class="news" role="status">
      ${n === 0 ? nothing : html`<button type="button" @click=${this.#onNews}>${strings.newOnes(n)}</button>`}
    </div>`
  }

  #group({ state, items }: Group) {
    return html`<section aria-labelledby=${state}>
      <h2 id=${state}>${strings.state[state]}<small>${items.length === 0 ? nothing : items.length}</small></h2>
      ${
        items.length === 0
          ? html`<p class="muted pad-block">${strings.noneOf[state]}</p>`
          : html`<ul class="rows lined-rows">
              ${repeat(
                items,
                (incident) => incident.id,
                (incident) => this.#row(incident),
              )}
            </ul>`
      }
    </section>`
  }

  #row(incident: Incident) {
    const selected = this.query.get("incident") === incident.id
    const symptoms = this.expanded.get(incident.id)
    const severity = severityOf(incident)
    const expanded = this.expanded.has(incident.id)
    const isOpen = incident.state === "open"
    const tone = isOpen ? "plain" : "soft"
    return html`<li id=${`row-${incident.id}`} class="${isOpen ? `tint-${severity}` : ""} ${selected ? "selected" : ""}" aria-current=${selected ? "true" : nothing}>
      <div class="row" @click=${(event: Event) => this.#onRow(event, incident)}>
        <span class="mark ${isOpen ? "breathe slowly" : ""}"><ispvm-status compact status=${severity} word=${strings.state[incident.state]}></ispvm-status></span>
        <div class="what">
          <a class="title wrap ${incident.state === "closed" ? "calm" : "bold"}" href=${paths.incident(incident.id)}>${messageText(incident.title)}</a>
          ${sub(incident)}
        </div>
        <span class="impact ${tone}">${impactOf(incident)}</span>
        <button class="fold hover-fill" type="button" aria-expanded=${expanded ? "true" : "false"} @click=${() => this.#onToggle(incident.id)}>
          ${strings.symptoms(incident.symptoms)}<ispvm-icon name=${expanded ? "chevron-down" : "chevron-right"} size="14"></ispvm-icon>
        </button>
        <span class="since ${tone}">${when(incident)}</span>
        <span class="act">${this.#acknowledgeButton(incident)}</span>
      </div>
      ${expanded ? html`<div class="symptoms">${symptoms == null ? html`<ispvm-skeleton shape="text" lines="2"></ispvm-skeleton>` : html`<ispvm-symptoms .symptoms=${symptoms}></ispvm-symptoms>`}</div>` : nothing}
    </li>`
  }

  #acknowledgeButton(incident: Incident) {
    if (incident.state !== "open" || !this.deps.session.can("incidents:act")) return nothing
    return html`<ispvm-button icon="check" ?busy=${this.busy === incident.id} @click=${() => void this.#acknowledge(incident)}>${strings.acknowledge}</ispvm-button>`
  }

  #olderButton() {
    const only = readState(this.query)
    const oldestNumber = Math.min(...[...this.#all().values()].map((incident) => incident.number))
    if (!this.hasOlder || oldestNumber <= 1 || (only !== null && only !== "closed")) return nothing
    return html`<div class="older"><ispvm-button kind="quiet" ?busy=${this.busy === "older"} @click=${() => void this.#loadOlder(oldestNumber)}>${strings.older}</ispvm-button></div>`
  }

  #ids(): readonly string[] {
    return groupsOf(this.#all().values(), readState(this.query), this.deferred).flatMap((group) =>
      group.items.map((each) => each.id),
    )
  }

  #showAll(): void {
    this.#known = new Set(this.deps.incidents.value.all.keys())
    if (this.deferred.size > 0) this.deferred = new Set()
  }

  async #acknowledge(incident: Incident): Promise<void> {
    if (this.busy !== "") return
    await this.#do(incident.id, async () => {
      await this.deps.api.acknowledge(incident.id, "")
      this.deps.toast({
        tone: "done",
        text: strings.acknowledged(messageText(incident.title)),
        href: paths.incident(incident.id),
      })
    })
  }

  async #loadOlder(before: number): Promise<void> {
    await this.#do("older", async () => {
      const answer = await this.deps.api.incidents({
        state: "closed",
        before: String(before),
        limit: OLDER_AT_ONCE,
      })
      this.older = [...this.older, ...answer.items]
      this.hasOlder = answer.next !== null
    })
  }

  async #loadSymptoms(id: string): Promise<void> {
    try {
      const { symptomList } = await this.deps.api.incident(id)
      if (this.expanded.has(id)) this.expanded = new Map(this.expanded).set(id, symptomList)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.deps.toast({ tone: "failed", text: error.message })
    }
  }

  async #do(what: string, work: () => Promise<void>): Promise<void> {
    this.busy = what
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.deps.toast({ tone: "failed", text: error.message })
    } finally {
      this.busy = ""
    }
  }

  /** The focus goes along, so that Enter opens what is chosen wherever one clicked before. */
  #reveal(id: string): void {
    const row = this.renderRoot.querySelector(`#row-${CSS.escape(id)}`)
    row?.scrollIntoView({ block: "nearest" })
    row?.querySelector<HTMLElement>("a.title")?.focus({ preventScroll: true })
  }

  readonly #onScroll = (): void => {
    // Back at the top there is no reading position to keep.
    if (this.deferred.size > 0 && this.list && this.list.scrollTop <= 8) this.#showAll()
  }
  readonly #onNews = (): void => {
    if (this.list) this.list.scrollTop = 0
    this.#showAll()
  }
  #onRow(event: Event, incident: Incident): void {
    const inner = event
      .composedPath()
      .some((each) => each instanceof HTMLAnchorElement || each instanceof HTMLButtonElement)
    if (!inner) this.deps.go(paths.incident(incident.id))
  }
  #onToggle(id: string): void {
    const next = new Map(this.expanded)
    if (!next.delete(id)) {
      next.set(id, null)
      void this.#loadSymptoms(id)
    }
    this.expanded = next
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
      return
    const selected = this.#all().get(this.query.get("incident") ?? "")
    if (event.key === "j" || event.key === "k") {
      const next = neighbour(this.#ids(), selected?.id ?? null, event.key === "j" ? 1 : -1)
      if (next === null) return
      event.preventDefault()
      this.setQuery({ incident: next })
      void this.updateComplete.then(() => this.#reveal(next))
    }
    if (selected === undefined) return
    if (event.key === "Enter" && event.composedPath()[0] === document.body)
      this.deps.go(paths.incident(selected.id))
    if (event.key === "a" && selected.state === "open" && this.deps.session.can("incidents:act"))
      void this.#acknowledge(selected)
  }
}

/** The title names the first alternative itself; a longer list is told here, with how sure we are where we are not, and who has taken it. */
const sub = (incident: Incident) => {
  const others = incident.alternatives.length < 2 ? [] : incident.alternatives.slice(0, 6)
  const lowConfidence = shownConfidence(incident)
  if (others.length === 0 && incident.acknowledgedBy === null && lowConfidence === null)
    return nothing
  return html`<div class="sub">
    ${lowConfidence === null ? nothing : html`<ispvm-confidence compact .value=${lowConfidence}></ispvm-confidence>`}
    ${incident.acknowledgedBy === null ? nothing : html`<span>${strings.by(incident.acknowledgedBy)}</span>`}
    ${others.length === 0 ? nothing : html`<span>${strings.couldAlso} ${others.map((each) => each.name).join(", ")}</span>`}
  </div>`
}

const when = (incident: Incident) =>
  incident.closedAtMs === null
    ? html`<ispvm-time since at=${incident.openedAtMs}></ispvm-time>`
    : html`<ispvm-time at=${incident.closedAtMs}></ispvm-time><br /><span class="muted">${strings.lasted(duration(incident.closedAtMs - incident.openedAtMs))}</span>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-incidents": IspvmPageIncidents
  }
}
