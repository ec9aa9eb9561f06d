import { Router } from "@vaadin/router"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import type { LiveState } from "../api/live.ts"
import type { Deps } from "../deps.ts"
import type { IspvmToasts, Toast } from "../parts/ispvm-toasts.ts"
import { createSequence, isTyping } from "../parts/keys.ts"
import { paths } from "../paths.ts"
import { isPage, type PageRoute, ROUTES } from "../routes.ts"
import { inState } from "../state/incidents.ts"
import { t } from "../strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { appStyles } from "./app-styles.ts"
import { createOutlet } from "./outlet.ts"
import { paletteItems } from "./palette-items.ts"
import { chosenTheme, setTheme, themeNow } from "./theme.ts"
import { isWallAsked, wallAddress } from "./wall.ts"
import "../pages/claim/ispvm-page-claim.ts"
import "../pages/login/ispvm-page-login.ts"
import "../parts/ispvm-dialog.ts"
import "../parts/ispvm-failed.ts"
import "../parts/ispvm-icon.ts"
import "../parts/ispvm-palette.ts"
import "../parts/ispvm-toasts.ts"
import "./ispvm-account.ts"
import "./ispvm-health-bar.ts"
import "./ispvm-keys-help.ts"
import "./ispvm-stream.ts"
import "./ispvm-stream-bar.ts"

const COMMANDS = new Set([...ROUTES.flatMap((route) => (route.rail === undefined ? [] : [`g ${route.rail.key}`])), "/", "?", "t"])

