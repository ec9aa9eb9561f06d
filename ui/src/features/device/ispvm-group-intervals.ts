import {
  CollectorGroup,
  GROUP_INTERVAL,
  groupOf,
  type ScopedInterval,
} from "@ispvm/appliance/api/collectors"
import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { duration } from "../../i18n/format/time.ts"
import { byteSize, count, share } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import type { CollectorRow } from "./collection-columns.ts"
import { costOfGroup, intervalsOf } from "./group-intervals.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = pageTexts.collecting.intervals
const [MIN_S, MAX_S] = [GROUP_INTERVAL.minMs / 1_000, GROUP_INTERVAL.maxMs / 1_000]
const isGroup = (text: string): text is CollectorGroup =>
  CollectorGroup.options.some((each) => each === text)
const nameOf = (group: string): string => t.tables.groups[group] ?? group

/** Intervals that people set for a group of collectors of a device, its roles or its site. */
@customElement("ispvm-group-intervals")
export class IspvmGroupIntervals extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  /** What the collectors of this device cost. */
  @property({ attribute: false }) rows: readonly CollectorRow[] = []
  @state() private scope = "device"
  @state() private group: CollectorGroup | null = null
  @state() private seconds = ""
  readonly #action = new ActionController(this)
  readonly #intervals = new RequestController(this, {
    key: () =>
      this.deps?.session.can("agents:read") === true ? ([this.device?.id ?? ""] as const) : null,
    load: async () => (await this.deps?.api.collectionIntervals())?.items ?? [],
  })

  static override styles = [
    shared,
    css`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--size-48)), 1fr));
        gap: var(--space-2) var(--space-4);
        align-items: start;
      }
      form ispvm-button {
        align-self: end;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-4);
        align-items: center;
        justify-content: space-between;
      }
    `,
  ]

  override render() {
    const { device } = this
    if (device === null || this.deps?.session.can("agents:read") !== true) return nothing
    return this.#intervals.render({
      loading: () => nothing,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#intervals.reload}></ispvm-failed>`,
      ready: (all) => this.#content(device, intervalsOf(all, device)),
    })
  }

  #content(device: Device, applied: readonly ScopedInterval[]) {
    const canWrite = this.deps?.session.can("agents:write") === true
    if (!canWrite && applied.length === 0) return nothing
    return html`<section class="pad-row" aria-label=${strings.title}>
      <h3>${strings.title}</h3>
      <p class="caption">${strings.intro}</p>
      ${applied.length === 0 ? nothing : html`<ul class="lined-rows">${applied.map((each) => this.#applied(each, device, canWrite))}</ul>`}
      ${canWrite ? this.#form(device) : nothing}
    </section>`
  }

  #label(scope: string, subject: string, device: Device): string {
    const role = device.roles.find((each) => each === subject)
    if (scope === "role")
      return t.tables.profiles.role(role === undefined ? subject : t.terms.role[role])
    return scope === "site"
      ? t.tables.profiles.site(device.siteName ?? "")
      : t.tables.profiles.device
  }

  #applied(interval: ScopedInterval, device: Device, canWrite: boolean) {
    const { scope, subject, group, everyMs } = interval
    const label = strings.every(nameOf(group), duration(everyMs))
    return html`<li>
      <span><span class="emphasis">${label}</span> <span class="caption">${this.#label(scope, subject, device)} · ${this.#cost(group, everyMs)}</span></span>
      ${canWrite ? html`<ispvm-button kind="quiet" icon="trash-2" label=${strings.remove(label)} ?disabled=${this.#action.isBusy} @click=${() => void this.#change({ scope, subject, group, everyMs: null }, device)}></ispvm-button>` : nothing}
    </li>`
  }

  #cost(group: CollectorGroup, everyMs: number): string {
    const { busyShare, bytesPerDay } = costOfGroup(this.rows, group, everyMs)
    return strings.cost(share(busyShare), byteSize(bytesPerDay))
  }

  #form(device: Device) {
    const scopes = [
      { value: "device", label: t.tables.profiles.device },
      ...device.roles.map((role) => ({
        value: `role ${role}`,
        label: this.#label("role", role, device),
      })),
      ...(device.siteId === null
        ? []
        : [{ value: `site ${device.siteId}`, label: this.#label("site", device.siteId, device) }]),
    ]
    const groups = CollectorGroup.options
      .filter((group) => this.rows.some(({ id, everyMs }) => everyMs > 0 && groupOf(id) === group))
      .map((value) => ({ value, label: nameOf(value) }))
    const group = this.group ?? groups[0]?.value ?? null
    if (group === null) return nothing
    const everyMs = this.#everyMs()
    const isWrong = this.seconds !== "" && everyMs === null
    const now = costOfGroup(this.rows, group, null)
    return html`<form @submit=${(event: Event) => this.#submit(event, group, device)}>
      <ispvm-select label=${strings.scope} .value=${this.scope} .choices=${scopes} @change-value=${(
        event: CustomEvent<string>,
      ) => {
        this.scope = event.detail
      }}></ispvm-select>
      <ispvm-select label=${strings.group} .value=${group} .choices=${groups} @change-value=${(
        event: CustomEvent<string>,
      ) => {
        this.group = isGroup(event.detail) ? event.detail : null
      }}></ispvm-select>
      <ispvm-field
        type="number"
        label=${strings.seconds}
        .value=${this.seconds}
        error=${isWrong ? strings.bounds(count(MIN_S), count(MAX_S)) : ""}
        hint=${everyMs === null ? strings.now(strings.cost(share(now.busyShare), byteSize(now.bytesPerDay))) : strings.withIt(this.#cost(group, everyMs), strings.cost(share(now.busyShare), byteSize(now.bytesPerDay)))}
        @change-value=${(event: CustomEvent<string>) => {
          this.seconds = event.detail.trim()
        }}
      ></ispvm-field>
      <ispvm-button type="submit" ?disabled=${everyMs === null || this.#action.isBusy}>${strings.set}</ispvm-button>
    </form>`
  }

  /** Null: not a number within the limits. */
  #everyMs(): number | null {
    const seconds = Number(this.seconds)
    const isValid = this.seconds !== "" && Number.isInteger(seconds)
    return isValid && seconds >= MIN_S && seconds <= MAX_S ? seconds * 1_000 : null
  }

  #submit(event: Event, group: CollectorGroup, device: Device): void {
    event.preventDefault()
    const everyMs = this.#everyMs()
    if (everyMs === null) return
    const [scope = "device", subject = device.id] = this.scope.split(" ")
    if (scope !== "device" && scope !== "role" && scope !== "site") return
    void this.#change({ scope, subject, group, everyMs }, device)
  }

  async #change(
    change: Omit<ScopedInterval, "everyMs"> & { readonly everyMs: number | null },
    device: Device,
  ): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const { scope, subject, group, everyMs } = change
    const done = await this.#action.run("change", () => deps.api.changeCollectionInterval(change))
    const what = `${this.#label(scope, subject, device)}: ${nameOf(group)}`
    const text = everyMs === null ? strings.removed(what) : strings.every(what, duration(everyMs))
    deps.toast(
      done === null ? { tone: "failed", text: this.#action.message } : { tone: "done", text },
    )
    if (done !== null) this.seconds = ""
    await this.#intervals.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-group-intervals": IspvmGroupIntervals
  }
}
