import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import { html, nothing, type PropertyValues } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import { clock, duration } from "../../format/time.ts"
import { isTyping } from "../../parts/keys.ts"
import { nowMs } from "../../parts/now.ts"
import { paths } from "../../paths.ts"
import { isPage } from "../../routes.ts"
import { severityOf } from "../../state/severity.ts"
import type { Loaded } from "../../state/store.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import { impactOf } from "../incidents/impact.ts"
import { Page } from "../page.ts"
import { incidentStyles } from "./incident-styles.ts"
import type { IspvmIncidentActions } from "./ispvm-incident-actions.ts"
import { linkedText, type Names, NO_NAMES, namesIn } from "./linked-text.ts"
import { nextSteps } from "./next-step.ts"
import { timelineItems } from "./timeline-items.ts"
import { isAwaited } from "./verdict.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-skeleton.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"
import "../../parts/ispvm-timeline.ts"
import "./ispvm-blast.ts"
import "./ispvm-cause-history.ts"
import "./ispvm-evidence.ts"
import "./ispvm-explanations.ts"
import "./ispvm-incident-actions.ts"
import "./ispvm-rechecks.ts"
import "./ispvm-symptoms.ts"
import "./ispvm-verdict.ts"

const words = t.incidents
const { causes } = t
/** A storm tells of an incident many times a second: it is read again once the words settle. */
const GATHER_MS = 200
/** What could not be read is asked for again by itself. */
const RETRY_MS = 3_000

/** One incident: what broke and why we think so, who feels it, what tells us, and what happened since. */
@customElement("ispvm-page-incident")
export class IspvmPageIncident extends Page {
  @state() private detail: Loaded<IncidentDetail> = { phase: "loading" }
  /** The last reading failed: what stands on screen is from before. */
  @state() private isMissed = false
  /** The thing that is pointed at: it lights up wherever it stands. */
  @state() private hot = ""
  #names: Names = NO_NAMES
  #namedIn = ""
  @query("ispvm-incident-actions") private actions: IspvmIncidentActions | null | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [shared, panel, incidentStyles]

  constructor() {
    super()
    new Watch(this, () => [this.deps.fleet, this.deps.session, this.deps.live.state])
  }

