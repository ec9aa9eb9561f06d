import { html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { nowMs } from "../components/now.ts"
import { type GraphScene, graphScene, layoutNodes } from "../features/graph/graph-scene.ts"
import type { IspvmGraph, Picked } from "../features/graph/ispvm-graph.ts"
import { type Layout, layoutOf, NO_LAYOUT } from "../features/graph/layout.ts"
import type { Spot } from "../features/graph/model.ts"
import { loadPositions, savePositions } from "../features/graph/positions.ts"
import { mapPageStyles } from "../features/map/map-page-styles.ts"
import { blastOf } from "../features/network/blast.ts"
import type { LinkSubject } from "../features/network/ispvm-link-edit.ts"
import { readSelection, type Selection, selectionQuery } from "../features/network/selection.ts"
import { matches } from "../i18n/format/text-match.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { openInNetwork } from "../state/incidents.ts"
import { StoreController } from "../state/store-controller.ts"
import { fullHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-chip.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-field.ts"
import "../components/ispvm-skeleton.ts"
import "../features/network/ispvm-link-edit.ts"
import "../features/network/ispvm-network-panel.ts"
import "../features/graph/ispvm-graph.ts"

const strings = t.network
const ZOOM_STEP = 1.35
/** The margin for the panel, which is below on a phone. */
const ASPECT = { wide: 1.25, narrow: 0.8 } as const

/** A click while drawing a link: first one end, then the other. */
type Tool =
  | { readonly kind: "none" }
  | { readonly kind: "link-from" }
  | { readonly kind: "link-to"; readonly from: string; readonly name: string }

/** The graph page: devices by role, links, and agents. */
@customElement("ispvm-page-graph")
export class IspvmPageGraph extends Page {
  @state() private savedPositions: ReadonlyMap<string, Spot> = loadPositions()
  @state() private tool: Tool = { kind: "none" }
  @state() private linkSubject: LinkSubject | null = null
  @query("ispvm-graph") private graph: IspvmGraph | null | undefined
  #layout: { readonly key: string; readonly layout: Layout } = { key: "", layout: NO_LAYOUT }

  static override styles = [shared, fullHost, mapPageStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.incidents])
  }

  protected override opened(): void {
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
  }

  override render() {
    const fleet = this.deps.fleet.value
    if (fleet.phase === "loading") return html`<ispvm-skeleton shape="chart"></ispvm-skeleton>`
    if (fleet.phase === "failed")
      return html`<ispvm-failed heading=${strings.failed} why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    if (fleet.devices.size === 0) return this.#empty()
    const incident = this.deps.incidents.value.all.get(this.query.get("incident") ?? "")
    const scene = graphScene(fleet, {
      nowMs: nowMs(),
      blast:
        incident === undefined || incident.state === "closed" ? null : blastOf(fleet, incident),
      focus: this.query.get("focus") ?? "",
      find: this.query.get("q") ?? "",
      faultsOnly: this.query.get("show") === "faults",
    })
    const selection = readSelection(this.query)
    return html`<div class="whole">
        <div class="left stage">
          <ispvm-graph class="fill"
            .scene=${scene}
            .layout=${this.#layOut(scene)}
            .savedPositions=${this.savedPositions}
            selected=${selection.kind === "none" ? "" : selection.id}
            focus-on=${this.query.get("focus") ?? ""}
            @pick-thing=${(event: CustomEvent<Picked | null>) => this.#onPick(event.detail)}
            @focus-thing=${(event: CustomEvent<string>) => this.#onFocus(event.detail)}
            @positions-changed=${(event: CustomEvent<ReadonlyMap<string, Spot>>) => this.#savePositions(event.detail)}
          ></ispvm-graph>
          ${this.#tools()} ${this.#zoom()}
          <p class="note with-room">${strings.graphHint}</p>
          <p class="hidden-visually" aria-live="polite">${this.#announcement(selection)}</p>
        </div>
        ${this.#panel(selection)}
      </div>
      <ispvm-link-edit .deps=${this.deps} .subject=${this.linkSubject} @dismiss=${this.#onEdited}></ispvm-link-edit>`
  }

  #empty() {
    return html`<ispvm-empty icon="workflow" heading=${pageTexts.map.emptyGraphTitle} text=${pageTexts.map.emptyGraphText}>
      <ispvm-button kind="primary" icon="plus" href=${paths.deviceNew}>${t.pages.devices.add}</ispvm-button>
    </ispvm-empty>`
  }

  #tools() {
    const faults = this.query.get("show") === "faults"
    const focus = this.deps.fleet.value.devices.get(this.query.get("focus") ?? "")
    return html`<div class="tools">
      <ispvm-field bare type="search" label=${strings.find} placeholder=${strings.find} .value=${this.query.get("q") ?? ""} @change-value=${(event: CustomEvent<string>) => this.setQuery({ q: event.detail })} @keydown=${this.#onFindKey}></ispvm-field>
      <ispvm-chip ?active=${faults} title=${strings.faultsOnlyHint} @click=${() => this.setQuery({ show: faults ? "" : "faults" })}>${strings.faultsOnly}</ispvm-chip>
      ${focus === undefined ? nothing : html`<ispvm-chip active @click=${() => this.setQuery({ focus: "" })}>${strings.focusOn(focus.name)} ×</ispvm-chip>`}
      ${this.tool.kind === "none" ? nothing : html`<span class="hint" role="status">${this.tool.kind === "link-to" ? strings.edit.clickTo(this.tool.name) : strings.edit.clickFrom}</span>`}
      <span class="end with-room">
        ${this.savedPositions.size === 0 ? nothing : html`<ispvm-button icon="rotate-cw" @click=${this.#onLayOut}>${strings.layOut}</ispvm-button>`}
        ${this.deps.session.can("inventory:write") ? this.#linkTool() : nothing}
      </span>
    </div>`
  }

  #linkTool() {
    return this.tool.kind === "none"
      ? html`<ispvm-button icon="cable" @click=${() => this.#setTool({ kind: "link-from" })}>${strings.edit.drawLink}</ispvm-button>`
      : html`<ispvm-button icon="x" @click=${() => this.#setTool({ kind: "none" })}>${strings.edit.cancel}</ispvm-button>`
  }

  #zoom() {
    return html`<div class="zoom">
      <ispvm-button icon="plus" label=${strings.zoomIn} @click=${() => this.graph?.zoomBy(ZOOM_STEP)}></ispvm-button>
      <ispvm-button icon="minus" label=${strings.zoomOut} @click=${() => this.graph?.zoomBy(1 / ZOOM_STEP)}></ispvm-button>
      <ispvm-button icon="maximize" label=${strings.fit} @click=${() => this.graph?.fit()}></ispvm-button>
    </div>`
  }

  #panel(selection: Selection) {
    const open = openInNetwork(this.deps.incidents.value)
    return html`<ispvm-network-panel
      beside="graph"
      .deps=${this.deps}
      .selection=${selection}
      incident=${this.query.get("incident") ?? ""}
      .inView=${open}
      @dismiss=${() => this.setQuery(selectionQuery({ kind: "none" }))}
      @pick-incident=${(event: CustomEvent<string | null>) => this.setQuery({ ...selectionQuery({ kind: "none" }), incident: event.detail ?? "" })}
      @edit-thing=${() => this.#onEdit(selection)}
    ></ispvm-network-panel>`
  }

  /** The layout changes only with devices, links or roles; samples never move anything. */
  #layOut(scene: GraphScene): Layout {
    const nodes = layoutNodes(this.deps.fleet.value, scene)
    const edges = scene.edges.filter((edge) => edge.kind === "link")
    const aspect = matchMedia("(max-width: 900px)").matches ? ASPECT.narrow : ASPECT.wide
    const key = [
      aspect,
      ...nodes.map((node) => `${node.id}${node.rank}${node.east}${node.name}`),
      ...edges.map((edge) => edge.id),
    ].join()
    if (key !== this.#layout.key) this.#layout = { key, layout: layoutOf(nodes, edges, aspect) }
    return this.#layout.layout
  }

  #announcement(selection: Selection): string {
    const fleet = this.deps.fleet.value
    const device = selection.kind === "device" ? fleet.devices.get(selection.id) : undefined
    if (device === undefined) return ""
    const links = [...fleet.links.values()].filter(
      (link) => link.a.deviceId === device.id || link.b.deviceId === device.id,
    )
    return strings.selected(device.name, t.terms.status[device.status.status], links.length)
  }

  #setTool(tool: Tool): void {
    this.tool = tool
  }
  #savePositions(savedPositions: ReadonlyMap<string, Spot>): void {
    this.savedPositions = savedPositions
    savePositions(savedPositions)
  }
  #onPick(picked: Picked | null): void {
    const { tool } = this
    if (tool.kind === "none" || picked === null || picked.kind !== "device") {
      this.setQuery(selectionQuery(picked ?? { kind: "none" }))
      return
    }
    const name = this.deps.fleet.value.devices.get(picked.id)?.name ?? ""
    if (tool.kind === "link-from") {
      this.#setTool({ kind: "link-to", from: picked.id, name })
      return
    }
    this.linkSubject = { kind: "new", fromSite: "", toSite: "", a: tool.from, b: picked.id }
    this.#setTool({ kind: "none" })
  }
  /** The first call shows the neighbourhood, the second opens the page. */
  #onFocus(id: string): void {
    const { devices } = this.deps.fleet.value
    if (!devices.has(id)) return
    if (this.query.get("focus") === id) this.deps.go(paths.device(id))
    else this.setQuery({ ...selectionQuery({ kind: "device", id }), focus: id })
  }
  #onEdit(selection: Selection): void {
    const link =
      selection.kind === "link" ? this.deps.fleet.value.links.get(selection.id) : undefined
    if (link !== undefined) this.linkSubject = { kind: "old", link }
  }

  readonly #onLayOut = (): void => {
    this.#savePositions(new Map())
    void this.updateComplete.then(() => this.graph?.fit())
    this.deps.toast({ tone: "done", text: strings.arranged })
  }
  readonly #onEdited = (): void => {
    this.linkSubject = null
  }
  readonly #onFindKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return
    const find = this.query.get("q") ?? ""
    const found = [...this.deps.fleet.value.devices.values()].find((device) =>
      matches(find, device.name, device.address, device.siteName),
    )
    if (find === "" || found === undefined) return
    this.setQuery({ ...selectionQuery({ kind: "device", id: found.id }), q: "" })
    this.graph?.show(found.id)
    this.graph?.renderRoot.querySelector<HTMLElement>(".graph")?.focus()
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || this.linkSubject !== null) return
    if (this.tool.kind !== "none") this.#setTool({ kind: "none" })
    else if (readSelection(this.query).kind !== "none")
      this.setQuery(selectionQuery({ kind: "none" }))
    else if (this.query.has("focus")) this.setQuery({ focus: "" })
    else if (this.query.has("incident")) this.setQuery({ incident: "" })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-graph": IspvmPageGraph
  }
}
