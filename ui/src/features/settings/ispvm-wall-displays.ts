import {
  WALL_PAGES,
  type WallDisplay,
  type WallDisplayCreated,
  type WallPage,
} from "@ispvm/appliance/api/wall-displays"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
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

const strings = pageTexts.walls
type Body = BodyOf<"POST /wall-displays">
type Form = {
  readonly name: string
  readonly pages: readonly WallPage[]
  readonly seconds: string
  readonly days: string
}

const choices = (values: readonly number[], label: (value: number) => string) =>
  values.map((value) => ({ value: String(value), label: label(value) }))
const SECONDS = choices([10, 20, 30, 60, 120, 300], strings.secondsOf)
const DAYS = choices([30, 90, 366, 1_098], strings.days)
const BLANK: Form = { name: "", pages: WALL_PAGES, seconds: "30", days: "366" }

/** Lists, creates and revokes wall displays. The link of one is shown once. */
@customElement("ispvm-wall-displays")
export class IspvmWallDisplays extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #items = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: async ([{ api }]) => (await api.wallDisplays()).items,
  })
  readonly #action = new ActionController(this)
  readonly #form = new FormController<Form, Body>(this, {
    initial: BLANK,
    body: ({ name, pages, seconds, days }) => ({
      name,
      pages: WALL_PAGES.filter((each) => pages.includes(each)),
      secondsPerPage: Number(seconds),
      expiresInDays: Number(days),
    }),
    schema: (schemas) => schemas.WallDisplayCreate,
    paths: { seconds: "secondsPerPage", days: "expiresInDays" },
  })
  @state() private isAdding = false
  @state() private made: WallDisplayCreated | null = null
  @state() private revoking: WallDisplay | null = null

  static override styles = [shared, stackHost, form, settingsStyles, apiTokenStyles]

  override render() {
    return this.#items.render({
      loading: () => html`<ispvm-skeleton lines="3"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#items.reload}></ispvm-failed>`,
      ready: (items) => this.#list(items),
    })
  }

  #list(items: readonly WallDisplay[]) {
    const can = this.deps?.session.can("walls:write") ?? false
    return html`<p class="soft">${strings.lead}</p>
      ${items.length === 0 ? html`<p class="muted">${strings.empty}</p>` : html`<ul class="lined-rows">${items.map((each) => this.#row(each, can))}</ul>`}
      ${this.isAdding ? this.#edit() : nothing}
      ${can && !this.isAdding ? html`<div><ispvm-button icon="plus" @click=${this.#onAdd}>${strings.add}</ispvm-button></div>` : nothing}
      ${this.#madeDialog()}${this.#revokeDialog()}`
  }

  #row(each: WallDisplay, can: boolean) {
    const { state: now, lastUsedAtMs, lastUsedFrom } = each
    const shown = each.pages.map((page) => strings.pages[page]).join(" → ")
    return html`<li class=${now === "active" ? "" : "disabled"}>
      <div class="wrap">
        <strong>${each.name}</strong>${now === "active" ? nothing : html` <span class="tag">${strings.states[now]}</span>`}
        <div class="caption">${strings.rotation(shown, each.secondsPerPage)}</div>
        <div class="caption">
          ${strings.createdBy(each.createdBy)} · ${strings.expiresAt(exact(each.expiresAtMs))} ·
          ${lastUsedAtMs === null ? strings.neverUsed : html`${strings.lastUsed} <ispvm-time at=${lastUsedAtMs}></ispvm-time> ${strings.usedFrom(lastUsedFrom ?? "")}`}
        </div>
      </div>
      ${
        can && now !== "revoked"
          ? html`<ispvm-button kind="quiet" icon="trash-2" label=${strings.revokeWall(each.name)} @click=${() => this.#confirm(each)}></ispvm-button>`
          : nothing
      }
    </li>`
  }

  #edit() {
    const problem = this.#form.error("pages")
    return html`<form class="form" novalidate @submit=${this.#onSubmit}>
      ${this.#form.errors()} ${this.#form.field("name", { label: strings.name, hint: strings.nameHint })}
      ${this.#form.select("seconds", { label: strings.seconds, choices: SECONDS })}
      ${this.#form.select("days", { label: strings.expires, choices: DAYS })}
      <fieldset class="wide">
        <legend>${strings.pagesLabel}</legend>
        <div class="permissions">${WALL_PAGES.map((page) => this.#page(page))}</div>
        ${problem === "" ? nothing : html`<div class="form-error" role="alert">${problem}</div>`}
      </fieldset>
      <div class="chips wide">
        <ispvm-button type="submit" kind="primary" ?busy=${this.#form.isBusy}>${strings.create}</ispvm-button>
        <ispvm-button kind="quiet" @click=${this.#onCancel}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  #page(page: WallPage) {
    const { pages } = this.#form.filled
    const toggle = (event: Event): void => {
      const isOn = event.target instanceof HTMLInputElement && event.target.checked
      const others = pages.filter((each) => each !== page)
      this.#form.set({ pages: isOn ? [...others, page] : others })
    }
    return html`<label class="check"><input type="checkbox" .checked=${pages.includes(page)} @change=${toggle} /><span>${strings.pages[page]}</span></label>`
  }

  #madeDialog() {
    const { made } = this
    if (made === null) return nothing
    return html`<ispvm-dialog open heading=${strings.madeHeading(this.#form.filled.name)} @dismiss=${this.#onMadeClosed}>
      <div class="stack-4"><p>${strings.madeText}</p><ispvm-copy text=${`${location.origin}${paths.wall(made.token)}`}></ispvm-copy></div>
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

  #confirm(each: WallDisplay | null): void {
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
  /** The link is dropped with the dialog. */
  readonly #onMadeClosed = (): void => {
    this.made = null
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps } = this
    if (deps === null) return
    const made = await this.#form.submit((body) => deps.api.addWallDisplay(body))
    if (made === null) return
    this.made = made.value
    this.isAdding = false
    await this.#items.reload()
  }

  async #revoke(each: WallDisplay): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run("revoke", () => deps.api.revokeWallDisplay(each.id))
    if (done === null) return
    deps.toast({ tone: "done", text: strings.wasRevoked(each.name) })
    this.revoking = null
    await this.#items.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-wall-displays": IspvmWallDisplays
  }
}
