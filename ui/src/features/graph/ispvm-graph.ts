import cytoscape, { type Core, type ElementDefinition, type EventObject } from "cytoscape"
import { css, html, LitElement, type PropertyValues } from "lit"
import { customElement, property, query } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { GraphEdge, GraphNode, GraphScene } from "./graph-scene.ts"
import { graphStyle, labelScale } from "./graph-style.ts"
import { bend, type Direction, type Layout, NO_LAYOUT, towards } from "./layout.ts"
import type { Spot } from "./model.ts"

/** Above this, edges are hidden during a motion, so that two thousand nodes stay fluent. */
const CROWD = 900
/** What changes during a motion is drawn this long after it. */
const REST_MS = 150
/** Up to this many nodes, names grow while the graph is small on screen. */
const READABLE = 150
const THIN = 0.4
const FIT_PX = 46
/** Distance between parallel links. */
const PARALLEL_GAP = 5
const AGENT_SPOT: Spot = { x: 34, y: -44 }
const SIZES = [26, 26, 26, 21, 17, 14] as const

export type Picked = { readonly kind: "device" | "agent" | "link"; readonly id: string }

/**
 * The graph. Emits `pick-thing` (null: nothing), `focus-thing`, and `positions-kept` with dragged
 * positions.
 */
@customElement("ispvm-graph")
export class IspvmGraph extends LitElement {
  @property({ attribute: false }) scene: GraphScene = { nodes: [], edges: [] }
  /** Positions by layout and by hand; those by hand win. */
  @property({ attribute: false }) layout: Layout = NO_LAYOUT
  @property({ attribute: false }) savedPositions: ReadonlyMap<string, Spot> = new Map()
  @property() selected = ""
  @property({ attribute: "focus-on" }) focusOn = ""
  @query(".graph") private box: HTMLElement | null | undefined
  #cy: Core | undefined
  #drawn = new Map<string, GraphNode | GraphEdge>()
  #sizes: ResizeObserver | undefined
  #labelScale = 1
  #fitted = ""
  #motion: ReturnType<typeof setTimeout> | undefined
  /** What has changed during a motion. */
  #stale: "no" | "scene" | "places" = "no"

