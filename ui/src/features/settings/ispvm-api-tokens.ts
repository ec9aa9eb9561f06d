import type { ApiToken, ApiTokenCreated } from "@ispvm/appliance/api/tokens"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { FormController } from "../../components/form-controller.ts"
import { exact } from "../../i18n/format/time.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { form } from "../../theme/form.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { apiTokenStyles } from "./api-token-styles.ts"
import { settingsStyles } from "./settings-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-copy.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.tokens
type Body = BodyOf<"POST /tokens">
type Permission = Body["permissions"][number]
type Form = {
  readonly name: string
  readonly permissions: readonly string[]
  readonly days: string
}

const PERMISSIONS = Object.entries(strings.permissions)
/** A program that may change users may create an administrator. */
const MAKES_ADMINS = "accounts:write"
const DAYS = [30, 90, 180, 366].map((days) => ({ value: String(days), label: strings.days(days) }))
const BLANK: Form = { name: "", permissions: ["inventory:read"], days: "90" }

/** Lists, creates and revokes API tokens. The text of a token is shown once. */
@customElement("ispvm-api-tokens")
export class IspvmApiTokens extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #items = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: async ([{ api }]) => (await api.apiTokens()).items,
  })
  readonly #action = new ActionController(this)
  readonly #form = new FormController<Form, Body>(this, {
    initial: BLANK,
    body: ({ name, permissions, days }) => ({
      name,
      permissions: permissions as Permission[],
      expiresInDays: Number(days),
    }),
    schema: (schemas) => schemas.ApiTokenCreate,
    paths: { days: "expiresInDays" },
  })
  @state() private isAdding = false
  @state() private made: ApiTokenCreated | null = null
  @state() private revoking: ApiToken | null = null

  static override styles = [shared, stackHost, form, settingsStyles, apiTokenStyles]

  override render() {
    return this.#items.render({
      loading: () => html`<ispvm-skeleton lines="3"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#items.reload}></ispvm-failed>`,
      ready: (items) => this.#list(items),
    })
  }

  #list(items: readonly ApiToken[]) {
    const can = this.deps?.session.can("tokens:write") ?? false
    return html`<p class="soft">${strings.lead}</p>
      ${items.length === 0 ? html`<p class="muted">${strings.empty}</p>` : html`<ul class="lined-rows">${items.map((each) => this.#row(each, can))}</ul>`}
      ${this.isAdding ? this.#edit() : nothing}
      ${can && !this.isAdding ? html`<div><ispvm-button icon="plus" @click=${this.#onAdd}>${strings.add}</ispvm-button></div>` : nothing}
      ${this.#madeDialog()}${this.#revokeDialog()}`
  }

  #row(each: ApiToken, can: boolean) {
    const { state: now, lastUsedAtMs, lastUsedFrom } = each
    return html`<li class=${now === "active" ? "" : "disabled"}>
      <div class="wrap">
        <strong>${each.name}</strong> <code class="caption">${strings.endsWith(each.ending)}</code>${now === "active" ? nothing : html` <span class="tag">${strings.states[now]}</span>`}
        <div class="caption">${each.permissions.map((name) => strings.permissions[name] ?? name).join(" · ")}</div>
        <div class="caption">
          ${strings.createdBy(each.createdBy)} · ${strings.expiresAt(exact(each.expiresAtMs))} ·
          ${lastUsedAtMs === null ? strings.neverUsed : html`${strings.lastUsed} <ispvm-time at=${lastUsedAtMs}></ispvm-time> ${strings.usedFrom(lastUsedFrom ?? "")}`}
        </div>
      </div>
      ${
        can && now !== "revoked"
          ? html`<ispvm-button kind="quiet" icon="trash-2" label=${strings.revokeToken(each.name)} @click=${() => this.#confirm(each)}></ispvm-button>`
          : nothing
      }
    </li>`
  }

  #edit() {
    const { filled } = this.#form
    const problem = this.#form.error("permissions")
    return html`<form class="form" novalidate @submit=${this.#onSubmit}>
      ${this.#form.errors()} ${this.#form.field("name", { label: strings.name, hint: strings.nameHint })}
      ${this.#form.select("days", { label: strings.expires, choices: DAYS })}
      <fieldset class="wide">
        <legend>${strings.may}</legend>
        <p class="caption">${strings.mayHint}</p>
        <div class="permissions">${PERMISSIONS.map(([name, label]) => this.#permission(name, label))}</div>
        ${problem === "" ? nothing : html`<div class="form-error" role="alert">${problem}</div>`}
        ${filled.permissions.includes(MAKES_ADMINS) ? html`<p class="warn-bar" role="status">${strings.admin}</p>` : nothing}
      </fieldset>
      <div class="chips wide">
        <ispvm-button type="submit" kind="primary" ?busy=${this.#form.isBusy}>${strings.create}</ispvm-button>
        <ispvm-button kind="quiet" @click=${this.#onCancel}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  #permission(name: string, label: string) {
    const { permissions } = this.#form.filled
    const toggle = (event: Event): void => {
      const isOn = event.target instanceof HTMLInputElement && event.target.checked
      const others = permissions.filter((each) => each !== name)
      this.#form.set({ permissions: isOn ? [...others, name] : others })
    }
    return html`<label class="check"><input type="checkbox" .checked=${permissions.includes(name)} @change=${toggle} /><span>${label} <code class="caption">${name}</code></span></label>`
  }

  #madeDialog() {
    const { made } = this
    if (made === null) return nothing
    return html`<ispvm-dialog open heading=${strings.madeHeading(this.#form.filled.name)} @dismiss=${this.#onMadeClosed}>
      <div class="stack-4"><p>${strings.madeText}</p><ispvm-copy text=${made.token}></ispvm-copy></div>
      <ispvm-button slot="actions" kind="primary" @click=${this.#onMadeClosed}>${strings.done}</ispvm-button>
    </ispvm-dialog>`
  }

  #revokeDialog() {
    const { revoking } = this
    if (revoking === null) return nothing
    return html`<ispvm-dialog open heading=${strings.revokeHeading(revoking.name)} @dismiss=${() => this.#confirm(null)}>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      <p>${strings.revokeText}</p>
      <ispvm-button slot="actions" kind="quiet" @click=${() => this.#confirm(null)}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="danger" ?busy=${this.#action.isBusy} @click=${() => void this.#revoke(revoking)}>${strings.revoke}</ispvm-button>
    </ispvm-dialog>`
  }

  #confirm(each: ApiToken | null): void {
    this.#action.clear()
    this.revoking = each
  }
  readonly #onAdd = (): void => {
    this.#form.reset()
    this.isAdding = true
  }
  readonly #onCancel = (): void => {
    this.isAdding = false
  }
  /** The text is dropped with the dialog. */
  readonly #onMadeClosed = (): void => {
    this.made = null
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    const made = await this.#form.submit((body) => deps.api.addApiToken(body))
    if (made === null) return
    this.made = made.value
    this.isAdding = false
    await this.#items.reload()
  }

  async #revoke(each: ApiToken): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run("revoke", () => deps.api.revokeApiToken(each.id))
    if (done === null) return
    deps.toast({ tone: "done", text: strings.wasRevoked(each.name) })
    this.revoking = null
    await this.#items.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-api-tokens": IspvmApiTokens
  }
}
