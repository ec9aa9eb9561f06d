import type { Incident } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { nowMs } from "../../components/now.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import type { DialogKind, DialogResult } from "../incident/ispvm-incident-dialog.ts"
import {
  assignMenu,
  closeMenu,
  severityMenu,
  snoozeMenu,
  takeMenu,
  type WorkflowMenu,
} from "../incident/workflow-menus.ts"
import { actOnAll, type BulkAction, type BulkOutcome } from "./bulk.ts"
import { incidentsStyles } from "./incidents-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-menu.ts"
import "../incident/ispvm-incident-dialog.ts"

const strings = t.lists.bulk
const MORE = [
  { key: "ticket", label: t.workflow.ticket },
  { key: "right", label: t.workflow.right },
  { key: "wrong", label: t.workflow.wrong },
]

/**
 * What can be done to the incidents that are selected. Emits `acted` with the outcome, and `clear`.
 */
@customElement("ispvm-incidents-bulk")
export class IspvmIncidentsBulk extends LitElement {
  @property({ attribute: false }) incidents: readonly Incident[] = []
  @property({ attribute: false }) deps: Deps | null = null
  @state() private isNoting = false
  @state() private note = ""
  @state() private dialog: DialogKind | "" = ""
  readonly #action = new ActionController<BulkAction["action"]>(this)
  readonly #assignees = new RequestController(this, {
    key: () => (this.deps === null || this.incidents.length === 0 ? null : ([this.deps] as const)),
    load: ([{ api }]) => api.assignees(),
  })

  static override styles = [
    shared,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
        margin: var(--space-2) var(--space-4) 0;
        padding: var(--space-1) var(--space-3);
        border-radius: var(--radius);
        background: var(--surface-3);
      }
    `,
    incidentsStyles,
  ]

  override render() {
    const n = this.incidents.length
    const [open, acknowledged] = [this.#in("open"), this.#in("acknowledged")]
    return html`${
      n === 0
        ? nothing
        : html`<div class="bar sideways" role="group" aria-label=${t.components.actions}>
            <span role="status">${t.components.selected(n)}</span>
            ${this.#button("acknowledge", "check", t.incidents.acknowledge, open)}
            ${this.#button("unacknowledge", "undo-2", t.incidents.unacknowledge, acknowledged)}
            <ispvm-button icon="message-square" ?disabled=${this.#action.isBusy} @click=${this.#onNoting}>${t.incidents.addNote}</ispvm-button>
            ${this.#menus().map((menu) => this.#menu(menu))}
            ${this.#mergeMenu()}
            <ispvm-menu label=${t.workflow.more} ?disabled=${this.#action.isBusy} .entries=${MORE} @pick-entry=${this.#onMore}></ispvm-menu>
            <ispvm-button kind="quiet" @click=${() => emit(this, "clear", null)}>${t.components.clearSelection}</ispvm-button>
          </div>`
    }
    ${this.#dialog(n)}${this.#moreDialog()}`
  }

  get #ids(): string[] {
    return this.incidents.map(({ id }) => id)
  }

  #menus(): readonly WorkflowMenu[] {
    const me = this.deps?.session.current()?.account?.id ?? ""
    const assignees = this.#assignees.value?.items ?? []
    return [
      takeMenu(
        "",
        this.incidents.every(({ state: now }) => now === "open"),
      ),
      assignMenu(assignees, me),
      snoozeMenu(true, nowMs()),
      severityMenu,
      closeMenu(""),
    ]
  }

  #menu({ label, actions }: WorkflowMenu) {
    return html`<ispvm-menu label=${label} ?disabled=${this.#action.isBusy} .entries=${actions.map(({ entry }) => entry)} @pick-entry=${(
      event: CustomEvent<string>,
    ) => {
      const picked = actions.find(({ entry }) => entry.key === event.detail)
      if (picked !== undefined) void this.#act({ ...picked.action, ids: this.#ids } as BulkAction)
    }}></ispvm-menu>`
  }

  /** The others of the selection are merged into the chosen one. */
  #mergeMenu() {
    const targets = this.incidents.filter(
      ({ state: each, check }) => each !== "closed" && check === null,
    )
    const entries = targets.map(({ id, number, title }) => ({
      key: id,
      label: t.filters.mergeOne(number, messageText(title)),
    }))
    return html`<ispvm-menu label=${t.filters.mergeInto} ?disabled=${targets.length < 2 || this.#action.isBusy} .entries=${entries} @pick-entry=${(
      event: CustomEvent<string>,
    ) => {
      const into = event.detail
      const ids = targets.map(({ id }) => id).filter((id) => id !== into)
      void this.#act({ action: "merge", ids, into })
    }}></ispvm-menu>`
  }

  #moreDialog() {
    return html`<ispvm-incident-dialog
      .kind=${this.dialog}
      error=${this.#action.message}
      ?busy=${this.#action.isBusy}
      @dismiss=${() => {
        this.dialog = ""
      }}
      @act=${async (event: CustomEvent<DialogResult>) => {
        if (event.detail.action === "split") return
        const isSent = await this.#act({ ...event.detail, ids: this.#ids } as BulkAction)
        if (isSent) this.dialog = ""
      }}
    ></ispvm-incident-dialog>`
  }

  readonly #onMore = (event: CustomEvent<string>): void => {
    const { detail: key } = event
    if (key === "ticket" || key === "wrong") this.dialog = key
    if (key === "right")
      void this.#act({ action: "feedback", ids: this.#ids, rating: "right", actual: null })
  }

  #button(
    action: "acknowledge" | "unacknowledge",
    icon: "check" | "undo-2",
    label: string,
    ids: readonly string[],
  ) {
    return html`<ispvm-button icon=${icon} ?busy=${this.#action.running === action} ?disabled=${ids.length === 0} @click=${() => ids.length > 0 && void this.#act({ ...(action === "acknowledge" ? { action, ifOpen: true } : { action }), ids: [...ids] })}>${label}</ispvm-button>`
  }

  #dialog(n: number) {
    const isEmpty = this.note.trim() === ""
    return html`<ispvm-dialog ?open=${this.isNoting} heading=${strings.noteOn(n)} @dismiss=${this.#onDismiss}>
      ${!this.isNoting || this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <ispvm-field label=${t.incidents.note} type="textarea" placeholder=${t.incidents.notePlaceholder} .value=${this.note} @change-value=${this.#onNote}></ispvm-field>
      <ispvm-button slot="actions" @click=${this.#onDismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" ?disabled=${isEmpty} ?busy=${this.#action.running === "note"} @click=${this.#onAddNote}>${t.incidents.addNote}</ispvm-button>
    </ispvm-dialog>`
  }

  #in(state: Incident["state"]): readonly string[] {
    return this.incidents.filter((each) => each.state === state).map(({ id }) => id)
  }

  readonly #onNoting = (): void => {
    this.#action.clear()
    this.isNoting = true
  }
  readonly #onDismiss = (): void => {
    this.isNoting = false
  }
  readonly #onNote = (event: CustomEvent<string>): void => {
    this.note = event.detail
  }
  readonly #onAddNote = async (): Promise<void> => {
    const note = this.note.trim()
    if (note === "") return
    const ids = this.incidents.map(({ id }) => id)
    if (!(await this.#act({ action: "note", ids, note }))) return
    this.note = ""
    this.isNoting = false
  }

  /** False where the whole request was rejected. */
  async #act(action: BulkAction): Promise<boolean> {
    const { deps } = this
    if (deps === null) return false
    const outcome = await this.#action.run(action.action, () => actOnAll(deps.api, action))
    if (outcome === null) {
      // The dialog of the note shows it itself. Without an error, another action is running.
      if (!this.isNoting && this.dialog === "" && this.#action.error !== null)
        deps.toast({ tone: "failed", text: this.#action.message })
      return false
    }
    const { done, problems } = outcome.value
    if (done.length > 0)
      deps.toast({ tone: "done", text: strings.done[action.action](done.length) })
    if (problems.size > 0) deps.toast({ tone: "failed", text: strings.rejectedSome(problems.size) })
    emit(this, "acted", outcome.value satisfies BulkOutcome)
    return true
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incidents-bulk": IspvmIncidentsBulk
  }
}
