import type { Incident } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-field.ts"

const strings = t.incidents

/** What people do to an incident. What is being typed lives here, out of reach of what the stream changes. Emits `acted`. */
@customElement("ispvm-incident-actions")
export class IspvmIncidentActions extends LitElement {
  @property({ attribute: false }) incident: Incident | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private note = ""
  @state() private busy = ""
  @state() private errorMessage = ""

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-2);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      .form-error {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--fault-tint);
        color: var(--status-down-text);
      }
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
    const typed = this.note.trim() !== ""
    return html`${this.errorMessage === "" ? nothing : html`<div class="form-error" role="alert">${this.errorMessage}</div>`}
      <ispvm-field label=${strings.note} optional type="textarea" rows="2" placeholder=${strings.notePlaceholder} .value=${this.note} @change-value=${this.#onNote}></ispvm-field>
      <div class="buttons">
        ${
          incident.state === "closed"
            ? nothing
            : incident.state === "open"
              ? html`<ispvm-button kind="primary" icon="check" ?busy=${this.busy === "acknowledge"} @click=${this.acknowledge}>${strings.acknowledge}</ispvm-button>`
              : html`<ispvm-button icon="undo-2" ?busy=${this.busy === "back"} @click=${this.#onBack}>${strings.unacknowledge}</ispvm-button>`
        }
        <ispvm-button icon="message-square" ?disabled=${!typed} ?busy=${this.busy === "note"} @click=${this.#onAdd}>${strings.addNote}</ispvm-button>
      </div>`
  }

  /** With whatever was typed as its note. */
  readonly acknowledge = async (): Promise<void> => {
    const { incident } = this
    if (incident === null || incident.state !== "open") return
    await this.#do(
      "acknowledge",
      (deps) => deps.api.acknowledge(incident.id, this.note.trim()),
      strings.acknowledged(messageText(incident.title)),
    )
  }
  readonly #onBack = async (): Promise<void> => {
    const { incident } = this
    if (incident === null) return
    const draftNote = this.note
    await this.#do("back", (deps) => deps.api.unacknowledge(incident.id), strings.unacknowledged)
    this.note = draftNote
  }
  readonly #onAdd = async (): Promise<void> => {
    const { incident } = this
    if (incident === null || this.note.trim() === "") return
    await this.#do("note", (deps) => deps.api.addNote(incident.id, this.note.trim()), strings.noted)
  }
  readonly #onNote = (event: CustomEvent<string>): void => {
    this.note = event.detail
  }

  async #do(what: string, work: (deps: Deps) => Promise<unknown>, done: string): Promise<void> {
    if (this.deps === null || this.busy !== "") return
    this.busy = what
    this.errorMessage = ""
    try {
      await work(this.deps)
      this.note = ""
      this.deps.toast({ tone: "done", text: done })
      emit(this, "acted", what)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.errorMessage = error.message
    } finally {
      this.busy = ""
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-actions": IspvmIncidentActions
  }
}
