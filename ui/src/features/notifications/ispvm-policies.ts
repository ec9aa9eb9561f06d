import type { Channel, Policies, Policy, Schedule } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { moved, withPolicy } from "./policy-form.ts"
import { policyText } from "./policy-sentence.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-icon.ts"
import "./ispvm-policy-form.ts"

const strings = t.notifications.policies

/**
 * The policies in their order, each as a sentence. Which one is changed comes from the address;
 * emits `change-query` to change that, and `reload` after a change.
 */
@customElement("ispvm-policies")
export class IspvmPolicies extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) channels: readonly Channel[] = []
  @property({ attribute: false }) sites: readonly { readonly id: string; readonly name: string }[] =
    []
  @property({ attribute: false }) schedules: readonly Schedule[] = []
  @property({ attribute: false }) stored: Policies = { version: 0, policies: [], unreadable: [] }
  @property() editing = ""
  @property({ type: Boolean }) adding = false
  @property({ type: Boolean, attribute: "read-only" }) isReadOnly = false
  @state() private removing: Policy | null = null
  readonly #action = new ActionController<"save" | "remove">(this)

  static override styles = [
    shared,
    panel,
    stackHost,
    css`
      ol {
        display: grid;
        gap: var(--space-3);
        counter-reset: policy;
      }
      .number {
        min-inline-size: var(--space-5);
      }
      .says {
        display: grid;
        gap: var(--space-2);
        padding-inline-start: var(--space-9);
      }
      .steps {
        display: grid;
        grid-template-columns: fit-content(48ch) minmax(0, 1fr);
        gap: var(--space-1) var(--space-4);
      }
      .names {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-2);
        align-items: center;
      }
      .more {
        display: grid;
        gap: var(--space-0-5);
      }
      @media (max-width: 640px) {
        .says {
          padding-inline-start: 0;
        }
        .steps {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]

  override render() {
    const { policies } = this.stored
    if (policies.length === 0)
      return html`${this.#unreadable()}${this.adding && !this.isReadOnly ? this.#form(null) : this.#empty()}`
    return html`<p class="soft">${strings.lead}</p>
      ${this.#problem()} ${this.#unreadable()}
      ${this.adding && !this.isReadOnly ? this.#form(null) : nothing}
      <ol>${repeat(
        policies,
        ({ id }) => id,
        (policy, index) =>
          html`<li>${this.editing === policy.id && !this.isReadOnly ? this.#form(policy) : this.#card(policy, index)}</li>`,
      )}</ol>
      ${this.#removeDialog()}`
  }

  /** Stored by another release: they notify nobody here, and stay as they are. */
  #unreadable() {
    const { unreadable } = this.stored
    if (unreadable.length === 0) return nothing
    return html`<section class="panel" role="alert">
      <p class="text-fault">${strings.unreadable}</p>
      <ul>${unreadable.map(({ name, why }) => html`<li>${name} <span class="soft small">${why}</span></li>`)}</ul>
    </section>`
  }

  #empty() {
    const hasChannels = this.channels.length > 0
    return html`<section class="panel"><ispvm-empty icon="bell-off" heading=${strings.emptyTitle} text=${hasChannels ? strings.emptyText : `${strings.emptyText} ${strings.emptyFirst}`}>
      ${
        this.isReadOnly
          ? nothing
          : html`<ispvm-button kind="primary" icon="plus" @click=${() => emit(this, "change-query", hasChannels ? { add: "1" } : { tab: "", add: "1" })}>${hasChannels ? strings.add : t.notifications.channels.add}</ispvm-button>`
      }
    </ispvm-empty></section>`
  }

  #problem() {
    const { error, message } = this.#action
    if (error === null || this.removing !== null) return nothing
    const isChanged = error.code === "changed-meanwhile"
    return html`<div class="form-error with-icon" role="alert">
      <span class="grow">${isChanged ? strings.changedMeanwhile : message}</span>
      ${isChanged ? html`<ispvm-button icon="rotate-cw" @click=${this.#onReload}>${strings.loadAgain}</ispvm-button>` : nothing}
    </div>`
  }

  #form(policy: Policy | null) {
    return html`<ispvm-policy-form
      .deps=${this.deps}
      .policy=${policy}
      .channels=${this.channels}
      .sites=${this.sites}
      .schedules=${this.schedules}
      .stored=${this.stored}
      @saved=${this.#onSaved}
      @dismiss=${this.#closeForm}
    ></ispvm-policy-form>`
  }

  #card(policy: Policy, index: number) {
    const { channels, sites, schedules } = this
    const { incidents, steps, more, isVain } = policyText(policy, {
      channels,
      sites,
      schedules,
    })
    return html`<article class="panel pad-row stack-2" aria-label=${policy.name}>
      <div class="headline">
        <span class="number muted">${index + 1}</span>
        <h3 class="wrap">${policy.name}</h3>
        ${policy.isEnabled ? nothing : html`<span class="tag">${strings.off}</span>`}
        ${this.isReadOnly ? nothing : html`<span class="push-end">${this.#acts(policy, index)}</span>`}
      </div>
      <div class="says ${policy.isEnabled ? "" : "muted"}">
        <p class="wrap">${incidents}</p>
        <div class="steps">${steps.map(
          ({ when, channels: names }) => html`<span class="soft">${when}</span>
            <span class="names"><ispvm-icon class="muted" name="arrow-right" size="14"></ispvm-icon>${names.map(({ text, isGone }, at) => html`<span class="wrap ${isGone ? "text-warn" : "bold"}">${text}${at < names.length - 1 ? "," : ""}</span>`)}</span>`,
        )}</div>
        ${more.length === 0 ? nothing : html`<ul class="more small soft">${more.map((each) => html`<li class="wrap">${each}</li>`)}</ul>`}
        ${isVain ? html`<p class="text-warn with-icon"><ispvm-icon name="triangle-alert" size="14"></ispvm-icon>${strings.notifiesNobody}</p>` : nothing}
      </div>
    </article>`
  }

  #acts(policy: Policy, index: number) {
    const { id, name, isEnabled } = policy
    const { policies } = this.stored
    const move = (by: 1 | -1) => void this.#save(moved(policies, id, by), strings.moved)
    const toggled = withPolicy(policies, { ...policy, isEnabled: !isEnabled }).policies
    return html`<ispvm-button kind="quiet" icon="arrow-up" label=${strings.up(name)} ?disabled=${index === 0} @click=${() => index > 0 && move(-1)}></ispvm-button>
      <ispvm-button kind="quiet" icon="arrow-down" label=${strings.down(name)} ?disabled=${index === policies.length - 1} @click=${() => index < policies.length - 1 && move(1)}></ispvm-button>
      <ispvm-button kind="quiet" icon="pencil" label=${strings.edit(name)} @click=${() => this.#edit(id)}></ispvm-button>
      <ispvm-button kind="quiet" icon=${isEnabled ? "power" : "play"} label=${isEnabled ? strings.switchOff(name) : strings.switchOn(name)} @click=${() => void this.#save(toggled, strings.saved(name))}></ispvm-button>
      <ispvm-button kind="quiet" icon="trash-2" label=${strings.remove(name)} @click=${() => this.#ask(policy)}></ispvm-button>`
  }

  #removeDialog() {
    const { removing } = this
    if (removing === null) return nothing
    return html`<ispvm-dialog open heading=${strings.removeHeading(removing.name)} @dismiss=${() => this.#ask(null)}>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <p>${strings.removeText}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#ask(null)}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#action.isBusy} @click=${() => void this.#remove(removing)}>${strings.removeDo}</ispvm-button>
    </ispvm-dialog>`
  }

  #edit(policy: string): void {
    this.#action.clear()
    emit(this, "change-query", { policy, add: "" })
  }
  #ask(policy: Policy | null): void {
    this.#action.clear()
    this.removing = policy
  }
  readonly #closeForm = (): void => {
    emit(this, "change-query", { policy: "", add: "" })
  }
  readonly #onSaved = (): void => {
    this.#closeForm()
    emit(this, "reload", null)
  }
  readonly #onReload = (): void => {
    this.#action.clear()
    emit(this, "reload", null)
  }
  async #remove({ id, name }: Policy): Promise<void> {
    const others = this.stored.policies.filter((each) => each.id !== id)
    if (await this.#save(others, strings.removed(name))) this.removing = null
  }

  /** All of them, in place of those that are shown. */
  async #save(policies: Policy[], done: string): Promise<boolean> {
    const { deps, stored } = this
    if (deps === null) return false
    const saved = await this.#action.run("save", () =>
      deps.api.changePolicies({ version: stored.version, policies }),
    )
    if (saved === null) return false
    this.stored = saved.value
    deps.toast({ tone: "done", text: done })
    emit(this, "reload", null)
    return true
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-policies": IspvmPolicies
  }
}