/** The frame around every page; without a login, the page that gives one. */
@customElement("ispvm-app")
export class IspvmApp extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ type: Boolean, reflect: true }) wall = themeNow() === "wall"
  /** Whether what is on screen is live: everything in the page greys by it. */
  @property({ reflect: true }) stream: LiveState["phase"] = "connecting"
  @state() private where = { title: "", path: "" }
  @state() private finding = false
  @state() private helping = false
  @query("main") private outlet: HTMLElement | null | undefined
  @query("ispvm-toasts") private toasts: IspvmToasts | null | undefined
  #router: Router | undefined
  readonly #sequence = createSequence(COMMANDS)

  static override styles = [shared, appStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener("keydown", this.#onKey)
    globalThis.addEventListener("ispvm-theme", this.#onThemeChanged)
    globalThis.addEventListener("vaadin-router-location-changed", this.#onMoved)
    globalThis.addEventListener("popstate", this.#onMoved)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("keydown", this.#onKey)
    globalThis.removeEventListener("ispvm-theme", this.#onThemeChanged)
    globalThis.removeEventListener("vaadin-router-location-changed", this.#onMoved)
    globalThis.removeEventListener("popstate", this.#onMoved)
  }

  toast(toast: Toast): void {
    this.toasts?.show(toast)
  }
  go(path: string): void {
    Router.go(path)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // The stores arrive after the element, once, and live as long as it does.
    if (changed.has("deps") && this.deps !== null) {
      this.deps.session.subscribe(() => this.requestUpdate())
      this.deps.incidents.subscribe(() => this.requestUpdate())
      const { state: live } = this.deps.live
      live.subscribe(({ phase }) => {
        this.stream = phase
      })
      this.stream = live.value.phase
    }
  }

  override updated(): void {
    if (this.deps === null) return
    if (!this.outlet) {
      this.#router?.unsubscribe()
      this.#router = undefined
      return
    }
    this.#router ??= createOutlet(this.outlet, this.deps, (title, path) => {
      this.where = { title, path }
      document.title = title === "" ? t.terms.product : `${title} · ${t.terms.product}`
    })
  }

  override render() {
    const session = this.deps?.session.value
    if (this.deps === null || session === undefined || session.phase === "loading") return nothing
    if (session.phase === "failed") {
      return html`<main class="whole"><ispvm-failed first why=${session.error.message} @retry=${() => void this.deps?.session.load()}></ispvm-failed></main>`
    }
    if (!session.value.claimed) return html`<ispvm-page-claim .deps=${this.deps}></ispvm-page-claim>`
    if (session.value.account === null) return html`<ispvm-page-login .deps=${this.deps}></ispvm-page-login>`
    return this.#frame(this.deps)
  }

  #frame(deps: Deps) {
    return html`<a class="skip" href="#content" @click=${this.#onSkip}>${t.frame.skip}</a>
      ${this.#rail(deps)}
      <div class="right">
        ${this.#bar(deps)}
        <ispvm-stream-bar .live=${deps.live}></ispvm-stream-bar>
        <ispvm-health-bar .api=${deps.api}></ispvm-health-bar>
        <main id="content" tabindex="-1"></main>
        ${this.stream === "lost" ? html`<div class="veil"></div>` : nothing}
      </div>
      <ispvm-palette
        ?open=${this.finding}
        .items=${this.finding ? paletteItems(deps) : []}
        @dismiss=${() => this.#find(false)}
        @pick-item=${(event: CustomEvent<string>) => this.#onPick(event.detail)}
      ></ispvm-palette>
      <ispvm-keys-help ?open=${this.helping} @dismiss=${() => this.#help(false)}></ispvm-keys-help>
      <ispvm-toasts></ispvm-toasts>
      ${this.wall ? html`<button class="leave" type="button" @click=${() => this.#setWall(false)}>${t.frame.leaveWall}<kbd>Esc</kbd></button>` : nothing}`
  }

  #rail(deps: Deps) {
    return html`<nav class="rail" aria-label=${t.frame.nav}>
      <a class="brand" href=${paths.overview} aria-label=${t.terms.product} title=${t.terms.product}><img src="/icon.svg" alt="" width="28" height="28" /></a>
      <ul>
        ${ROUTES.map((route) => (route.rail === undefined || !deps.session.can(route.permission) ? nothing : this.#railLink(route.path, route.title, route.rail)))}
      </ul>
      <div class="tools"><ispvm-stream .live=${deps.live}></ispvm-stream>${this.#wallButton()}${this.#themeButton()}<ispvm-account .deps=${deps} @help=${() => this.#help(true)} @wall=${() => this.#setWall(true)}></ispvm-account></div>
    </nav>`
  }

  #railLink(path: string, title: string, rail: NonNullable<PageRoute["rail"]>) {
    const here = path === paths.overview ? this.where.path === path : this.where.path.startsWith(path)
    return html`<li>
      <a href=${path} aria-current=${here ? "page" : nothing} title="${title} (g ${rail.key})"><ispvm-icon name=${rail.icon} size="20"></ispvm-icon><span>${title}</span></a>
    </li>`
  }

  #bar(deps: Deps) {
    const unacknowledged = inState(deps.incidents.value, "open").length
    const bell = html`<ispvm-icon name="bell" size="18"></ispvm-icon>${unacknowledged === 0 ? nothing : html`<b>${unacknowledged > 99 ? "99+" : unacknowledged}</b>`}`
    const label = t.frame.bell(unacknowledged)
    return html`<header class="bar">
      <span class="where"><span title=${deps.session.now()?.organisation?.name ?? nothing}>${deps.session.now()?.organisation?.name ?? ""}</span><i>/</i><strong>${this.where.title}</strong></span>
      <button class="search" type="button" @click=${() => this.#find(true)}>
        <ispvm-icon name="search"></ispvm-icon><span>${t.frame.searchHint}</span><kbd>/</kbd>
      </button>
      ${isPage(paths.incidents) ? html`<a class="bell ${unacknowledged > 0 ? "rings" : ""}" href=${paths.incidents} aria-label=${label} title=${label}>${bell}</a>` : nothing}
      <div class="tools"><ispvm-stream .live=${deps.live}></ispvm-stream>${this.#themeButton()}<ispvm-account .deps=${deps} @help=${() => this.#help(true)} @wall=${() => this.#setWall(true)}></ispvm-account></div>
    </header>`
  }

  #wallButton() {
    return html`<button class="tool" type="button" aria-label=${t.frame.wall} title=${t.frame.wall} @click=${() => this.#setWall(true)}>
      <ispvm-icon name="monitor" size="18"></ispvm-icon>
    </button>`
  }

  #themeButton() {
    const next = themeNow() === "dark" ? "light" : "dark"
    return html`<button class="tool" type="button" aria-label=${t.frame.theme[next]} title=${t.frame.theme[next]} @click=${this.#onTheme}>
      <ispvm-icon name=${next === "light" ? "sun" : "moon"} size="18"></ispvm-icon>
    </button>`
  }

  #find(open: boolean): void {
    this.finding = open
  }
  #help(open: boolean): void {
    this.helping = open
  }

  /** Out of the wall view, else from a thing to the list it is in. */
  #back(): void {
    if (this.wall) this.#setWall(false)
    else if (this.where.path.includes(":")) {
      const list = this.where.path.slice(0, this.where.path.indexOf("/:"))
      if (isPage(list)) this.go(list)
      else history.back()
    }
  }

  #onPick(key: string): void {
    if (key.startsWith("/")) this.go(key)
    if (key === "theme") this.#onTheme()
    if (key === "wall") this.#setWall(true)
    if (key === "keys") this.#help(true)
    if (key === "logout") void this.deps?.api.logout().then(() => this.deps?.session.load())
  }

  #setWall(on: boolean): void {
    history.replaceState(history.state, "", wallAddress(location.pathname, location.search, on))
    setTheme(on ? "wall" : chosenTheme())
  }

  /** From page to page a wall stays a wall; an address that asks for one makes one. */
  readonly #onMoved = (): void => {
    const isAsked = isWallAsked(location.search)
    if (isAsked !== this.wall) this.#setWall(true)
  }
  readonly #onTheme = (): void => {
    setTheme(themeNow() === "dark" ? "light" : "dark")
  }
  readonly #onThemeChanged = (): void => {
    this.wall = themeNow() === "wall"
    this.requestUpdate()
  }
  readonly #onSkip = (event: Event): void => {
    event.preventDefault()
    this.outlet?.focus()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (!this.outlet) return
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault()
      this.#find(!this.finding)
      return
    }
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || this.finding || this.helping) return
    if (event.key === "Escape" && !event.defaultPrevented && !isInDialog(event)) this.#back()
    const command = this.#sequence(event.key, event.timeStamp)
    if (command === null) return
    event.preventDefault()
    const route = ROUTES.find((each) => command === `g ${each.rail?.key}`)
    if (route !== undefined) this.go(route.path)
    if (command === "/") this.#find(true)
    if (command === "?") this.#help(true)
    if (command === "t") this.#onTheme()
  }
}

/** Esc closes the dialog it was pressed in, and no more than that. */
const isInDialog = (event: Event): boolean => event.composedPath().some((each) => each instanceof HTMLDialogElement)

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-app": IspvmApp
  }
}
