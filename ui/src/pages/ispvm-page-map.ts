import type { Incident } from "@ispvm/appliance/api/incidents"
import { html, nothing } from "lit"
import { customElement, query, state } from "lit/decorators.js"
import { ApiError } from "../api/problem.ts"
import { paths } from "../app/paths.ts"
import { nowMs } from "../components/now.ts"
import type { Hovered, IspvmMap, VisibleArea } from "../features/map/ispvm-map.ts"
import { mapPageStyles } from "../features/map/map-page-styles.ts"
import { readView, viewText } from "../features/map/map-view.ts"
import { createScene, type Scene } from "../features/map/scene.ts"
import { blastOf } from "../features/network/blast.ts"
import type { LinkSubject } from "../features/network/ispvm-link-edit.ts"
import type { SiteSubject } from "../features/network/ispvm-site-edit.ts"
import { readSelection, type Selection, selectionQuery } from "../features/network/selection.ts"
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
import "../components/ispvm-skeleton.ts"
import "../features/network/ispvm-link-edit.ts"
import "../features/network/ispvm-network-panel.ts"
import "../features/network/ispvm-site-edit.ts"
import "../features/map/ispvm-map.ts"

const strings = t.network
/** The popover opens when the pointer rests, and stays while it is over the popover. */
const OPEN_MS = 160
const CLOSE_MS = 260
const POPOVER_PX = { width: 320, gap: 14 } as const

/** The meaning of a click on the map in edit mode. */
type Tool =
  | { readonly kind: "none" }
  | { readonly kind: "add-site" }
  | { readonly kind: "place-site"; readonly id: string; readonly name: string }
  | { readonly kind: "link-from" }
  | { readonly kind: "link-to"; readonly from: string; readonly name: string }
const NO_TOOL: Tool = { kind: "none" }
const AIM: Readonly<Record<Tool["kind"], IspvmMap["aim"]>> = {
  none: "thing",
  "add-site": "place",
  "place-site": "place",
  "link-from": "site",
  "link-to": "site",
}

/** The map page: sites and links with status, and the impact of incidents. */
@customElement("ispvm-page-map")
export class IspvmPageMap extends Page {
  @state() private hovered: Hovered | null = null
  @state() private visibleArea: VisibleArea | null = null
  @state() private editing = false
  @state() private tool: Tool = NO_TOOL
  @state() private siteSubject: SiteSubject | null = null
  @state() private linkSubject: LinkSubject | null = null
  @state() private baseFailed = false
  @query("ispvm-map") private map: IspvmMap | null | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isOver = false
  readonly #sceneOf = createScene()

