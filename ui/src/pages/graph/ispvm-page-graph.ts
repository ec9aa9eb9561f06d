import { html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { matches } from "../../format/words.ts"
import { nowMs } from "../../parts/now.ts"
import { paths } from "../../paths.ts"
import { isPage } from "../../routes.ts"
import { inState } from "../../state/incidents.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { mapPageStyles } from "../map/map-page-styles.ts"
import { blastOf } from "../network/blast.ts"
import type { LinkSubject } from "../network/ispvm-link-edit.ts"
import { readSelection, type Selection, selectionAsk } from "../network/selection.ts"
import { Page } from "../page.ts"
import { type GraphScene, graphScene, layoutNodes } from "./graph-scene.ts"
import type { IspvmGraph, Picked } from "./ispvm-graph.ts"
import { type Layout, layoutOf, NO_LAYOUT, type Spot } from "./layout.ts"
import { loadPositions, savePositions } from "./positions.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-chip.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-field.ts"
import "../../parts/ispvm-skeleton.ts"
import "../network/ispvm-link-edit.ts"
import "../network/ispvm-network-panel.ts"
import "./ispvm-graph.ts"

const words = t.network
const ZOOM_STEP = 1.35
/** The room beside the panel, and above it on a phone. */
const ASPECT = { wide: 1.25, narrow: 0.8 } as const

/** A click while a link is drawn: first one end, then the other. */
type Tool =
  | { readonly kind: "none" }
  | { readonly kind: "link-from" }
  | { readonly kind: "link-to"; readonly from: string; readonly name: string }

/** What hangs on what: every device by its role, every link, and the agents that see them. */
@customElement("ispvm-page-graph")
export class IspvmPageGraph extends Page {
  @state() private kept: ReadonlyMap<string, Spot> = loadPositions()
  @state() private tool: Tool = { kind: "none" }
  @state() private linkSubject: LinkSubject | null = null
  @query("ispvm-graph") private graph: IspvmGraph | null | undefined
  #layout: { readonly key: string; readonly layout: Layout } = { key: "", layout: NO_LAYOUT }

  static override styles = [shared, mapPageStyles]

  constructor() {
    super()
    new Watch(this, () => [this.deps.fleet, this.deps.incidents])
  }

  protected override opened(): void {
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => globalThis.removeEventListener("keydown", this.#onKey))
  }

  override render() {
    const fleet = this.deps.fleet.value
    if (fleet.phase === "loading") return html`<ispvm-skeleton shape="chart"></ispvm-skeleton>`
    if (fleet.phase === "failed")
      return html`<ispvm-failed heading=${words.failed} why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    if (fleet.devices.size === 0) return this.#empty()
    const incident = this.deps.incidents.value.all.get(this.ask.get("incident") ?? "")
    const scene = graphScene(fleet, {
      nowMs: nowMs(),
      blast: incident === undefined || incident.state === "closed" ? null : blastOf(fleet, incident),
      focus: this.ask.get("focus") ?? "",
      find: this.ask.get("q") ?? "",
      faultsOnly: this.ask.get("show") === "faults",
    })
    const selection = readSelection(this.ask)
    return html`<div class="whole">
        <div class="left stage">
          <ispvm-graph
            .scene=${scene}
            .layout=${this.#layOut(scene)}
            .kept=${this.kept}
            selected=${selection.kind === "none" ? "" : selection.id}
            focus-on=${this.ask.get("focus") ?? ""}
            @pick-thing=${(event: CustomEvent<Picked | null>) => this.#onPick(event.detail)}
            @focus-thing=${(event: CustomEvent<string>) => this.#onFocus(event.detail)}
            @positions-kept=${(event: CustomEvent<ReadonlyMap<string, Spot>>) => this.#keep(event.detail)}
          ></ispvm-graph>
          ${this.#tools()} ${this.#zoom()}
          <p class="note with-room">${words.graphHint}</p>
          <p class="hidden-visually" aria-live="polite">${this.#said(selection)}</p>
        </div>
        ${this.#panel(selection)}
      </div>
      <ispvm-link-edit .deps=${this.deps} .subject=${this.linkSubject} @dismiss=${this.#onEdited}></ispvm-link-edit>`
  }

  #empty() {
    return html`<ispvm-empty icon="workflow" heading=${words.emptyGraphTitle} text=${words.emptyGraphText}>
      ${isPage(paths.deviceNew) ? html`<ispvm-button kind="primary" icon="plus" href=${paths.deviceNew}>${t.pages.devices.add}</ispvm-button>` : html`<ispvm-button kind="primary" icon="upload" href=${paths.deviceImport}>${t.pages.devices.importCsv}</ispvm-button>`}
    </ispvm-empty>`
  }

  #tools() {
    const faults = this.ask.get("show") === "faults"
    const focus = this.deps.fleet.value.devices.get(this.ask.get("focus") ?? "")
    return html`<div class="tools">
      <ispvm-field bare type="search" label=${words.find} placeholder=${words.find} .value=${this.ask.get("q") ?? ""} @change-value=${(event: CustomEvent<string>) => this.setAsk({ q: event.detail })} @keydown=${this.#onFindKey}></ispvm-field>
      <ispvm-chip ?active=${faults} title=${words.faultsOnlyHint} @click=${() => this.setAsk({ show: faults ? "" : "faults" })}>${words.faultsOnly}</ispvm-chip>
      ${focus === undefined ? nothing : html`<ispvm-chip active @click=${() => this.setAsk({ focus: "" })}>${words.focusOn(focus.name)} ×</ispvm-chip>`}
      ${this.tool.kind === "none" ? nothing : html`<span class="hint" role="status">${this.tool.kind === "link-to" ? words.edit.clickTo(this.tool.name) : words.edit.clickFrom}</span>`}
      <span class="end with-room">
        ${this.kept.size === 0 ? nothing : html`<ispvm-button icon="rotate-cw" @click=${this.#onLayOut}>${words.layOut}</ispvm-button>`}
        ${this.deps.session.can("inventory:write") ? this.#linkTool() : nothing}
      </span>
    </div>`
  }

  #linkTool() {
    return this.tool.kind === "none"
      ? html`<ispvm-button icon="cable" @click=${() => this.#take({ kind: "link-from" })}>${words.edit.drawLink}</ispvm-button>`
      : html`<ispvm-button icon="x" @click=${() => this.#take({ kind: "none" })}>${words.edit.cancel}</ispvm-button>`
  }

  #zoom() {
    return html`<div class="zoom">
      <ispvm-button icon="plus" label=${words.zoomIn} @click=${() => this.graph?.zoomBy(ZOOM_STEP)}></ispvm-button>
      <ispvm-button icon="minus" label=${words.zoomOut} @click=${() => this.graph?.zoomBy(1 / ZOOM_STEP)}></ispvm-button>
      <ispvm-button icon="maximize" label=${words.fit} @click=${() => this.graph?.fit()}></ispvm-button>
    </div>`
  }

  #panel(selection: Selection) {
    const open = [...inState(this.deps.incidents.value, "open"), ...inState(this.deps.incidents.value, "acknowledged")]
    return html`<ispvm-network-panel
      beside="graph"
      .deps=${this.deps}
      .selection=${selection}
      incident=${this.ask.get("incident") ?? ""}
      .inView=${open}
      @dismiss=${() => this.setAsk(selectionAsk({ kind: "none" }))}
      @pick-incident=${(event: CustomEvent<string | null>) => this.setAsk({ ...selectionAsk({ kind: "none" }), incident: event.detail ?? "" })}
      @edit-thing=${() => this.#onEdit(selection)}
    ></ispvm-network-panel>`
  }

  /** Laid out anew only when devices or links come, go or change their role: readings never move anything. */
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

  #said(selection: Selection): string {
    const fleet = this.deps.fleet.value
    const device = selection.kind === "device" ? fleet.devices.get(selection.id) : undefined
    if (device === undefined) return ""
    const near = [...fleet.links.values()].filter((link) => link.a.deviceId === device.id || link.b.deviceId === device.id)
    return words.selected(device.name, t.terms.status[device.status.status], near.length)
  }

  #take(tool: Tool): void {
    this.tool = tool
  }
  #keep(kept: ReadonlyMap<string, Spot>): void {
    this.kept = kept
    savePositions(kept)
  }
  #onPick(picked: Picked | null): void {
    const { tool } = this
    if (tool.kind === "none" || picked === null || picked.kind !== "device") {
      this.setAsk(selectionAsk(picked ?? { kind: "none" }))
      return
    }
    const name = this.deps.fleet.value.devices.get(picked.id)?.name ?? ""
    if (tool.kind === "link-from") {
      this.#take({ kind: "link-to", from: picked.id, name })
      return
    }
    this.linkSubject = { kind: "new", fromSite: "", toSite: "", a: tool.from, b: picked.id }
    this.#take({ kind: "none" })
  }
  /** First its neighbourhood; asked again, its page. */
  #onFocus(id: string): void {
    const { devices } = this.deps.fleet.value
    if (!devices.has(id)) return
    if (this.ask.get("focus") === id) this.deps.go(paths.device(id))
    else this.setAsk({ ...selectionAsk({ kind: "device", id }), focus: id })
  }
  #onEdit(selection: Selection): void {
    const link = selection.kind === "link" ? this.deps.fleet.value.links.get(selection.id) : undefined
    if (link !== undefined) this.linkSubject = { kind: "old", link }
  }

  readonly #onLayOut = (): void => {
    this.#keep(new Map())
    void this.updateComplete.then(() => this.graph?.fit())
    this.deps.toast({ tone: "done", text: words.arranged })
  }
  readonly #onEdited = (): void => {
    this.linkSubject = null
  }
  readonly #onFindKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return
    const find = this.ask.get("q") ?? ""
    const found = [...this.deps.fleet.value.devices.values()].find((device) =>
      matches(find, device.name, device.address, device.siteName),
    )
    if (find === "" || found === undefined) return
    this.setAsk({ ...selectionAsk({ kind: "device", id: found.id }), q: "" })
    this.graph?.show(found.id)
    this.graph?.renderRoot.querySelector<HTMLElement>(".graph")?.focus()
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || this.linkSubject !== null) return
    if (this.tool.kind !== "none") this.#take({ kind: "none" })
    else if (readSelection(this.ask).kind !== "none") this.setAsk(selectionAsk({ kind: "none" }))
    else if (this.ask.has("focus")) this.setAsk({ focus: "" })
    else if (this.ask.has("incident")) this.setAsk({ incident: "" })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-graph": IspvmPageGraph
  }
}
