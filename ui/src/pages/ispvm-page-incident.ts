import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import { html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import { paths } from "../app/paths.ts"
import { isTyping } from "../components/keys.ts"
import { nowMs } from "../components/now.ts"
import { devicesOfCause } from "../features/diagnostics/devices-of-cause.ts"
import { isPending } from "../features/incident/diagnosis.ts"
import { incidentStyles } from "../features/incident/incident-styles.ts"
import type { IspvmIncidentActions } from "../features/incident/ispvm-incident-actions.ts"
import { linkedText, type Names, NO_NAMES, namesIn } from "../features/incident/linked-text.ts"
import { NO_PEOPLE, type People } from "../features/incident/mentions.ts"
import { nextSteps } from "../features/incident/next-step.ts"
import { timelineItems } from "../features/incident/timeline-items.ts"
import { stateText, workflowFacts } from "../features/incident/workflow-facts.ts"
import { impactOf } from "../features/incidents/impact.ts"
import { nameOf } from "../features/rules/rule-text.ts"
import { runbookLink } from "../features/rules/runbook-link.ts"
import { runbooksOf } from "../features/rules/runbooks-of.ts"
import { clock, duration } from "../i18n/format/time.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { runbookOf, severityOf } from "../state/severity.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-time.ts"
import "../components/ispvm-timeline.ts"
import "../features/diagnostics/ispvm-run-on-cause.ts"
import "../features/incident/ispvm-blast.ts"
import "../features/incident/ispvm-diagnosis-history.ts"
import "../features/incident/ispvm-evidence.ts"
import "../features/incident/ispvm-explanations.ts"
import "../features/incident/ispvm-incident-actions.ts"
import "../features/incident/ispvm-incident-impact.ts"
import "../features/incident/ispvm-incident-notifications.ts"
import "../features/incident/ispvm-rechecks.ts"
import "../features/incident/ispvm-symptoms.ts"
import "../features/incident/ispvm-diagnosis.ts"

const strings = t.incidents
const { causes } = t
/** In a storm an incident changes many times a second; it is reloaded after a pause. */
const DEBOUNCE_MS = 200
/** Retry interval after a failed reload. */
const RETRY_MS = 3_000

/** The incident page: cause and evidence, impact, symptoms, timeline. */
@customElement("ispvm-page-incident")
export class IspvmPageIncident extends Page {
  readonly #detail = new RequestController(this, {
    key: () => [this.params.id ?? ""] as const,
    load: ([id]) => this.deps.api.incident(id),
    retryMs: RETRY_MS,
  })
  /** Their runbooks; the page does without if they cannot be read. */
  readonly #rules = new RequestController(this, {
    key: () => {
      const kinds = this.#kinds()
      return kinds.length === 0 || !this.deps.session.can("rules:read") ? null : kinds
    },
    load: async () => (await this.deps.api.alertRules()).items,
  })
  /** Whom notes mention; without their names, a note is plain text. */
  readonly #people = new RequestController(this, {
    key: () =>
      this.#detail.value?.timeline.some(({ mentions = [] }) => mentions.length > 0) === true
        ? ["assignees"]
        : null,
    load: async () => (await this.deps.api.assignees()).items,
  })
  /** The hovered component, highlighted everywhere on the page. */
  @state() private hot = ""
  #names: Names = NO_NAMES
  #namedIn = ""
  #named: IncidentDetail | undefined
  @query("ispvm-incident-actions") private actions: IspvmIncidentActions | null | undefined

  static override styles = [shared, panel, incidentStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session, this.deps.live.state])
  }

  protected override opened(): void {
    const scheduleReload = (): void => this.#detail.reloadIn(DEBOUNCE_MS)
    this.until(
      this.deps.live.on("incident", (incident) => {
        if (incident.id === this.params.id) scheduleReload()
      }),
    )
    this.until(
      this.deps.live.on("hello", (hello) => {
        if (!hello.resumed) scheduleReload()
      }),
    )
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
  }

  override willUpdate(): void {
    // Names depend on the incident and the loaded fleet; later status changes of the fleet do not
    // matter.
    const { value: fleet } = this.deps.fleet
    const { value: incident } = this.#detail
    if (incident === undefined) return
    if (incident === this.#named && fleet.phase === this.#namedIn) return
    this.#names = namesIn(fleet, incident)
    this.#named = incident
    this.#namedIn = fleet.phase
  }

  override render() {
    return this.#detail.render({
      loading: () => skeleton,
      failed: (error) => this.#failed(error),
      ready: (incident) => this.#page(incident),
    })
  }

  #page(incident: IncidentDetail) {
    const isStale = this.#detail.isStale || this.deps.live.state.value.phase === "lost"
    document.title = `${messageText(incident.title)} · ${t.terms.product}`
    return html`<div class="page" @point=${this.#onPoint} @draw=${this.#onDraw} @go=${this.#onGo}>
      ${this.#head(incident)}
      ${isStale ? html`<ispvm-stale text=${causes.stale(clock(this.#detail.atMs))} @retry=${this.#detail.reload}></ispvm-stale>` : nothing}
      ${incident.check === null ? this.#network(incident, isStale) : this.#appliance(incident)}
    </div>`
  }

  /** About the appliance itself: what was found, and what was done. */
  #appliance(incident: IncidentDetail) {
    return html`<div class="cols">
      <section class="panel" aria-labelledby="cause">
        <header><h2 id="cause">${t.health.ownWhy}</h2></header>
        <div class="body">
          ${incident.because.map((each) => html`<p class="wrap">${messageText(each)}</p>`)}
          <ispvm-incident-actions .incident=${incident} .deps=${this.deps} @acted=${() => void this.#detail.reload()}></ispvm-incident-actions>
        </div>
      </section>
      <div class="stack">${this.#notifications(incident)} ${timeline(incident, this.#names, this.#mentioned())}</div>
    </div>`
  }

  #network(incident: IncidentDetail, isStale: boolean) {
    return html`<div class="cols">
        ${this.#cause(incident)} ${this.#explanations(incident)}
        <div class="stack">
          ${this.#picture(incident)}
          <ispvm-incident-impact .deps=${this.deps} .incident=${incident}></ispvm-incident-impact>
          ${this.#evidence(incident)} ${this.#rechecks(incident, isStale)} ${this.#history(incident)} ${this.#notifications(incident)} ${timeline(incident, this.#names, this.#mentioned())}
        </div>
        ${this.#symptoms(incident)}
      </div>`
  }

  #failed(error: Error) {
    if (error instanceof ApiError && [400, 404, 422].includes(error.status))
      return html`<ispvm-empty icon="siren" heading=${strings.goneTitle} text=${strings.goneText}>
        <ispvm-button href=${paths.incidents}>${t.shell.incidents}</ispvm-button>
      </ispvm-empty>`
    return html`<ispvm-failed heading=${strings.oneFailed} why=${error.message} @retry=${this.#detail.reload}></ispvm-failed>`
  }

  #head(incident: IncidentDetail) {
    const { closedAtMs, openedAtMs, acknowledgedBy, state } = incident
    const runbook = runbookOf(incident)
    return html`<div class="head">
      <ispvm-status compact status=${severityOf(incident)} word=${strings.state[state]}></ispvm-status>
      <h1>${messageText(incident.title)}</h1>
      <div class="facts">
        <span class="muted">${strings.number(incident.number)}</span>
        <strong>${t.workflow.severity[incident.severity]}</strong>
        <strong>${stateText(incident)}${acknowledgedBy === null || state === "closed" ? nothing : html` ${strings.by(acknowledgedBy)}`}</strong>
        ${
          closedAtMs === null
            ? html`<span>${strings.since} <ispvm-time since at=${openedAtMs}></ispvm-time></span>`
            : html`<span>${strings.lasted(duration(closedAtMs - openedAtMs))}</span><span>${strings.closed.toLowerCase()} <ispvm-time at=${closedAtMs}></ispvm-time></span>`
        }
        <span>${impactOf(incident)}</span>
        ${workflowFacts(incident)}
      </div>
      <div class="links">
        ${runbook === null ? nothing : html`<ispvm-button icon="file-text" href=${paths.runbook(runbook)}>${t.health.runbook}</ispvm-button>`}
        ${this.#runbooks()}
        ${
          incident.check === null
            ? html`<ispvm-button icon="map" href=${paths.mapBy({ incident: incident.id })}>${strings.onMap}</ispvm-button>
              <ispvm-button icon="workflow" href=${paths.graphBy({ incident: incident.id })}>${strings.onGraph}</ispvm-button>`
            : html`<ispvm-button icon="activity" href=${paths.health}>${t.health.title}</ispvm-button>`
        }
      </div>
    </div>`
  }

  #cause(incident: IncidentDetail) {
    const steps = nextSteps(this.deps.fleet.value, incident, nowMs())
    // The evidence of a degradation is its paths; what is left of a link is said here alone.
    const isWeighed = incident.evidence.length > 0 && incident.title.code !== "title.degradation"
    return html`<section class="panel" aria-labelledby="cause">
      <header><h2 id="cause">${strings.cause}</h2></header>
      <div class="body">
        <ispvm-diagnosis .incident=${incident} hot=${this.hot}></ispvm-diagnosis>
        ${
          steps.length === 0
            ? nothing
            : html`<div class="next prose"><h3>${strings.next}</h3>${steps.map((step, index) => html`<p class=${index === 0 ? "" : "space-before"}>${this.#linked(step)}</p>`)}</div>`
        }
        <ispvm-run-on-cause .deps=${this.deps} .devices=${devicesOfCause(this.deps.fleet.value, incident.causes)}></ispvm-run-on-cause>
        <ispvm-incident-actions .incident=${incident} .deps=${this.deps} @acted=${() => void this.#detail.reload()}></ispvm-incident-actions>
        ${
          isWeighed || incident.because.length === 0
            ? nothing
            : html`<div class="because"><h3>${incident.state === "closed" ? strings.whyThen : strings.why}</h3><ul>${incident.because.map((each) => html`<li>${this.#linked(messageText(each))}</li>`)}</ul></div>`
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
        <h2 id="blast">${strings.blast}</h2>
        ${drawn === 0 ? nothing : html`<span class="as-if">${causes.drawn(drawn + 1)} <ispvm-button kind="quiet" icon="undo-2" @click=${() => this.setQuery({ explanation: "" })}>${causes.drawnBack}</ispvm-button></span>`}
      </header>
      <div class="body"><ispvm-blast .fleet=${this.deps.fleet.value} .incident=${incident} .drawn=${drawn} hot=${this.hot}></ispvm-blast></div>
    </section>`
  }

  #explanations(incident: IncidentDetail) {
    const { hypotheses } = incident
    const isDegraded = incident.title.code === "title.degradation"
    if (hypotheses.length === 0) return nothing
    return html`<section class="panel explanations-panel" aria-labelledby="explanations">
      <header><h2 id="explanations">${causes.explanations}</h2></header>
      <div class="list"><ispvm-explanations .hypotheses=${hypotheses} .fleet=${this.deps.fleet.value} .drawn=${this.#drawn(incident)} hot=${this.hot} ?over=${incident.state === "closed"} ?degraded=${isDegraded}></ispvm-explanations></div>
    </section>`
  }

  #evidence({ evidence }: IncidentDetail) {
    if (evidence.length === 0) return nothing
    return html`<section class="panel" aria-labelledby="evidence">
      <header><h2 id="evidence">${causes.evidence}</h2></header>
      <ispvm-evidence .evidence=${evidence} .names=${this.#names} hot=${this.hot}></ispvm-evidence>
    </section>`
  }

  #history({ diagnosisHistory }: IncidentDetail) {
    if (diagnosisHistory.length === 0) return nothing
    return html`<section class="panel" aria-labelledby="history">
      <header><h2 id="history">${causes.history}</h2></header>
      <div class="list"><ispvm-diagnosis-history .history=${diagnosisHistory} .names=${this.#names} hot=${this.hot}></ispvm-diagnosis-history></div>
    </section>`
  }

  #rechecks({ rechecks, state }: IncidentDetail, isStale: boolean) {
    if (rechecks.length === 0) return nothing
    const answered = rechecks.filter((each) => !isPending(each)).length
    return html`<section class="panel" aria-labelledby="rechecks">
      <header><h2 id="rechecks">${causes.rechecks}</h2><span class="muted">${causes.answeredOf(answered, rechecks.length)}</span></header>
      <div class="list"><ispvm-rechecks .rechecks=${rechecks} .names=${this.#names} hot=${this.hot} phase=${state === "closed" ? "over" : isStale ? "stale" : "live"}></ispvm-rechecks></div>
    </section>`
  }

  #notifications(incident: IncidentDetail) {
    return html`<section class="panel" aria-labelledby="notifications">
      <header><h2 id="notifications">${t.notifications.title}</h2></header>
      <div class="list"><ispvm-incident-notifications .deps=${this.deps} .incident=${incident}></ispvm-incident-notifications></div>
    </section>`
  }

  #symptoms({ symptomList }: IncidentDetail) {
    return html`<section class="panel symptoms-panel" aria-labelledby="symptoms">
      <header><h2 id="symptoms">${strings.symptomsTitle}</h2><span class="muted">${strings.symptoms(symptomList.length)}</span></header>
      <div class="symptoms" tabindex="0" role="group" aria-labelledby="symptoms"><ispvm-symptoms .symptoms=${symptomList}></ispvm-symptoms></div>
    </section>`
  }

  #mentioned(): People {
    const { value: accounts } = this.#people
    const me = this.deps.session.current()?.account?.id ?? ""
    return accounts === undefined ? NO_PEOPLE : { accounts, me }
  }
  /** Of its alerts: the id of their rules. */
  #kinds(): readonly string[] {
    return [...new Set(this.#detail.value?.symptomList.map(({ kind }) => kind))].sort()
  }
  #runbooks() {
    return runbooksOf(this.#rules.value ?? [], this.#kinds()).map((rule) =>
      runbookLink(rule.runbook, t.health.runbookOf(nameOf(rule))),
    )
  }

  /** Index of the hypothesis in the URL. */
  #drawn({ hypotheses }: IncidentDetail): number {
    const requested = Number(this.query.get("explanation") ?? 1) - 1
    return Number.isInteger(requested) && requested >= 0 && requested < hypotheses.length
      ? requested
      : 0
  }

  readonly #onPoint = (event: CustomEvent<string>): void => {
    this.hot = event.detail
  }
  readonly #onGo = (event: CustomEvent<string>): void => this.deps.go(event.detail)
  readonly #onDraw = (event: CustomEvent<number>): void => {
    this.setQuery({ explanation: event.detail === 0 ? "" : String(event.detail + 1) })
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (
      event.key !== "a" ||
      isTyping(event) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.defaultPrevented
    )
      return
    void this.actions?.acknowledge()
  }
}

const timeline = (
  incident: IncidentDetail,
  names: Names,
  people: People,
) => html`<section class="panel" aria-labelledby="timeline">
  <header><h2 id="timeline">${strings.timeline}</h2></header>
  <div class="pad-row"><ispvm-timeline exactly .items=${timelineItems(incident.timeline, names, people)}></ispvm-timeline></div>
</section>`

/** Placeholder: head, cause, diagram, hypotheses. */
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
