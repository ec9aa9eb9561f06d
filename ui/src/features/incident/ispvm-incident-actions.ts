import type { Component, Incident, IncidentDetail, Symptom } from "@ispvm/appliance/api/incidents"
import type { MaintenanceTarget } from "@ispvm/appliance/api/maintenance"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { AnswerOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import type { MenuEntry } from "../../components/ispvm-menu.ts"
import { nowMs } from "../../components/now.ts"
import { saveFile } from "../../components/save-file.ts"
import { locale } from "../../i18n/locale.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { type ActionOnOne, actOnOne } from "./act-on-one.ts"
import type { DialogKind, DialogResult } from "./ispvm-incident-dialog.ts"
import { menusOf, mergeEntries, splitEntries, type WorkflowMenu } from "./workflow-menus.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-menu.ts"
import "../maintenance/ispvm-working-on.ts"
import "./ispvm-incident-dialog.ts"

const strings = t.incidents
const { workflow } = t
type What = DialogResult["action"] | "export"

/**
 * The actions on an incident. The typed note is kept here, so that the stream does not change it.
 * Emits `acted`.
 */
@customElement("ispvm-incident-actions")
export class IspvmIncidentActions extends LitElement {
  /** With its detail, where that is known. */
  @property({ attribute: false }) incident: Incident | IncidentDetail | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private note = ""
  @state() private dialog: DialogKind | "" = ""
  readonly #action = new ActionController<What>(this)
  /** Without them, an incident can still be acknowledged. */
  readonly #assignees = new RequestController(this, {
    key: () => (this.deps?.session.can("incidents:act") === true ? ([this.deps] as const) : null),
    load: ([{ api }]) => api.assignees(),
  })

  static override styles = [
    shared,
    stackHost,
    css`
      @media (max-width: 760px) {
        .buttons ispvm-button {
          flex: 1;
        }
      }
    `,
  ]

  override render() {
    const { incident, deps } = this
    if (incident === null || deps === null) return nothing
    if (!deps.session.can("incidents:act"))
      return html`<p class="muted">${strings.notPermitted}</p>`
    const isTyped = this.note.trim() !== ""
    const isShownInDialog = this.dialog !== ""
    return html`${this.#action.message === "" || isShownInDialog ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <ispvm-field label=${strings.note} optional type="textarea" rows="2" placeholder=${strings.notePlaceholder} .value=${this.note} @change-value=${this.#onNote}></ispvm-field>
      <div class="buttons cluster">
        ${
          incident.state === "closed"
            ? nothing
            : incident.state === "open"
              ? html`<ispvm-button kind="primary" icon="check" ?busy=${this.#action.running === "acknowledge"} @click=${this.acknowledge}>${strings.acknowledge}</ispvm-button>`
              : html`<ispvm-button icon="undo-2" ?busy=${this.#action.running === "unacknowledge"} @click=${this.#onBack}>${strings.unacknowledge}</ispvm-button>`
        }
        <ispvm-button icon="message-square" ?disabled=${!isTyped} ?busy=${this.#action.running === "note"} @click=${this.#onAdd}>${strings.addNote}</ispvm-button>
        ${this.#menus(incident, deps).map((menu) => this.#menu(menu))}
        ${this.#regroupMenus(incident, deps)}
        ${incident.state === "closed" ? nothing : html`<ispvm-working-on .deps=${deps} .target=${targetOf(incident)}></ispvm-working-on>`}
        <ispvm-menu label=${workflow.more} .entries=${this.#moreEntries(incident)} @pick-entry=${this.#onMore}></ispvm-menu>
      </div>
      ${this.#dialog(incident, deps)}`
  }

  #menus(incident: Incident, deps: Deps): readonly WorkflowMenu[] {
    const me = deps.session.current()?.account?.id ?? ""
    const assignees = this.#assignees.value?.items ?? []
    return menusOf(incident, assignees, me, this.note.trim(), nowMs())
  }

  #menu({ label, actions }: WorkflowMenu) {
    return html`<ispvm-menu label=${label} ?disabled=${this.#action.isBusy} .entries=${actions.map(({ entry }) => entry)} @pick-entry=${(
      event: CustomEvent<string>,
    ) => {
      const picked = actions.find(({ entry }) => entry.key === event.detail)
      if (picked !== undefined) void this.#act(picked.action, workflow.done[picked.action.action])
    }}></ispvm-menu>`
  }

  #moreEntries(incident: Incident): readonly MenuEntry[] {
    const isNetwork = incident.check === null
    return [
      { key: "ticket", label: workflow.ticket },
      { key: "post-mortem", label: workflow.postMortem },
      { key: "post-mortem-json", label: workflow.postMortemJson },
      ...(isNetwork
        ? [
            { key: "right", label: workflow.right },
            { key: "wrong", label: workflow.wrong },
          ]
        : []),
    ]
  }

  /** Two taps each: the menu, then the incident or the symptom. */
  #regroupMenus(incident: Incident, deps: Deps) {
    if (incident.state === "closed" || incident.check !== null) return nothing
    const others = othersOf(incident, deps)
    const active = this.#activeSymptoms
    return html`<ispvm-menu label=${workflow.mergeDo} ?disabled=${this.#action.isBusy || others.length === 0} .entries=${mergeEntries(others)} @pick-entry=${(
      event: CustomEvent<string>,
    ) => void this.#onRegroup("merge", event.detail)}></ispvm-menu>
      <ispvm-menu label=${workflow.splitDo} ?disabled=${this.#action.isBusy || active.length < 2} .entries=${splitEntries(active)} @pick-entry=${(
        event: CustomEvent<string>,
      ) => void this.#onRegroup("split", event.detail)}></ispvm-menu>`
  }
  async #onRegroup(what: "merge" | "split", key: string): Promise<void> {
    this.#action.clear()
    if (key === "more") this.dialog = what
    else
      await this.#onDialog(
        what === "merge" ? { action: "merge", into: key } : { action: "split", alertIds: [key] },
      )
  }

  get #activeSymptoms(): readonly Symptom[] {
    const { incident } = this
    if (incident === null || !("symptomList" in incident)) return []
    return incident.symptomList.filter(({ phase }) => phase !== "ok")
  }

  #dialog(incident: Incident, deps: Deps) {
    if (this.dialog === "") return nothing
    const others = othersOf(incident, deps)
    return html`<ispvm-incident-dialog
      .kind=${this.dialog}
      .incident=${incident}
      .others=${others}
      .symptoms=${this.#activeSymptoms}
      .components=${insteadOf(incident)}
      error=${this.#action.message}
      ?busy=${this.#action.isBusy}
      @dismiss=${() => {
        this.dialog = ""
      }}
      @act=${(event: CustomEvent<DialogResult>) => void this.#onDialog(event.detail)}
    ></ispvm-incident-dialog>`
  }

  /** With the typed text as its note. */
  readonly acknowledge = async (): Promise<void> => {
    const { incident } = this
    if (incident === null || incident.state !== "open") return
    const note = this.note.trim()
    const done = strings.acknowledged(messageText(incident.title))
    const work = (deps: Deps) => deps.api.acknowledge(incident.id, note)
    await this.#do("acknowledge", withMissed(work), done)
  }
  readonly #onBack = async (): Promise<void> => {
    const { incident } = this
    if (incident === null) return
    const draftNote = this.note
    const work = (deps: Deps) => deps.api.unacknowledge(incident.id)
    await this.#do("unacknowledge", work, strings.unacknowledged)
    this.note = draftNote
  }
  readonly #onAdd = async (): Promise<void> => {
    const { incident } = this
    if (incident === null || this.note.trim() === "") return
    const work = (deps: Deps) => deps.api.addNote(incident.id, this.note.trim())
    await this.#do("note", withMissed(work), strings.noted)
  }
  readonly #onNote = (event: CustomEvent<string>): void => {
    this.note = event.detail
  }
  readonly #onMore = (event: CustomEvent<string>): void => {
    const { detail: key } = event
    this.#action.clear()
    if (key === "ticket" || key === "wrong") this.dialog = key
    if (key === "post-mortem" || key === "post-mortem-json") void this.#export(key)
    if (key === "right")
      void this.#act(
        { action: "feedback", rating: "right", actual: null, note: this.note.trim() },
        workflow.done.feedback,
      )
  }
  async #export(format: "post-mortem" | "post-mortem-json"): Promise<void> {
    const { deps, incident } = this
    if (deps === null || incident === null) return
    const language = locale.id === "tr" ? "tr" : "en"
    const work = () => deps.api.postMortem(incident.id, language)
    const made = await this.#action.run("export", work)
    if (made === null) return
    const { markdown, ...document } = made.value
    const name = `post-mortem-${incident.number}`
    if (format === "post-mortem") saveFile(`${name}.md`, markdown, "text/markdown")
    else saveFile(`${name}.json`, JSON.stringify(document, null, 2), "application/json")
  }

  async #onDialog(result: DialogResult): Promise<void> {
    const { incident } = this
    if (incident === null) return
    const done = workflow.done[result.action]
    const isDone =
      result.action === "split"
        ? await this.#do(
            "split",
            (deps) => deps.api.splitIncident(incident.id, result.alertIds),
            done,
          )
        : await this.#act(result, done)
    if (isDone) this.dialog = ""
  }

  #act(action: ActionOnOne, done: string): Promise<boolean> {
    const { incident } = this
    if (incident === null) return Promise.resolve(false)
    return this.#do(action.action, (deps) => actOnOne(deps.api, incident.id, action), done)
  }

  /** The note went with the action, if that takes one. */
  async #do(what: What, work: (deps: Deps) => Promise<unknown>, done: string): Promise<boolean> {
    const { deps } = this
    if (deps === null || (await this.#action.run(what, () => work(deps))) === null) return false
    if (WITH_NOTE.includes(what)) this.note = ""
    deps.toast({ tone: "done", text: done })
    emit(this, "acted", what)
    return true
  }
}

