import type { Handover, HandoverNote } from "@ispvm/appliance/api/handover"
import type { Incident } from "@ispvm/appliance/api/incidents"
import { html, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { nowMs } from "../components/now.ts"
import { stateText } from "../features/incident/workflow-facts.ts"
import { planned } from "../i18n/format/time.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { ActionController } from "../state/action.ts"
import { RequestController } from "../state/request.ts"
import { severityOf } from "../state/severity.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-field.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-status.ts"
import "../components/ispvm-time.ts"
import "../components/ispvm-timeline.ts"

const strings = t.handover
const HOUR_MS = 3_600_000
const HOURS = [4, 8, 12, 24] as const
const RELOAD_MS = 1_000

/** What one shift tells the next: what is open, what happened, and a text that is kept. */
@customElement("ispvm-page-handover")
export class IspvmPageHandover extends Page {
  readonly #handover = new RequestController<Handover>(this, {
    key: () => [this.query.get("hours") ?? ""],
    load: () => {
      const hours = Number(this.query.get("hours"))
      return this.deps.api.handover(hours > 0 ? nowMs() - hours * HOUR_MS : null)
    },
    keepsValue: () => true,
  })
  @state() private text = ""
  readonly #action = new ActionController(this)

  static override styles = [shared, panel]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.session])
  }

  protected override opened(): void {
    this.until(this.deps.live.on("incident", () => this.#handover.reloadIn(RELOAD_MS)))
  }

  override render() {
    return html`<div class="page page-narrow">
      <h1>${strings.title}</h1>
      <p class="soft">${strings.lead}</p>
      ${this.#handover.render({
        loading: () =>
          html`<section class="panel pad"><ispvm-skeleton lines="8"></ispvm-skeleton></section>`,
        failed: (error) =>
          html`<section class="panel"><ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#handover.reload}></ispvm-failed></section>`,
        ready: (handover) => this.#ready(handover),
      })}
    </div>`
  }

  #ready({ sinceMs, open, resolved, events, notes }: Handover) {
    const { state: request } = this.#handover
    const hours = this.query.get("hours")
    const since = planned(sinceMs, nowMs())
    return html`${request.phase === "stale" ? html`<ispvm-stale .at=${request.atMs} why=${request.error.message} @retry=${this.#handover.reload}></ispvm-stale>` : nothing}
      <div class="cluster" role="group" aria-label=${strings.since}>
        <ispvm-chip ?active=${hours === null} @click=${() => this.setQuery({ hours: "" })}>${strings.last}</ispvm-chip>
        ${HOURS.map((each) => html`<ispvm-chip ?active=${hours === String(each)} @click=${() => this.setQuery({ hours: String(each) })}>${strings.hours(each)}</ispvm-chip>`)}
      </div>
      ${section("open", strings.open, incidentList(open, strings.noneOpen))}
      ${this.#form(sinceMs)}
      ${section("resolved", `${strings.resolved} ${since}`, incidentList(resolved, strings.noneResolved))}
      ${section(
        "events",
        `${strings.events} ${since}`,
        events.length === 0
          ? html`<p class="pad muted">${strings.noEvents}</p>`
          : html`<div class="pad"><ispvm-timeline exactly .items=${events.map(({ incidentId, number, atMs, who, message }, index) => ({ id: `${incidentId}-${index}`, atMs, who, text: html`<a class="emphasis" href=${paths.incident(incidentId)}>#${number}</a> ${messageText(message)}` }))}></ispvm-timeline></div>`,
      )}
      ${section("earlier", strings.earlier, noteList(notes))}`
  }

  #form(sinceMs: number) {
    if (!this.deps.session.can("incidents:act")) return nothing
    return section(
      "text",
      strings.text,
      html`<div class="pad stack-2">
        ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
        <ispvm-field bare label=${strings.text} type="textarea" rows="4" placeholder=${strings.placeholder} .value=${this.text} @change-value=${(
          event: CustomEvent<string>,
        ) => {
          this.text = event.detail
        }}></ispvm-field>
        <div><ispvm-button kind="primary" icon="check" ?disabled=${this.text.trim() === ""} ?busy=${this.#action.isBusy} @click=${() => void this.#handOver(sinceMs)}>${strings.handOver}</ispvm-button></div>
      </div>`,
    )
  }

  async #handOver(sinceMs: number): Promise<void> {
    const body = { sinceMs, text: this.text.trim() }
    const done = await this.#action.run("hand-over", () => this.deps.api.handOver(body))
    if (done === null) return
    this.text = ""
    this.deps.toast({ tone: "done", text: strings.done })
    await this.#handover.reload()
  }
}

const section = (id: string, heading: string, body: unknown) =>
  html`<section class="panel" aria-labelledby=${id}><header><h2 id=${id}>${heading}</h2></header>${body}</section>`

const incidentList = (incidents: readonly Incident[], none: string) =>
  incidents.length === 0
    ? html`<p class="pad muted">${none}</p>`
    : html`<ul class="lined-rows">${incidents.map(incidentRow)}</ul>`

const incidentRow = (incident: Incident) => {
  const { id, number, title, severity, ownerName, openedAtMs } = incident
  return html`<li class="pad with-icon">
    <ispvm-status compact status=${severityOf(incident)} word=${t.workflow.severity[severity]}></ispvm-status>
    <div class="wrap">
      <a class="emphasis" href=${paths.incident(id)}>#${number} ${messageText(title)}</a>
      <div class="caption">${t.workflow.severity[severity]} · ${stateText(incident)} · ${ownerName === null ? t.workflow.noOwner : t.workflow.owner(ownerName)} · <ispvm-time at=${openedAtMs}></ispvm-time></div>
    </div>
  </li>`
}

const noteList = (notes: readonly HandoverNote[]) =>
  notes.length === 0
    ? html`<p class="pad muted">${strings.noneEarlier}</p>`
    : html`<ul class="lined-rows">${notes.map(
        ({ atMs, who, text, open }) => html`<li class="pad stack-1">
          <div><strong>${who}</strong> <span class="muted"><ispvm-time at=${atMs}></ispvm-time></span></div>
          <p class="wrap">${text}</p>
          <div class="caption">${open.length === 0 ? strings.nothingOpen : strings.wasOpen(open.map(({ number }) => `#${number}`).join(", "))}</div>
        </li>`,
      )}</ul>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-handover": IspvmPageHandover
  }
}