  protected override opened(): void {
    void this.#load()
    const soon = (): void => this.#loadIn(GATHER_MS)
    this.until(() => clearTimeout(this.#timer))
    this.until(
      this.deps.live.on("incident", (incident) => {
        if (incident.id === this.params.id) soon()
      }),
    )
    this.until(
      this.deps.live.on("hello", (hello) => {
        if (!hello.resumed) soon()
      }),
    )
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
  }

  override willUpdate(changed: PropertyValues): void {
    // The names change with the incident, and once the fleet is known; what the fleet does meanwhile is of no account.
    const { value: fleet } = this.deps.fleet
    if (this.detail.phase !== "ready" || (!changed.has("detail") && fleet.phase === this.#namedIn)) return
    this.#names = namesIn(fleet, this.detail.value)
    this.#namedIn = fleet.phase
  }

  override render() {
    if (this.detail.phase === "loading") return skeleton
    if (this.detail.phase === "failed") return this.#failed(this.detail.error)
    const { value: incident, atMs } = this.detail
    document.title = `${incident.title} · ${t.terms.product}`
    const isStale = this.isMissed || this.deps.live.state.value.phase === "lost"
    return html`<div class="page" @point=${this.#onPoint} @draw=${this.#onDraw} @go=${this.#onGo}>
      ${this.#head(incident)}
      ${isStale ? html`<p class="stale" role="status"><ispvm-icon name="clock"></ispvm-icon>${causes.stale(clock(atMs))}</p>` : nothing}
      <div class="cols">
        ${this.#cause(incident)} ${this.#explanations(incident)}
        <div class="stack">
          ${this.#picture(incident)} ${this.#evidence(incident)} ${this.#rechecks(incident, isStale)} ${this.#history(incident)} ${timeline(incident, this.#names)}
        </div>
        ${this.#symptoms(incident)}
      </div>
    </div>`
  }

  #failed(error: Error) {
    if (error instanceof ApiError && [400, 404, 422].includes(error.status))
      return html`<ispvm-empty icon="siren" heading=${words.goneTitle} text=${words.goneText}>
        <ispvm-button href=${paths.incidents}>${t.frame.incidents}</ispvm-button>
      </ispvm-empty>`
    return html`<ispvm-failed heading=${words.oneFailed} why=${error.message} @retry=${() => void this.#load()}></ispvm-failed>`
  }

  #head(incident: IncidentDetail) {
    const { closedAtMs, openedAtMs, acknowledgedBy, state } = incident
    return html`<div class="head">
      <ispvm-status compact status=${severityOf(incident)} word=${words.state[state]}></ispvm-status>
      <h1>${incident.title}</h1>
      <div class="facts">
        <span class="muted">${words.number(incident.number)}</span>
        <strong class="said">${words.state[state]}${acknowledgedBy === null || state === "closed" ? nothing : html` ${words.by(acknowledgedBy)}`}</strong>
        ${
          closedAtMs === null
            ? html`<span>${words.since} <ispvm-time since at=${openedAtMs}></ispvm-time></span>`
            : html`<span>${words.lasted(duration(closedAtMs - openedAtMs))}</span><span>${words.closed.toLowerCase()} <ispvm-time at=${closedAtMs}></ispvm-time></span>`
        }
        <span>${impactOf(incident)}</span>
      </div>
      <div class="links">
        ${isPage(paths.map) ? html`<ispvm-button icon="map" href=${paths.mapBy({ incident: incident.id })}>${words.onMap}</ispvm-button>` : nothing}
        ${isPage(paths.graph) ? html`<ispvm-button icon="workflow" href=${paths.graphBy({ incident: incident.id })}>${words.onGraph}</ispvm-button>` : nothing}
      </div>
    </div>`
  }

  #cause(incident: IncidentDetail) {
    const steps = nextSteps(this.deps.fleet.value, incident, nowMs())
    const isWeighed = incident.evidence.length > 0
    return html`<section class="panel" aria-labelledby="cause">
      <header><h2 id="cause">${words.cause}</h2></header>
      <div class="body">
        <ispvm-verdict .incident=${incident} hot=${this.hot}></ispvm-verdict>
        ${
          steps.length === 0
            ? nothing
            : html`<div class="next"><h3>${words.next}</h3>${steps.map((step) => html`<p>${this.#linked(step)}</p>`)}</div>`
        }
        <ispvm-incident-actions .incident=${incident} .deps=${this.deps} @acted=${() => void this.#load()}></ispvm-incident-actions>
        ${
          isWeighed || incident.because.length === 0
            ? nothing
            : html`<div class="because"><h3>${incident.state === "closed" ? words.whyThen : words.why}</h3><ul>${incident.because.map((each) => html`<li>${this.#linked(each)}</li>`)}</ul></div>`
        }
      </div>
    </section>`
  }

  #linked(text: string) {
    return linkedText(text, this.#names, this.hot)
  }

  #picture(incident: IncidentDetail) {
    const drawn = this.#drawn(incident)
    return html`<section class="panel" aria-labelledby="blast">
      <header>
        <h2 id="blast">${words.blast}</h2>
        ${drawn === 0 ? nothing : html`<span class="as-if">${causes.drawn(drawn + 1)} <ispvm-button kind="quiet" icon="undo-2" @click=${() => this.setAsk({ explanation: "" })}>${causes.drawnBack}</ispvm-button></span>`}
      </header>
      <div class="body"><ispvm-blast .fleet=${this.deps.fleet.value} .incident=${incident} .drawn=${drawn} hot=${this.hot}></ispvm-blast></div>
    </section>`
  }

