import type { EventRow } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing, type TemplateResult } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import type { Choice } from "../../components/ispvm-select.ts"
import { nowMs } from "../../components/now.ts"
import { count } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { eventIcon, isLoss } from "../../state/event-icon.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-timeline.ts"

const strings = t.tables.log
const PAGE = 100
const REFRESH_MS = 15_000
const DEBOUNCE_MS = 400
const TYPING_MS = 250

type Filters = Readonly<Record<"level" | "from" | "span" | "q", string>>
const LEVELS = ["info", "warning", "error"] as const
const SOURCES = ["syslog", "routeros-api", "snmp", "push"] as const
const isOneOf = <T extends string>(all: readonly T[], text: string): text is T =>
  all.some((each) => each === text)

const choices = (texts: Readonly<Record<string, string>>): readonly Choice[] =>
  ["", ...Object.keys(texts).filter((key) => key !== "")].map((value) => ({
    value,
    label: texts[value] ?? value,
  }))

/** Links the interface of an event; if the text does not name it, it is put before the text. */
const textOf = (event: EventRow): string | TemplateResult => {
  const text = t.terms.event(event.name, event.source, event.message)
  const { interface: port, deviceId } = event
  if (port === null) return text
  const rest = text.startsWith(`${port} `) ? text.slice(port.length + 1) : text
  return html`<a href=${paths.interface(deviceId, port)}>${port}</a> ${rest}`
}
const whoOf = ({ topics, source }: EventRow): string =>
  topics ? `${t.terms.source(source)} · ${topics}` : t.terms.source(source)

/**
 * What happened on a device and what it logged: by severity, source, time and text. The filters are
 * in the address: emits `change-query`.
 */
@customElement("ispvm-device-log")
export class IspvmDeviceLog extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() device = ""
  @property({ attribute: false }) query = new URLSearchParams()
  @state() private wanted = PAGE
  #typing: ReturnType<typeof setTimeout> | undefined
  #stop: (() => void) | undefined
  readonly #events = new RequestController(this, {
    key: () => {
      const { level, from, span, q } = this.#filters
      return this.deps === null || this.device === ""
        ? null
        : ([this.device, level, from, span, q, this.wanted] as const)
    },
    load: () => this.#load(),
    keepsValue: ([device], [isDevice]) => device === isDevice,
    everyMs: REFRESH_MS,
  })

  static override styles = [
    shared,
    css`
      .filters {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--size-48)), 1fr));
        gap: var(--space-2);
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = this.deps?.live.on("event", (event) => {
      if (event.deviceId === this.device) this.#events.reloadIn(DEBOUNCE_MS)
    })
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop?.()
    clearTimeout(this.#typing)
  }

  get #filters(): Filters {
    const of = (name: string) => this.query.get(name) ?? ""
    return { level: of("level"), from: of("source"), span: of("span"), q: of("q") }
  }

  override render() {
    const { level, from, span, q } = this.#filters
    const select = (
      label: string,
      name: string,
      value: string,
      texts: Readonly<Record<string, string>>,
    ) =>
      html`<ispvm-select bare label=${label} .value=${value} .choices=${choices(texts)} @change-value=${(event: CustomEvent<string>) => this.#change({ [name]: event.detail })}></ispvm-select>`
    return html`<div class="filters pad-row">
        <ispvm-field bare type="search" label=${strings.search} placeholder=${strings.search} .value=${q} @change-value=${(event: CustomEvent<string>) => this.#find(event.detail)}></ispvm-field>
        ${select(strings.level, "level", level, strings.levels)}
        ${select(strings.source, "source", from, strings.sources)}
        ${select(strings.since, "span", span, strings.spans)}
      </div>
      ${this.#events.render({
        loading: () => html`<ispvm-skeleton lines="8"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${t.tables.failed} why=${error.message} @retry=${this.#events.reload}></ispvm-failed>`,
        ready: ({ items, hasMore }) => this.#lines(items, hasMore),
      })}`
  }

  #lines(items: readonly EventRow[], hasMore: boolean) {
    if (items.length === 0) {
      const isFiltered = Object.values(this.#filters).some((value) => value !== "")
      const texts = t.pages.device.events
      return html`<ispvm-empty icon="list" heading=${texts.emptyTitle} text=${isFiltered ? strings.nothing : texts.emptyText}></ispvm-empty>`
    }
    return html`<p class="pad-row caption">${strings.shown(count(items.length))}</p>
      <div class="pad-row">
        <ispvm-timeline .items=${items.map((event) => ({ id: event.id, atMs: event.atMs, text: textOf(event), who: whoOf(event), icon: eventIcon(event.name), isLoss: isLoss(event.name) || event.severity === "error" }))}></ispvm-timeline>
      </div>
      ${hasMore ? html`<div class="pad-row"><ispvm-button kind="quiet" ?busy=${this.#events.isPending} @click=${() => (this.wanted += PAGE)}>${strings.older}</ispvm-button></div>` : nothing}`
  }

  async #load(): Promise<{ readonly items: readonly EventRow[]; readonly hasMore: boolean }> {
    const { api } = this.deps ?? {}
    if (api === undefined) throw new Error("no connection")
    const { level, from, span, q } = this.#filters
    const query = {
      limit: PAGE,
      ...(isOneOf(LEVELS, level) ? { severity: level } : {}),
      ...(isOneOf(SOURCES, from) ? { source: from } : {}),
      ...(span === "" ? {} : { since: Math.round(nowMs() - Number(span) * 1_000) }),
      ...(q === "" ? {} : { search: q }),
    }
    const items: EventRow[] = []
    let next: string | null = null
    do {
      const page = await api.deviceEvents(this.device, {
        ...query,
        ...(next === null ? {} : { cursor: next }),
      })
      items.push(...page.items)
      next = page.next
    } while (next !== null && items.length < this.wanted)
    return { items, hasMore: next !== null }
  }

  #find(text: string): void {
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.#change({ q: text.trim() }), TYPING_MS)
  }
  #change(change: Readonly<Record<string, string>>): void {
    this.wanted = PAGE
    emit(this, "change-query", change)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-log": IspvmDeviceLog
  }
}
