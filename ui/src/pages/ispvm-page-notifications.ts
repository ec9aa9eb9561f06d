import type { Channel, Policies } from "@ispvm/appliance/api/notifications"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { notificationsStyles } from "../features/notifications/notifications-styles.ts"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../components/ispvm-tabs.ts"
import "../features/notifications/ispvm-channels.ts"
import "../features/notifications/ispvm-deliveries.ts"
import "../features/notifications/ispvm-heartbeat.ts"
import "../features/notifications/ispvm-policies.ts"

const strings = t.notifications
const EVERY_MS = 10_000
type Tab = keyof typeof strings.tabs
const isTab = (text: string): text is Tab => Object.hasOwn(strings.tabs, text)
type SetUp = { readonly channels: readonly Channel[]; readonly policies: Policies }
/** What belongs to one tab is not kept in the address of another. */
const NO_TAB = {
  ...{ add: "", channel: "", policy: "" },
  ...{ state: "", before: "", delivery: "" },
}

/** Channels, policies and the delivery log; tab, filter and what is open are in the address. */
@customElement("ispvm-page-notifications")
export class IspvmPageNotifications extends Page {
  readonly #setUp = new RequestController<SetUp>(this, {
    key: () => [],
    load: async () => {
      const { api } = this.deps
      const [channels, policies] = await Promise.all([api.channels(), api.policies()])
      return { channels: channels.items, policies }
    },
    everyMs: EVERY_MS,
  })

  static override styles = [shared, panel, notificationsStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.session, this.deps.fleet, this.deps.incidents])
  }

  get #tab(): Tab {
    const tab = this.query.get("tab") ?? ""
    return isTab(tab) ? tab : "channels"
  }
  get #isReadOnly(): boolean {
    return !this.deps.session.can("notifications:write")
  }

  override render() {
    const tab = this.#tab
    return html`<div class="page page-wide" @change-query=${this.#onQuery} @reload=${this.#setUp.reload}>
      <header class="head">
        <h1>${strings.title}</h1>
        ${this.deps.session.can("accounts:read") ? html`<ispvm-button kind="quiet" icon="settings" href=${paths.settings}>${t.people.title}</ispvm-button>` : nothing}
      </header>
      <p class="soft">${strings.lead}</p>
      <div class="bar">
        <ispvm-tabs class="grow" label=${strings.title} active=${tab} .tabs=${this.#tabs()} @pick-tab=${(event: CustomEvent<string>) => this.#pick(event.detail)}></ispvm-tabs>
        ${this.#add(tab)}
      </div>
      ${this.#isReadOnly && tab !== "log" ? html`<p class="muted with-icon"><ispvm-icon name="lock" size="14"></ispvm-icon>${strings.readOnly}</p>` : nothing}
      <div class="stack-4" role="tabpanel" aria-label=${strings.tabs[tab]}>${this.#panel(tab)}</div>
    </div>`
  }

  #tabs() {
    const value = this.#setUp.value
    const counts: Partial<Record<Tab, number>> =
      value === undefined
        ? {}
        : { channels: value.channels.length, policies: value.policies.policies.length }
    return Object.entries(strings.tabs).map(([key, label]) => {
      const n = isTab(key) ? counts[key] : undefined
      return n === undefined ? { key, label } : { key, label, count: n }
    })
  }

  /** Beside the tabs, unless the empty list offers it or the form is open. */
  #add(tab: Tab) {
    const value = this.#setUp.value
    if (tab === "log" || this.#isReadOnly || value === undefined || this.query.has("add"))
      return nothing
    const n = tab === "channels" ? value.channels.length : value.policies.policies.length
    if (n === 0) return nothing
    const label = tab === "channels" ? strings.channels.add : strings.policies.add
    return html`<ispvm-button kind="primary" icon="plus" @click=${() => this.setQuery({ add: "1", channel: "", policy: "" })}>${label}</ispvm-button>`
  }

  #panel(tab: Tab) {
    const { state } = this.#setUp
    if (tab === "log")
      return html`<ispvm-deliveries .deps=${this.deps} .query=${this.query} .channels=${this.#setUp.value?.channels ?? []} ?read-only=${this.#isReadOnly}></ispvm-deliveries>`
    return this.#setUp.render({
      loading: () =>
        html`<section class="panel pad"><ispvm-skeleton lines="6"></ispvm-skeleton></section>`,
      failed: (error) =>
        html`<section class="panel"><ispvm-failed heading=${tab === "channels" ? strings.channels.failed : strings.policies.failed} why=${error.message} @retry=${this.#setUp.reload}></ispvm-failed></section>`,
      ready: (value) =>
        html`${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#setUp.reload}></ispvm-stale>` : nothing}
        ${tab === "channels" ? this.#channels(value) : this.#policies(value)}`,
    })
  }

  #channels({ channels, policies }: SetUp) {
    return html`<ispvm-channels
      .deps=${this.deps}
      .channels=${channels}
      .policies=${policies.policies}
      editing=${this.query.get("channel") ?? ""}
      ?adding=${this.query.has("add")}
      ?read-only=${this.#isReadOnly}
    ></ispvm-channels>
    <ispvm-heartbeat .deps=${this.deps} ?read-only=${this.#isReadOnly}></ispvm-heartbeat>`
  }

  #policies({ channels, policies }: SetUp) {
    return html`<ispvm-policies
      .deps=${this.deps}
      .channels=${channels}
      .sites=${[...this.deps.fleet.value.sites.values()]}
      .stored=${policies}
      editing=${this.query.get("policy") ?? ""}
      ?adding=${this.query.has("add")}
      ?read-only=${this.#isReadOnly}
    ></ispvm-policies>`
  }

  #pick(tab: string): void {
    this.setQuery({ ...NO_TAB, tab: tab === "channels" ? "" : tab })
  }
  readonly #onQuery = (event: CustomEvent<Readonly<Record<string, string>>>): void =>
    this.setQuery(event.detail)
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-notifications": IspvmPageNotifications
  }
}