  #explanations(incident: IncidentDetail) {
    const { hypotheses } = incident
    if (hypotheses.length === 0) return nothing
    return html`<section class="panel explanations-panel" aria-labelledby="explanations">
      <header><h2 id="explanations">${causes.explanations}</h2></header>
      <div class="list"><ispvm-explanations .hypotheses=${hypotheses} .fleet=${this.deps.fleet.value} .drawn=${this.#drawn(incident)} hot=${this.hot} ?over=${incident.state === "closed"}></ispvm-explanations></div>
    </section>`
  }

  #evidence({ evidence }: IncidentDetail) {
    if (evidence.length === 0) return nothing
    return html`<section class="panel" aria-labelledby="evidence">
      <header><h2 id="evidence">${causes.evidence}</h2></header>
      <ispvm-evidence .evidence=${evidence} .names=${this.#names} hot=${this.hot}></ispvm-evidence>
    </section>`
  }

  #history({ causeHistory }: IncidentDetail) {
    if (causeHistory.length === 0) return nothing
    return html`<section class="panel" aria-labelledby="history">
      <header><h2 id="history">${causes.history}</h2></header>
      <div class="list"><ispvm-cause-history .history=${causeHistory} .names=${this.#names} hot=${this.hot}></ispvm-cause-history></div>
    </section>`
  }

  #rechecks({ rechecks, state }: IncidentDetail, isStale: boolean) {
    if (rechecks.length === 0) return nothing
    const answered = rechecks.filter((each) => !isAwaited(each)).length
    return html`<section class="panel" aria-labelledby="rechecks">
      <header><h2 id="rechecks">${causes.rechecks}</h2><span class="muted">${causes.answeredOf(answered, rechecks.length)}</span></header>
      <div class="list"><ispvm-rechecks .rechecks=${rechecks} .names=${this.#names} hot=${this.hot} phase=${state === "closed" ? "over" : isStale ? "stale" : "live"}></ispvm-rechecks></div>
    </section>`
  }

  #symptoms({ symptomList }: IncidentDetail) {
    return html`<section class="panel symptoms-panel" aria-labelledby="symptoms">
      <header><h2 id="symptoms">${words.symptomsTitle}</h2><span class="muted">${words.symptoms(symptomList.length)}</span></header>
      <div class="symptoms" tabindex="0" role="group" aria-labelledby="symptoms"><ispvm-symptoms .symptoms=${symptomList}></ispvm-symptoms></div>
    </section>`
  }

  /** Which explanation the address asks to be drawn, from 0. */
  #drawn({ hypotheses }: IncidentDetail): number {
    const asked = Number(this.ask.get("explanation") ?? 1) - 1
    return Number.isInteger(asked) && asked >= 0 && asked < hypotheses.length ? asked : 0
  }

  #loadIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#load(), ms)
  }

  async #load(): Promise<void> {
    const id = this.params.id ?? ""
    try {
      const value = await this.deps.api.incident(id)
      if (id !== this.params.id) return
      this.detail = { phase: "ready", value, atMs: nowMs() }
      this.isMissed = false
    } catch (error) {
      // What was read before stays on screen and says from when it is.
      if (this.detail.phase === "ready") {
        this.isMissed = true
        if (this.isConnected) this.#loadIn(RETRY_MS)
      } else this.detail = { phase: "failed", error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  readonly #onPoint = (event: CustomEvent<string>): void => {
    this.hot = event.detail
  }
  readonly #onGo = (event: CustomEvent<string>): void => this.deps.go(event.detail)
  readonly #onDraw = (event: CustomEvent<number>): void => {
    this.setAsk({ explanation: event.detail === 0 ? "" : String(event.detail + 1) })
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "a" || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    void this.actions?.acknowledge()
  }
}

const timeline = (incident: IncidentDetail, names: Names) => html`<section class="panel" aria-labelledby="timeline">
  <header><h2 id="timeline">${words.timeline}</h2></header>
  <div class="timeline"><ispvm-timeline exactly .items=${timelineItems(incident.timeline, names)}></ispvm-timeline></div>
</section>`

/** The shape of what is coming: the head, the cause beside its picture, and what was weighed. */
const skeleton = html`<div class="page loading">
  <ispvm-skeleton shape="text" lines="2"></ispvm-skeleton>
  <div class="cols">
    <div class="panel"><ispvm-skeleton lines="8"></ispvm-skeleton></div>
    <div class="panel explanations-panel"><ispvm-skeleton lines="5"></ispvm-skeleton></div>
    <div class="stack">
      <div class="panel"><ispvm-skeleton shape="chart"></ispvm-skeleton></div>
      <div class="panel"><ispvm-skeleton lines="5"></ispvm-skeleton></div>
    </div>
  </div>
</div>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-incident": IspvmPageIncident
  }
}