  static override styles = css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
    }
    .graph {
      position: absolute;
      inset: 0;
      background: var(--surface-page);
    }
    .graph:focus-visible {
      outline: var(--focus-ring);
      outline-offset: calc(-1 * var(--line-thick));
    }
  `

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener("ispvm-theme", this.#onTheme)
    if (this.hasUpdated) this.#start()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("ispvm-theme", this.#onTheme)
    this.#sizes?.disconnect()
    clearTimeout(this.#motion)
    this.#motion = undefined
    this.#cy?.destroy()
    this.#cy = undefined
    this.#drawn.clear()
    this.#fitted = ""
  }
  override firstUpdated(): void {
    this.#start()
  }

  fit(): void {
    this.#cy?.fit(this.#cy.elements(":visible"), FIT_PX)
  }
  zoomBy(factor: number): void {
    const cy = this.#cy
    if (cy !== undefined)
      cy.zoom({
        level: cy.zoom() * factor,
        renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 },
      })
  }
  /** Brings a node into view, large enough to read. */
  show(id: string): void {
    const cy = this.#cy
    const node = cy?.getElementById(id)
    if (cy === undefined || node === undefined || node.empty()) return
    if (cy.zoom() < 0.8) cy.zoom(1)
    cy.center(node)
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.#cy === undefined) return
    if (changed.has("scene") || changed.has("layout") || changed.has("savedPositions"))
      this.#draw(changed.has("layout") || changed.has("savedPositions"))
    if (changed.has("selected")) this.#select()
    if (changed.has("focusOn") && changed.get("focusOn") !== undefined) this.fit()
  }

  override render() {
    return html`<div class="graph" tabindex="0" role="application" aria-label=${t.network.graphLabel} @keydown=${this.#onKey}></div>`
  }

  #start(): void {
    if (!this.box || this.#cy !== undefined) return
    const isCrowd = this.scene.nodes.length > CROWD
    const cy = cytoscape({
      container: this.box,
      style: graphStyle(this.#token, () => this.#labelScale),
      minZoom: 0.04,
      maxZoom: 3,
      selectionType: "single",
      boxSelectionEnabled: false,
      hideEdgesOnViewport: isCrowd,
      ...(isCrowd ? { pixelRatio: 1 } : {}),
    })
    this.#cy = cy
    cy.on("tap", (event) => this.#onTap(event))
    cy.on("dbltap", "node.device", (event) => emit(this, "focus-thing", String(event.target.id())))
    cy.on("dragfree", "node", (event) => this.#onDragged(event))
    cy.on("mouseover", "node, edge", () => this.#cursor("pointer"))
    cy.on("mouseout", "node, edge", () => this.#cursor(""))
    cy.on("zoom", () => this.#scaleLabels())
    cy.on("viewport drag", () => this.#onMotion())
    this.#sizes = new ResizeObserver(() => {
      cy.resize()
      // A graph that was opened hidden or narrow is fitted when it gets its size.
      if (this.#fitted === "") this.#firstFit()
    })
    this.#sizes.observe(this.box)
    this.#draw(true)
    this.#select()
    this.#firstFit()
  }

  #firstFit(): void {
    if (this.#cy === undefined || this.#cy.nodes().empty() || this.#cy.width() === 0) return
    this.#fitted = "yes"
    this.fit()
    if (this.selected !== "" && this.#cy.zoom() < 0.3) this.show(this.selected)
  }

  /** Of a crowd, names are shown only from near. */
  #scaleLabels(): void {
    const cy = this.#cy
    if (cy === undefined || cy.nodes().length > READABLE) return
    const scale = labelScale(cy.zoom())
    if (Math.abs(scale - this.#labelScale) < 0.02) return
    this.#labelScale = scale
    cy.style().update()
  }

  #onMotion(): void {
    clearTimeout(this.#motion)
    this.#motion = setTimeout(() => {
      this.#motion = undefined
      if (this.#stale !== "no") this.#draw(this.#stale === "places")
    }, REST_MS)
  }

  /** Changes only what differs, in one batch, so that an update of the stream is cheap. */
  #draw(moved: boolean): void {
    const cy = this.#cy
    if (cy === undefined) return
    if (this.#motion !== undefined && this.#drawn.size > 0) {
      this.#stale = moved || this.#stale === "places" ? "places" : "scene"
      return
    }
    this.#stale = "no"
    const next = new Map<string, GraphNode | GraphEdge>(
      [...this.scene.nodes, ...this.scene.edges].map((each) => [each.id, each]),
    )
    cy.batch(() => {
      this.#replaceElements(cy, next)
      if (moved) this.#moveElements(cy)
    })
    this.#drawn = next
    if (this.#fitted === "") this.#firstFit()
  }

  #replaceElements(cy: Core, next: ReadonlyMap<string, GraphNode | GraphEdge>): void {
    const { nodes, edges } = this.scene
    const isNew = ({ id }: GraphNode | GraphEdge): boolean => !this.#drawn.has(id)
    for (const id of this.#drawn.keys()) if (!next.has(id)) cy.getElementById(id).remove()
    cy.add(nodes.filter(isNew).map((node) => this.#nodeElement(node)))
    cy.add(edges.filter(isNew).map((edge) => this.#edgeElement(edge)))
    for (const [id, each] of next) {
      const was = this.#drawn.get(id)
      if (was === undefined || isSame(was, each)) continue
      const element = cy.getElementById(id)
      element.classes([...classesOf(each), ...(this.layout.above.has(id) ? ["above"] : [])])
      element.data("widthPx" in each ? { width: this.#widthOf(each) } : { name: each.name })
    }
  }
  #moveElements(cy: Core): void {
    const { nodes, edges } = this.scene
    for (const node of nodes) {
      // A new one is added where it belongs.
      if (!this.#drawn.has(node.id)) continue
      const element = cy.getElementById(node.id)
      element.position({ ...this.#spotOf(node) })
      element.toggleClass("above", this.layout.above.has(node.id))
    }
    this.#nameRows(cy)
    for (const edge of edges)
      if (this.#drawn.has(edge.id)) cy.getElementById(edge.id).data(this.#curveOf(edge))
  }

  /** The label of a row, at its beginning; it cannot be clicked. */
  #nameRows(cy: Core): void {
    cy.nodes(".row").remove()
    const names = t.network.ranks
    cy.add(
      this.layout.rows.map(({ rank, at }) => ({
        group: "nodes" as const,
        data: { id: `row ${rank}`, name: names[rank] ?? "", size: 1 },
        classes: "row",
        position: { ...at },
        selectable: false,
        grabbable: false,
      })),
    )
  }

  #nodeElement(node: GraphNode): ElementDefinition {
    const size = node.kind === "agent" ? 16 : (SIZES[node.rank] ?? 18)
    return {
      group: "nodes",
      data: { id: node.id, name: node.name, size },
      classes: [...classesOf(node), ...(this.layout.above.has(node.id) ? ["above"] : [])].join(" "),
      position: { ...this.#spotOf(node) },
    }
  }
  #edgeElement(edge: GraphEdge): ElementDefinition {
    return {
      group: "edges",
      data: {
        id: edge.id,
        source: edge.from,
        target: edge.to,
        width: this.#widthOf(edge),
        ...this.#curveOf(edge),
      },
      classes: classesOf(edge).join(" "),
    }
  }

  /** In a dense graph lines become thinner, so that nodes stay visible. */
  #widthOf(edge: GraphEdge): number {
    return this.scene.nodes.length > CROWD ? edge.widthPx * THIN : edge.widthPx
  }
  #spotOf(node: GraphNode): Spot {
    const known = this.savedPositions.get(node.id) ?? this.layout.spots.get(node.id)
    if (known !== undefined) return known
    // An agent moves with its device.
    const at =
      this.scene.edges.find((edge) => edge.kind === "attached" && edge.from === node.id)?.to ?? ""
    const host = this.savedPositions.get(at) ?? this.layout.spots.get(at)
    return host === undefined
      ? { x: 0, y: 0 }
      : { x: host.x + AGENT_SPOT.x, y: host.y + AGENT_SPOT.y }
  }
  /** The control points of a line in Cytoscape's format: distance and position. */
  #curveOf(edge: GraphEdge): { readonly curve: string; readonly weights: string } {
    const [a, b] = [edge.from, edge.to].map(
      (id) => this.savedPositions.get(id) ?? this.layout.spots.get(id),
    )
    const isRing = this.layout.ring.has(edge.from) && this.layout.ring.has(edge.to)
    // Bends always go up, whichever end is first.
    const bow =
      a === undefined || b === undefined || edge.kind === "attached" || isRing
        ? 0
        : bend(a, b) * (a.x < b.x ? -1 : 1)
    // Seen from the other end, left is right.
    const offsetPx =
      edge.offset * (this.#widthOf(edge) + PARALLEL_GAP) * (edge.from < edge.to ? 1 : -1)
    if (bow !== 0) return { curve: String(bow + offsetPx * 2), weights: "0.5" }
    return offsetPx === 0
      ? { curve: "", weights: "0.5" }
      : { curve: `${offsetPx} ${offsetPx}`, weights: "0.12 0.88" }
  }

  #select(): void {
    const cy = this.#cy
    if (cy === undefined) return
    cy.elements(":selected").unselect()
    if (this.selected !== "") cy.getElementById(this.selected).select()
  }
  #cursor(cursor: string): void {
    if (this.box) this.box.style.cursor = cursor
  }

  readonly #token = (name: string): string => getComputedStyle(this).getPropertyValue(name).trim()
  readonly #onTheme = (): void => {
    this.#cy?.style(graphStyle(this.#token, () => this.#labelScale))
  }
  #onTap(event: EventObject): void {
    const cy = this.#cy
    if (cy === undefined || event.target === cy) {
      emit(this, "pick-thing", null)
      return
    }
    const each = this.#drawn.get(String(event.target.id()))
    if (each === undefined || each.kind === "attached") return
    emit(this, "pick-thing", { kind: each.kind, id: each.id } satisfies Picked)
  }
  #onDragged(event: EventObject): void {
    const { x, y } = event.target.position()
    emit(
      this,
      "positions-changed",
      new Map(this.savedPositions).set(String(event.target.id()), { x, y }),
    )
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const direction = DIRECTIONS[event.key]
    if (direction !== undefined) {
      event.preventDefault()
      this.#walk(direction)
    } else if (event.key === "Enter" && this.selected !== "") {
      event.preventDefault()
      emit(this, "focus-thing", this.selected)
    }
  }

  /** Follows links in that direction, else goes to the nearest node. */
  #walk(direction: Direction): void {
    const cy = this.#cy
    if (cy === undefined) return
    const at = cy.getElementById(this.selected)
    const from = at.nonempty() && at.isNode() ? at : undefined
    if (from === undefined) {
      const first = this.scene.nodes.find((node) => node.kind === "device" && !node.hidden)
      if (first !== undefined)
        emit(this, "pick-thing", { kind: "device", id: first.id } satisfies Picked)
      return
    }
    const spots = (nodes: cytoscape.NodeCollection): ReadonlyMap<string, Spot> =>
      new Map(
        nodes
          .toArray()
          .flatMap((node) => (node.visible() ? [[node.id(), node.position()] as const] : [])),
      )
    const next =
      towards(from.position(), spots(from.neighborhood("node")), direction) ??
      towards(from.position(), spots(cy.nodes(".device, .agent")), direction)
    const node = this.#drawn.get(next ?? "")
    if (node === undefined || (node.kind !== "device" && node.kind !== "agent")) return
    emit(this, "pick-thing", { kind: node.kind, id: node.id } satisfies Picked)
    this.#keepInView(node.id)
  }
  #keepInView(id: string): void {
    const cy = this.#cy
    if (cy === undefined) return
    const { x, y } = cy.getElementById(id).renderedPosition()
    if (x < 40 || y < 40 || x > cy.width() - 40 || y > cy.height() - 40)
      cy.center(cy.getElementById(id))
  }
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
}

const classesOf = (each: GraphNode | GraphEdge): string[] => [
  each.status,
  each.kind,
  ...(each.dimmed ? ["dimmed"] : []),
  ...(each.hidden ? ["hidden"] : []),
  ...(each.isCause ? ["cause"] : []),
  ...("isFull" in each && each.isFull ? ["full"] : []),
]

const isSame = (a: GraphNode | GraphEdge, b: GraphNode | GraphEdge): boolean =>
  classesOf(a).join() === classesOf(b).join() &&
  ("widthPx" in a ? "widthPx" in b && a.widthPx === b.widthPx : "name" in b && a.name === b.name)

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-graph": IspvmGraph
  }
}
