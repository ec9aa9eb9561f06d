import type { Channel, Policies, Schedules } from "@ispvm/appliance/api/notifications"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { notificationsStyles } from "../features/notifications/notifications-styles.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
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
import "../features/notifications/ispvm-own-browsers.ts"
import "../features/notifications/ispvm-policies.ts"
import "../features/on-call/ispvm-schedules.ts"

const strings = t.notifications
const EVERY_MS = 10_000
type Tab = keyof typeof strings.tabs
const isTab = (text: string): text is Tab => Object.hasOwn(strings.tabs, text)
type SetUp = {
  readonly channels: readonly Channel[]
  readonly policies: Policies
  readonly schedules: Schedules
}
const ADD = {
  channels: strings.channels.add,
  policies: strings.policies.add,
  "on-call": pageTexts.onCall.add,
} as const satisfies Partial<Record<Tab, string>>
const FAILED = {
  channels: strings.channels.failed,
  policies: strings.policies.failed,
  "on-call": pageTexts.onCall.failed,
} as const satisfies Partial<Record<Tab, string>>
const countsOf = ({ channels, policies, schedules }: SetUp) => ({
  channels: channels.length,
  policies: policies.policies.length,
  "on-call": schedules.schedules.length,
})
const NO_FORM = { add: "", channel: "", policy: "", schedule: "" }
/** What belongs to one tab is not kept in the address of another. */
const NO_TAB = {
  ...NO_FORM,
  ...{ state: "", before: "", delivery: "" },
}

/** Channels, policies and the delivery log; tab, filter and what is open are in the address. */
@customElement("ispvm-page-notifications")
export class IspvmPageNotifications extends Page {
  readonly #setUp = new RequestController<SetUp>(this, {
    key: () => [],
    load: async () => {
      const { api } = this.deps
      const [channels, policies, schedules] = await Promise.all([
        api.channels(),
        api.policies(),
        api.schedules(),
      ])
      return { channels: channels.items, policies, schedules }
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
    const counts: Partial<Record<Tab, number>> = value === undefined ? {} : countsOf(value)
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
    if (countsOf(value)[tab] === 0) return nothing
    return html`<ispvm-button kind="primary" icon="plus" @click=${() => this.setQuery({ ...NO_FORM, add: "1" })}>${ADD[tab]}</ispvm-button>`
  }

  #panel(tab: Tab) {
    const { state } = this.#setUp
    if (tab === "log")
      return html`<ispvm-deliveries .deps=${this.deps} .query=${this.query} .channels=${this.#setUp.value?.channels ?? []} ?read-only=${this.#isReadOnly}></ispvm-deliveries>`
    return this.#setUp.render({
      loading: () =>
        html`<section class="panel pad"><ispvm-skeleton lines="6"></ispvm-skeleton></section>`,
      failed: (error) =>
        html`<section class="panel"><ispvm-failed heading=${FAILED[tab]} why=${error.message} @retry=${this.#setUp.reload}></ispvm-failed></section>`,
      ready: (value) =>
        html`${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#setUp.reload}></ispvm-stale>` : nothing}
        ${this.#ready(tab, value)}`,
    })
  }

  #ready(tab: Exclude<Tab, "log">, value: SetUp) {
    switch (tab) {
      case "channels":
        return this.#channels(value)
      case "policies":
        return this.#policies(value)
      case "on-call":
        return html`<ispvm-schedules
          .deps=${this.deps}
          .stored=${value.schedules}
          .policies=${value.policies.policies}
          editing=${this.query.get("schedule") ?? ""}
          ?adding=${this.query.has("add")}
          ?read-only=${this.#isReadOnly}
        ></ispvm-schedules>`
    }
  }

  #channels({ channels, policies, schedules }: SetUp) {
    return html`<ispvm-channels
      .deps=${this.deps}
      .channels=${channels}
      .policies=${policies.policies}
      .people=${schedules.people}
      editing=${this.query.get("channel") ?? ""}
      ?adding=${this.query.has("add")}
      ?read-only=${this.#isReadOnly}
    ></ispvm-channels>
    <ispvm-own-browsers .deps=${this.deps}></ispvm-own-browsers>
    <ispvm-heartbeat .deps=${this.deps} ?read-only=${this.#isReadOnly}></ispvm-heartbeat>`
  }

  #policies({ channels, policies, schedules }: SetUp) {
    return html`<ispvm-policies
      .deps=${this.deps}
      .channels=${channels}
      .sites=${[...this.deps.fleet.value.sites.values()]}
      .schedules=${schedules.schedules}
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
