import type { Channel, Delivery } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { DELIVERY_COLUMNS } from "./delivery-columns.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-drawer.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-paged-table.ts"
import "../../components/ispvm-select.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-stale.ts"
import "./ispvm-delivery.ts"

const strings = t.notifications.log
const PAGE_ROWS = 50
const EVERY_MS = 5_000
type StateFilter = keyof typeof strings.states
const STATES = Object.keys(strings.states) as readonly StateFilter[]
const isState = (text: string): text is StateFilter => Object.hasOwn(strings.states, text)

/** The delivery log. Filter, page and open row are in the address; emits `change-query`. */
@customElement("ispvm-deliveries")
export class IspvmDeliveries extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) query = new URLSearchParams()
  /** For their names; a filter also takes one that was removed. */
  @property({ attribute: false }) channels: readonly Channel[] = []
  @property({ type: Boolean, attribute: "read-only" }) isReadOnly = false
  readonly #page = new RequestController(this, {
    key: () =>
      this.deps === null
        ? null
        : ([this.deps, this.#state, this.#of("channel"), this.#of("before")] as const),
    load: ([{ api }, state, channel, before]) =>
      api.deliveries({
        limit: PAGE_ROWS,
        ...(state === "" ? {} : { state }),
        ...(channel === "" ? {} : { channel }),
        ...(before === "" ? {} : { before }),
      }),
    everyMs: EVERY_MS,
    keepsValue: () => true,
  })

  static override styles = [
    shared,
    panel,
    stackHost,
    css`
      .filters {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-4);
        padding: var(--space-3) var(--space-4);
        border-block-end: var(--line);
      }
      .filters ispvm-select {
        inline-size: min(var(--size-80), 100%);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        border-block-start: var(--line);
      }
    `,
  ]

  override render() {
    const open = this.#of("delivery")
    return html`<section class="panel" aria-label=${t.notifications.tabs.log}>
        ${this.#filters()}
        ${this.#page.render({
          loading: () => html`<div class="pad"><ispvm-skeleton lines="8"></ispvm-skeleton></div>`,
          failed: (error) =>
            html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#page.reload}></ispvm-failed>`,
          ready: ({ items, next }) =>
            items.length === 0 ? this.#empty() : this.#table(items, next),
        })}
      </section>
      <ispvm-drawer heading=${this.#heading(open)} ?open=${open !== ""} @dismiss=${() => this.#change({ delivery: "" })}>
        ${open === "" ? nothing : html`<ispvm-delivery .deps=${this.deps} delivery=${open} ?read-only=${this.isReadOnly} @changed=${() => void this.#page.reload()}></ispvm-delivery>`}
      </ispvm-drawer>`
  }

  #filters() {
    const channel = this.#of("channel")
    const known = this.channels.map(({ id, name }) => ({ value: id, label: name }))
    const isKnown = channel === "" || known.some(({ value }) => value === channel)
    const choices = [
      { value: "", label: strings.allChannels },
      ...known,
      ...(isKnown ? [] : [{ value: channel, label: t.notifications.delivery.removedChannel }]),
    ]
    return html`<div class="filters" role="group" aria-label=${strings.filter}>
      <div class="chips">${STATES.map((each) => html`<ispvm-chip ?active=${this.#state === each} @click=${() => this.#filter({ state: each })}>${strings.states[each]}</ispvm-chip>`)}</div>
      <ispvm-select class="push-end-wide" bare label=${strings.channel} .value=${channel} .choices=${choices} @change-value=${(event: CustomEvent<string>) => this.#filter({ channel: event.detail })}></ispvm-select>
    </div>`
  }

  #table(items: readonly Delivery[], next: string | null) {
    const { state } = this.#page
    return html`<ispvm-paged-table
        label=${t.notifications.tabs.log}
        min-width="900"
        active=${this.#of("delivery")}
        .columns=${DELIVERY_COLUMNS}
        .groups=${[{ key: "all", label: "", rows: items }]}
        @pick-row=${(event: CustomEvent<string>) => this.#change({ delivery: event.detail })}
      ></ispvm-paged-table>
      ${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#page.reload}></ispvm-stale>` : nothing}
      <footer class="pad-row">
        <span class="caption push-start" role="status">${strings.shown(items.length)}</span>
        ${this.#of("before") === "" ? nothing : html`<ispvm-button icon="chevron-left" @click=${() => this.#change({ before: "" })}>${strings.newest}</ispvm-button>`}
        ${next === null ? nothing : html`<ispvm-button icon="chevron-right" ?busy=${this.#page.isPending} @click=${() => this.#change({ before: next })}>${strings.older}</ispvm-button>`}
      </footer>`
  }

  #empty() {
    const isFiltered = this.#state !== "" || this.#of("channel") !== "" || this.#of("before") !== ""
    return isFiltered
      ? html`<ispvm-empty icon="search" heading=${strings.noneTitle} text=${strings.noneText}>
          <ispvm-button @click=${() => this.#filter({ state: "", channel: "" })}>${strings.showAll}</ispvm-button>
        </ispvm-empty>`
      : html`<ispvm-empty icon="list" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty>`
  }

  #heading(open: string): string {
    const row = this.#page.value?.items.find(({ id }) => id === open)
    return row === undefined ? t.notifications.log.what : t.notifications.delivery.kinds[row.kind]
  }
  get #state(): StateFilter {
    const state = this.#of("state")
    return isState(state) ? state : ""
  }
  #of(key: string): string {
    return this.query.get(key) ?? ""
  }
  /** Another filter begins at its newest row. */
  #filter(changes: Readonly<Record<string, string>>): void {
    this.#change({ before: "", delivery: "", ...changes })
  }
  #change(changes: Readonly<Record<string, string>>): void {
    emit(this, "change-query", changes)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-deliveries": IspvmDeliveries
  }
}