/** Who of the names after an @ is not notified, and why; empty: all are. */
const missedMentions = ({
  unknown,
  withoutChannel,
}: AnswerOf<"POST /incidents/{id}/notes">): string =>
  [
    ...(unknown.length === 0
      ? []
      : [strings.mentionsNobody(unknown.map((name) => `@${name}`).join(", "))]),
    ...(withoutChannel.length === 0
      ? []
      : [strings.mentionsWithoutChannel(withoutChannel.join(", "))]),
  ].join(" ")

/** Says as well who is mentioned and not notified. */
const withMissed =
  (work: (deps: Deps) => Promise<AnswerOf<"POST /incidents/{id}/notes">>) =>
  async (deps: Deps): Promise<void> => {
    const missed = missedMentions(await work(deps))
    if (missed !== "") deps.toast({ tone: "failed", text: missed })
  }

/** Into which it can be merged. */
const othersOf = (incident: Incident, deps: Deps): readonly Incident[] =>
  [...deps.incidents.value.all.values()].filter(
    ({ id, state: each, check }) => id !== incident.id && each !== "closed" && check === null,
  )

/** What people work on; an agent cannot be a target. */
const targetOf = ({ causes: [cause] }: Incident): MaintenanceTarget | null =>
  cause === undefined || cause.kind === "agent" ? null : { kind: cause.kind, id: cause.id }

const WITH_NOTE: readonly What[] = ["acknowledge", "unacknowledge", "note", "close", "feedback"]

/** What else it may have been, the most probable first. */
const insteadOf = (incident: Incident | IncidentDetail): readonly Component[] => {
  const hypotheses = "hypotheses" in incident ? incident.hypotheses : []
  const all = [
    ...incident.alternatives,
    ...hypotheses.flatMap(({ components, equivalents }) => [...components, ...equivalents.flat()]),
  ]
  const stated = new Set(incident.causes.map(({ id }) => id))
  return [...new Map(all.map((each) => [each.id, each])).values()].filter(
    ({ id }) => !stated.has(id),
  )
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-actions": IspvmIncidentActions
  }
}
