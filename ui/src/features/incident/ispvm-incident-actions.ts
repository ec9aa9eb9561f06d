import type { Incident } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-field.ts"

const strings = t.incidents

/**
 * The actions on an incident. The typed note is kept here, so that the stream does not change it.
 * Emits `acted`.
 */
@customElement("ispvm-incident-actions")
export class IspvmIncidentActions extends LitElement {
  @property({ attribute: false }) incident: Incident | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private note = ""
  readonly #action = new ActionController<"acknowledge" | "back" | "note">(this)

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
    const typed = this.note.trim() !== ""
    return html`${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <ispvm-field label=${strings.note} optional type="textarea" rows="2" placeholder=${strings.notePlaceholder} .value=${this.note} @change-value=${this.#onNote}></ispvm-field>
      <div class="buttons cluster">
        ${
          incident.state === "closed"
            ? nothing
            : incident.state === "open"
              ? html`<ispvm-button kind="primary" icon="check" ?busy=${this.#action.running === "acknowledge"} @click=${this.acknowledge}>${strings.acknowledge}</ispvm-button>`
              : html`<ispvm-button icon="undo-2" ?busy=${this.#action.running === "back"} @click=${this.#onBack}>${strings.unacknowledge}</ispvm-button>`
        }
        <ispvm-button icon="message-square" ?disabled=${!typed} ?busy=${this.#action.running === "note"} @click=${this.#onAdd}>${strings.addNote}</ispvm-button>
      </div>`
  }

  /** With the typed text as its note. */
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

  async #do(
    what: "acknowledge" | "back" | "note",
    work: (deps: Deps) => Promise<unknown>,
    done: string,
  ): Promise<void> {
    const { deps } = this
    if (deps === null || (await this.#action.run(what, () => work(deps))) === null) return
    this.note = ""
    deps.toast({ tone: "done", text: done })
    emit(this, "acted", what)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-actions": IspvmIncidentActions
  }
}
