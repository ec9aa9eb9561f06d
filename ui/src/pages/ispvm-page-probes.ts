import type { Probe, ProbeList } from "@ispvm/appliance/api/probes"
import { html, nothing } from "lit"
import { customElement } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-skeleton.ts"
import "../components/ispvm-stale.ts"
import "../features/probes/ispvm-probe-form.ts"
import "../features/probes/ispvm-probe-list.ts"

const strings = t.probes
const REFRESH_MS = 15_000
/** After "Run now", values arrive within a few seconds. */
const SOON_MS = 2_500

/** Probes of services: what each agent finds, and where a fault is. */
@customElement("ispvm-page-probes")
export class IspvmPageProbes extends Page {
  readonly #list = new RequestController(this, {
    key: () => [this.query.get("site") ?? ""] as const,
    load: ([site]) => this.deps.api.probes(site === "" ? {} : { site }),
    everyMs: REFRESH_MS,
    keepsValue: ([was], [is]) => was === is,
  })

  static override styles = [shared, panel]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    this.until(
      this.deps.live.on("inventory", ({ what }) => {
        if (what === "probe") this.#list.reloadIn(300)
      }),
    )
  }

  get #canWrite(): boolean {
    return this.deps.session.can("probes:write")
  }

  override render() {
    return html`<div class="page">
      <div class="with-icon">
        <h1>${strings.title}</h1>
        ${this.#canWrite ? html`<ispvm-button class="push-end" kind="primary" icon="plus" @click=${() => this.setQuery({ edit: "new" })}>${strings.add}</ispvm-button>` : nothing}
      </div>
      <p class="soft">${strings.lead}</p>
      ${this.#list.render({
        loading: () =>
          html`<section class="panel pad"><ispvm-skeleton lines="8"></ispvm-skeleton></section>`,
        failed: (error) =>
          html`<section class="panel"><ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#list.reload}></ispvm-failed></section>`,
        ready: (list) => this.#ready(list),
      })}
    </div>`
  }

  #ready({ items, findings }: ProbeList) {
    const { state } = this.#list
    return html`${state.phase === "stale" ? html`<ispvm-stale .at=${state.atMs} why=${state.error.message} @retry=${this.#list.reload}></ispvm-stale>` : nothing}
      ${this.#site()} ${this.#edit(items)}
      ${
        findings.length === 0
          ? nothing
          : html`<section class="panel" aria-labelledby="findings">
              <header><h2 id="findings">${strings.findings}</h2></header>
              <ul class="lined-rows">${findings.map((finding) => html`<li class="pad prose">${strings.finding(finding)}</li>`)}</ul>
            </section>`
      }
      ${
        items.length === 0
          ? html`<section class="panel"><ispvm-empty icon="radar" heading=${strings.emptyTitle} text=${strings.emptyText}></ispvm-empty></section>`
          : html`<section class="panel" aria-labelledby="list">
              <header><h2 id="list">${strings.list}</h2></header>
              <ispvm-probe-list .deps=${this.deps} .probes=${failingFirst(items)} @ran=${() => this.#list.reloadIn(SOON_MS)} @edit-probe=${(event: CustomEvent<string>) => this.setQuery({ edit: event.detail })}></ispvm-probe-list>
            </section>`
      }`
  }

  #site() {
    const site = this.deps.fleet.value.sites.get(this.query.get("site") ?? "")
    return site === undefined
      ? nothing
      : html`<div class="cluster"><ispvm-chip active @click=${() => this.setQuery({ site: "" })}>${site.name}</ispvm-chip></div>`
  }

  #edit(items: readonly Probe[]) {
    const id = this.query.get("edit")
    if (id === null || !this.#canWrite) return nothing
    const probe = items.find((each) => each.id === id) ?? null
    if (probe === null && id !== "new") return nothing
    const done = (): void => {
      this.setQuery({ edit: "", device: "" })
      void this.#list.reload()
    }
    return html`<section class="panel" aria-labelledby="edit">
      <header><h2 id="edit">${probe === null ? strings.form.heading : strings.form.headingEdit(probe.name)}</h2></header>
      <div class="pad"><ispvm-probe-form .deps=${this.deps} .probe=${probe} device=${this.query.get("device") ?? ""} @saved=${done} @dismiss=${done}></ispvm-probe-form></div>
    </section>`
  }
}

const isFailing = ({ views }: Probe): boolean => views.some(({ state }) => state === "failing")
const failingFirst = (probes: readonly Probe[]): readonly Probe[] => [
  ...probes.filter(isFailing),
  ...probes.filter((probe) => !isFailing(probe)),
]

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-probes": IspvmPageProbes
  }
}