  static override styles = [shared, fullHost, mapPageStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.incidents])
  }

  protected override opened(): void {
    globalThis.addEventListener("keydown", this.#onKey)
    this.until(() => {
      globalThis.removeEventListener("keydown", this.#onKey)
      clearTimeout(this.#timer)
    })
  }

  override render() {
    const fleet = this.deps.fleet.value
    if (fleet.phase === "loading") return html`<ispvm-skeleton shape="chart"></ispvm-skeleton>`
    if (fleet.phase === "failed")
      return html`<ispvm-failed heading=${strings.failed} why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    const incident = this.deps.incidents.value.all.get(this.query.get("incident") ?? "")
    const blast =
      incident === undefined || incident.state === "closed" ? null : blastOf(fleet, incident)
    const scene = this.#sceneOf(fleet, {
      blast,
      faultsOnly: this.query.get("show") === "faults",
      nowMs: nowMs(),
    })
    const selection = readSelection(this.query)
    return html`<div class="whole">
        <div class="left">
          <div class="stage">
            ${this.#map(scene, selection)} ${this.#tools()} ${this.#zoom()} ${this.#popover()} ${this.#empty(scene)}
            ${this.baseFailed ? html`<p class="note" role="status">${pageTexts.map.outlinesFailed}</p>` : nothing}
          </div>
          ${this.#strip(scene)}
        </div>
        ${this.#panel(selection)}
      </div>
      <ispvm-site-edit .deps=${this.deps} .subject=${this.siteSubject} @dismiss=${this.#onEdited} @added=${(event: CustomEvent<string>) => this.#select({ kind: "site", id: event.detail })}></ispvm-site-edit>
      <ispvm-link-edit .deps=${this.deps} .subject=${this.linkSubject} @dismiss=${this.#onEdited}></ispvm-link-edit>`
  }

  #map(scene: Scene, selection: Selection) {
    return html`<ispvm-map class="fill"
      .scene=${scene}
      .view=${readView(this.query.get("at"))}
      selected=${selection.kind === "none" ? "" : selection.id}
      tiles=${this.deps.session.current()?.mapTilesUrl ?? ""}
      aim=${AIM[this.tool.kind]}
      ?movable=${this.editing && this.tool.kind === "none"}
      @pick-site=${(event: CustomEvent<string>) => this.#onSite(event.detail)}
      @pick-link=${(event: CustomEvent<string>) => this.#select({ kind: "link", id: event.detail })}
      @pick-place=${this.#onPlace}
      @move-site=${(event: CustomEvent<{ id: string; latitude: number; longitude: number }>) => void this.#moveSite(event.detail)}
      @hover-thing=${(event: CustomEvent<Hovered | null>) => this.#onHover(event.detail)}
      @view-changed=${this.#onViewChanged}
      @base-failed=${this.#onBaseFailed}
    ></ispvm-map>`
  }

  #tools() {
    const faults = this.query.get("show") === "faults"
    return html`<div class="tools">
      <ispvm-chip ?active=${faults} title=${strings.faultsOnlyHint} @click=${() => this.setQuery({ show: faults ? "" : "faults" })}>${strings.faultsOnly}</ispvm-chip>
      ${this.#hint()}
      <span class="end">${this.deps.session.can("inventory:write") ? this.#editTools() : nothing}</span>
    </div>`
  }

  #hint() {
    const { tool } = this
    const text = {
      none: this.editing ? strings.edit.hint : "",
      "add-site": strings.edit.clickSite,
      "place-site": tool.kind === "place-site" ? strings.edit.clickPlace(tool.name) : "",
      "link-from": strings.edit.clickFrom,
      "link-to": tool.kind === "link-to" ? strings.edit.clickTo(tool.name) : "",
    }[tool.kind]
    return text === "" ? nothing : html`<span class="hint" role="status">${text}</span>`
  }

  #editTools() {
    if (this.tool.kind !== "none")
      return html`<ispvm-button icon="x" @click=${() => this.#setTool(NO_TOOL)}>${strings.edit.cancel}</ispvm-button>`
    if (!this.editing)
      return html`<ispvm-button icon="pencil" @click=${() => this.#edit(true)}>${strings.edit.start}</ispvm-button>`
    return html`<ispvm-button icon="map-pin" @click=${() => this.#setTool({ kind: "add-site" })}>${strings.edit.addSite}</ispvm-button>
      <ispvm-button icon="cable" @click=${() => this.#setTool({ kind: "link-from" })}>${strings.edit.drawLink}</ispvm-button>
      <ispvm-button kind="primary" icon="check" @click=${() => this.#edit(false)}>${strings.edit.done}</ispvm-button>`
  }

  #zoom() {
    return html`<div class="zoom">
      <ispvm-button icon="plus" label=${strings.zoomIn} @click=${() => this.map?.zoomBy(1)}></ispvm-button>
      <ispvm-button icon="minus" label=${strings.zoomOut} @click=${() => this.map?.zoomBy(-1)}></ispvm-button>
      <ispvm-button icon="maximize" label=${strings.fit} @click=${() => this.map?.fit()}></ispvm-button>
    </div>`
  }

  #popover() {
    const { hovered } = this
    if (hovered === null || this.tool.kind !== "none") return nothing
    const fleet = this.deps.fleet.value
    const link = hovered.kind === "link" ? fleet.links.get(hovered.id) : undefined
    const site = hovered.kind === "site" ? fleet.sites.get(hovered.id) : undefined
    const name = link?.name ?? site?.name
    if (name === undefined) return nothing
    const devices =
      site === undefined
        ? []
        : [...fleet.devices.values()].filter((device) => device.siteId === site.id)
    return html`<div class="popover" style=${this.#beside(hovered)} @mouseenter=${() => this.#over(true)} @mouseleave=${() => this.#over(false)}>
      <h2>${link === undefined ? name : html`<a href=${paths.link(link.id)}>${name}</a>`}</h2>
      ${link === undefined ? html`<ispvm-device-list max="8" .devices=${devices}></ispvm-device-list>` : html`<ispvm-link-summary .deps=${this.deps} .link=${link}></ispvm-link-summary>`}
    </div>`
  }

  /** Above or below its object, and always inside the map. */
  #beside({ x, y }: Hovered): string {
    const { clientWidth: width, clientHeight: height } = this.map ?? {
      clientWidth: 0,
      clientHeight: 0,
    }
    const left = Math.max(8, Math.min(width - POPOVER_PX.width - 8, x - POPOVER_PX.width / 2))
    return y > height / 2
      ? `left:${left}px;bottom:calc(100% - ${y - POPOVER_PX.gap}px)`
      : `left:${left}px;top:${y + POPOVER_PX.gap}px`
  }

  #empty(scene: Scene) {
    if (scene.sites.length > 0 || this.tool.kind !== "none") return nothing
    const mayAdd = this.deps.session.can("inventory:write")
    return html`<div class="overlay">
      <ispvm-empty icon="map-pin" heading=${pageTexts.map.emptyMapTitle} text=${mayAdd ? pageTexts.map.emptyMapText : pageTexts.map.emptyMapViewer}>
        ${mayAdd ? html`<ispvm-button kind="primary" icon="map-pin" @click=${this.#onFirst}>${strings.edit.addSite}</ispvm-button>` : nothing}
      </ispvm-empty>
    </div>`
  }

  #strip(scene: Scene) {
    if (scene.unplaced.length === 0) return nothing
    return html`<div class="strip">
      <span>${strings.unplaced}</span>
      ${scene.unplaced.map((site) =>
        this.deps.session.can("inventory:write")
          ? html`<ispvm-chip title=${strings.place(site.name)} @click=${() => this.#setTool({ kind: "place-site", id: site.id, name: site.name })}>${site.name}</ispvm-chip>`
          : html`<a href=${paths.devicesBy({ site: site.id })}>${site.name}</a>`,
      )}
    </div>`
  }

  #panel(selection: Selection) {
    const open = openInNetwork(this.deps.incidents.value)
    const inView = open.filter((incident) => this.#isInView(incident))
    return html`<ispvm-network-panel
      .deps=${this.deps}
      .selection=${selection}
      incident=${this.query.get("incident") ?? ""}
      .inView=${inView}
      elsewhere=${open.length - inView.length}
      @dismiss=${() => this.#select({ kind: "none" })}
      @pick-incident=${(event: CustomEvent<string | null>) => this.setQuery({ ...selectionQuery({ kind: "none" }), incident: event.detail ?? "" })}
      @edit-thing=${() => this.#onEdit(selection)}
    ></ispvm-network-panel>`
  }

  /** An incident is in view if any of its sites is; one without a site is always listed. */
  #isInView(incident: Incident): boolean {
    const { visibleArea } = this
    if (visibleArea === null) return true
    const fleet = this.deps.fleet.value
    const places = [...blastOf(fleet, incident).sites].flatMap((id) => {
      const site = fleet.sites.get(id)
      return site === undefined || site.latitude === null || site.longitude === null
        ? []
        : [[site.latitude, site.longitude] as const]
    })
    const isHere = places.some(
      ([latitude, longitude]) =>
        latitude >= visibleArea.south &&
        latitude <= visibleArea.north &&
        longitude >= visibleArea.west &&
        longitude <= visibleArea.east,
    )
    return places.length === 0 || isHere
  }

  #select(selection: Selection): void {
    this.#close()
    this.setQuery(selectionQuery(selection))
  }
  #setTool(tool: Tool): void {
    this.tool = tool
    this.#close()
    if (tool.kind !== "none") this.map?.renderRoot.querySelector<HTMLElement>(".map")?.focus()
  }
  #edit(editing: boolean): void {
    this.editing = editing
    this.#setTool(NO_TOOL)
  }
  #close(): void {
    clearTimeout(this.#timer)
    this.#isOver = false
    this.hovered = null
  }
  #over(isOver: boolean): void {
    this.#isOver = isOver
    if (!isOver) this.#onHover(null)
  }

  #onHover(next: Hovered | null): void {
    clearTimeout(this.#timer)
    if (next !== null && this.hovered?.id === next.id) return
    this.#timer = setTimeout(
      () => {
        if (next !== null || !this.#isOver) this.hovered = next
      },
      next === null ? CLOSE_MS : OPEN_MS,
    )
  }
  #onSite(id: string): void {
    const { tool } = this
    const name = this.deps.fleet.value.sites.get(id)?.name ?? ""
    if (tool.kind === "link-from") this.#setTool({ kind: "link-to", from: id, name })
    else if (tool.kind === "link-to") {
      this.linkSubject = { kind: "new", fromSite: tool.from, toSite: id, a: "", b: "" }
      this.#setTool(NO_TOOL)
    } else if (tool.kind === "none") this.#select({ kind: "site", id })
  }
  #onEdit(selection: Selection): void {
    const { links, sites } = this.deps.fleet.value
    if (selection.kind === "link") {
      const link = links.get(selection.id)
      if (link !== undefined) this.linkSubject = { kind: "old", link }
    }
    if (selection.kind === "site") {
      const site = sites.get(selection.id)
      if (site !== undefined) this.siteSubject = { kind: "old", site }
    }
  }

  async #moveSite({
    id,
    latitude,
    longitude,
  }: {
    id: string
    latitude: number
    longitude: number
  }): Promise<void> {
    const name = this.deps.fleet.value.sites.get(id)?.name ?? ""
    try {
      await this.deps.api.changeSite(id, { latitude: round(latitude), longitude: round(longitude) })
      this.deps.toast({ tone: "done", text: strings.edit.moved(name) })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.deps.toast({ tone: "failed", text: error.message })
    }
    // Also after an error: the mark returns to the stored position.
    await this.deps.fleet.reload()
    this.requestUpdate()
  }

  readonly #onPlace = (event: CustomEvent<{ latitude: number; longitude: number }>): void => {
    const { tool } = this
    const { latitude, longitude } = event.detail
    if (tool.kind === "add-site") this.siteSubject = { kind: "new", latitude, longitude }
    else if (tool.kind === "place-site") void this.#moveSite({ id: tool.id, latitude, longitude })
    else {
      if (tool.kind === "none") this.#select({ kind: "none" })
      return
    }
    this.#setTool(NO_TOOL)
  }
  readonly #onViewChanged = (event: CustomEvent<VisibleArea>): void => {
    this.visibleArea = event.detail
    this.setQuery({ at: viewText(event.detail) })
  }
  readonly #onFirst = (): void => {
    this.#edit(true)
    this.#setTool({ kind: "add-site" })
  }
  readonly #onEdited = (): void => {
    this.siteSubject = null
    this.linkSubject = null
  }
  readonly #onBaseFailed = (): void => {
    this.baseFailed = true
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (
      event.key !== "Escape" ||
      event.defaultPrevented ||
      this.siteSubject !== null ||
      this.linkSubject !== null
    )
      return
    if (this.hovered !== null) this.#close()
    else if (this.tool.kind !== "none") this.#setTool(NO_TOOL)
    else if (readSelection(this.query).kind !== "none") this.#select({ kind: "none" })
    else if (this.query.has("incident")) this.setQuery({ incident: "" })
  }
}

const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-map": IspvmPageMap
  }
}
