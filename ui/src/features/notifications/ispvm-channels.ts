import type { Channel, Policy, Schedules } from "@ispvm/appliance/api/notifications"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { bodyOfChannel } from "./channel-form.ts"
import {
  dependants,
  destinationOf,
  kindIcon,
  kindName,
  stateOf,
  statusOfChannel,
} from "./channel-state.ts"
import { channelsStyles } from "./channels-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"
import "./ispvm-channel-form.ts"
import "./ispvm-channel-preview.ts"
import "./ispvm-channel-test.ts"

const strings = t.notifications.channels

/**
 * The channels. Which one is changed or whether one is added comes from the address; emits
 * `change-query` to change that, and `reload` after a change of a channel.
 */
@customElement("ispvm-channels")
export class IspvmChannels extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) channels: readonly Channel[] = []
  @property({ attribute: false }) policies: readonly Policy[] = []
  @property({ attribute: false }) people: Schedules["people"] = []
  /** The id of the one that is changed. */
  @property() editing = ""
  @property({ type: Boolean }) adding = false
  @property({ type: Boolean, attribute: "read-only" }) isReadOnly = false
  /** By channel: the delivery of its test, or that it is on its way there. */
  @state() private tests: ReadonlyMap<string, string> = new Map()
  @state() private removing: Channel | null = null
  @state() private previewed: Channel | null = null
  readonly #action = new ActionController<"remove" | "switch" | "test">(this)

  static override styles = [shared, panel, stackHost, channelsStyles]

  override render() {
    const { channels } = this
    if (channels.length === 0)
      return this.adding && !this.isReadOnly
        ? this.#form(null)
        : html`<section class="panel"><ispvm-empty icon="bell" heading=${strings.emptyTitle} text=${strings.emptyText}>
            ${this.isReadOnly ? nothing : html`<ispvm-button kind="primary" icon="plus" @click=${this.#onAdd}>${strings.add}</ispvm-button>`}
          </ispvm-empty></section>`
    return html`${this.adding && !this.isReadOnly ? this.#form(null) : nothing}
      <section class="panel" aria-label=${t.notifications.tabs.channels}>
        <ul class="lined-rows">${repeat(
          channels,
          ({ id }) => id,
          (channel) =>
            html`<li>${this.editing === channel.id && !this.isReadOnly ? html`<div class="edit">${this.#form(channel)}</div>` : this.#row(channel)}</li>`,
        )}</ul>
      </section>
      ${this.#removeDialog()}
      ${this.previewed === null ? nothing : html`<ispvm-channel-preview .deps=${this.deps} .channel=${this.previewed} @dismiss=${() => this.#preview(null)}></ispvm-channel-preview>`}`
  }

  #form(channel: Channel | null) {
    return html`<ispvm-channel-form
      .deps=${this.deps}
      .channel=${channel}
      .channels=${this.channels}
      .people=${this.people}
      first-policy=${this.policies[0]?.name ?? ""}
      @saved=${this.#onSaved}
      @dismiss=${this.#closeForm}
    ></ispvm-channel-form>`
  }

  #row(channel: Channel) {
    const test = this.tests.get(channel.id)
    return html`<div class="row ${this.isReadOnly ? "viewed" : ""}">
        <ispvm-icon class="muted" name=${kindIcon(channel.kind)} size="18"></ispvm-icon>
        <div class="what wrap">
          <strong>${channel.name}</strong>
          <div class="caption">${this.#facts(channel).join(" · ")}</div>
        </div>
        ${this.#state(channel)}
        <div class="acts chips">${this.#acts(channel)}</div>
      </div>
      ${
        test === undefined
          ? nothing
          : html`<ispvm-channel-test
              .deps=${this.deps}
              delivery=${test}
              name=${channel.name}
              @changed=${() => emit(this, "reload", null)}
              @again=${() => void this.#test(channel)}
              @dismiss=${() => this.#setTest(channel, null)}
            ></ispvm-channel-test>`
      }`
  }

  #facts(channel: Channel): readonly string[] {
    const fallback = this.channels.find(({ id }) => id === channel.fallbackId)
    const owner = this.people.find(({ id }) => id === channel.ownerId)
    // A schedule may have its owner on call.
    const isUsed = this.policies.some(({ steps }) =>
      steps.some(
        (step) =>
          step.channels.includes(channel.id) || (owner !== undefined && step.schedules.length > 0),
      ),
    )
    return [
      kindName(channel.kind),
      destinationOf(channel),
      ...(owner === undefined ? [] : [strings.owner(owner.name)]),
      ...(fallback === undefined ? [] : [strings.fallback(fallback.name)]),
      ...(isUsed ? [] : [strings.noPolicy]),
    ].filter((each) => each !== "")
  }

  #state(channel: Channel) {
    const { failingSinceMs, lastAnswer, lastDeliveredAtMs, pending } = channel
    const now = stateOf(channel)
    const isFailing = now === "failing"
    return html`<div class="state">
      <div><ispvm-status status=${statusOfChannel(channel)} word=${strings.states[now]}></ispvm-status>${isFailing ? html` <span class="caption">${strings.since} <ispvm-time since at=${failingSinceMs}></ispvm-time></span>` : nothing}</div>
      ${isFailing && lastAnswer !== null ? html`<div class="small wrap text-fault"><bdi>${lastAnswer}</bdi></div>` : nothing}
      <div class="caption">
        ${lastDeliveredAtMs === null ? nothing : html`${strings.lastDelivered} <ispvm-time at=${lastDeliveredAtMs}></ispvm-time>`}${lastDeliveredAtMs !== null && pending > 0 ? " · " : nothing}${
          pending === 0
            ? nothing
            : html`<a class="text-warn" href=${paths.notificationsBy({ tab: "log", state: "pending", channel: channel.id })} title=${strings.showPending(channel.name)}>${strings.pending(pending)}</a>`
        }
      </div>
    </div>`
  }

  #acts(channel: Channel) {
    const { name, isEnabled } = channel
    const preview = html`<ispvm-button kind="quiet" icon="eye" label=${strings.preview(name)} @click=${() => this.#preview(channel)}></ispvm-button>`
    if (this.isReadOnly) return preview
    const power = isEnabled ? strings.switchOff(name) : strings.switchOn(name)
    return html`<ispvm-button icon="send" ?disabled=${!isEnabled} @click=${() => void this.#test(channel)}>${strings.test}<span class="hidden-visually"> ${name}</span></ispvm-button>
      <span class="icons chips">
        ${preview}
        <ispvm-button kind="quiet" icon="pencil" label=${strings.edit(name)} @click=${() => emit(this, "change-query", { channel: channel.id, add: "" })}></ispvm-button>
        <ispvm-button kind="quiet" icon=${isEnabled ? "power" : "play"} label=${power} @click=${() => void this.#switch(channel)}></ispvm-button>
        <ispvm-button kind="quiet" icon="trash-2" label=${strings.remove(name)} @click=${() => this.#ask(channel)}></ispvm-button>
      </span>`
  }

  #removeDialog() {
    const { removing } = this
    if (removing === null) return nothing
    return html`<ispvm-dialog open heading=${strings.removeHeading(removing.name)} @dismiss=${() => this.#ask(null)}>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      ${this.#consequences(removing).map((each) => html`<p class="wrap">${each}</p>`)}
      <p class="soft">${strings.removeKept}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#ask(null)}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#action.running === "remove"} @click=${() => void this.#remove(removing)}>${strings.removeDo}</ispvm-button>
    </ispvm-dialog>`
  }

  #consequences(channel: Channel): readonly string[] {
    const { policies, onlyOneOf, fallbackOf } = dependants(channel, this.channels, this.policies)
    const found = [
      ...(policies.length === 0 ? [] : [strings.removePolicies(policies.join(", "))]),
      ...(onlyOneOf.length === 0 ? [] : [strings.removeLast(onlyOneOf.join(", "))]),
      ...(fallbackOf.length === 0 ? [] : [strings.removeFallbacks(fallbackOf.join(", "))]),
    ]
    const pending = channel.pending === 0 ? [] : [strings.removePending(channel.pending)]
    return [...(found.length === 0 ? [strings.removeNothing] : found), ...pending]
  }

  readonly #onAdd = (): void => {
    emit(this, "change-query", { add: "1", channel: "" })
  }
  readonly #closeForm = (): void => {
    emit(this, "change-query", { add: "", channel: "" })
  }
  readonly #onSaved = (): void => {
    this.#closeForm()
    emit(this, "reload", null)
  }
  #preview(channel: Channel | null): void {
    this.previewed = channel
  }
  #ask(channel: Channel | null): void {
    this.#action.clear()
    this.removing = channel
  }
  #setTest({ id }: Channel, delivery: string | null): void {
    const next = new Map(this.tests)
    if (delivery === null) next.delete(id)
    else next.set(id, delivery)
    this.tests = next
  }

  async #test(channel: Channel): Promise<void> {
    this.#setTest(channel, "")
    const sent = await this.#do("test", (deps) => deps.api.testChannel(channel.id))
    this.#setTest(channel, sent?.value.id ?? null)
  }
  async #switch(channel: Channel): Promise<void> {
    const isEnabled = !channel.isEnabled
    const done = await this.#do("switch", (deps) =>
      deps.api.changeChannel(channel.id, bodyOfChannel(channel, isEnabled)),
    )
    if (done === null) return
    const text = isEnabled ? strings.switchedOn(channel.name) : strings.switchedOff(channel.name)
    this.deps?.toast({ tone: "done", text })
    emit(this, "reload", null)
  }
  async #remove(channel: Channel): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run("remove", () => deps.api.removeChannel(channel.id))
    if (done === null) return
    deps.toast({ tone: "done", text: strings.removed(channel.name) })
    this.removing = null
    emit(this, "reload", null)
  }

  /** With its error as a toast. */
  async #do<T>(
    what: "switch" | "test",
    work: (deps: Deps) => Promise<T>,
  ): Promise<{ readonly value: T } | null> {
    const { deps } = this
    if (deps === null) return null
    const done = await this.#action.run(what, () => work(deps))
    if (this.#action.error !== null) deps.toast({ tone: "failed", text: this.#action.message })
    return done
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-channels": IspvmChannels
  }
}
