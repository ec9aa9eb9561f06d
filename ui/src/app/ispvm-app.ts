import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import type { LiveState } from "../api/live.ts"
import { ApiError } from "../api/problem.ts"
import type { PaletteItem } from "../components/ispvm-palette.ts"
import type { IspvmToasts, Toast } from "../components/ispvm-toasts.ts"
import { createSequence, isTyping } from "../components/keys.ts"
import { t } from "../i18n/strings/strings.ts"
import { inState } from "../state/incidents.ts"
import { shared } from "../theme/shared.ts"
import { appStyles } from "./app-styles.ts"
import type { Deps } from "./deps.ts"
import { logout } from "./logout.ts"
import { createOutlet } from "./outlet.ts"
import { paletteItems } from "./palette-items.ts"
import { paths } from "./paths.ts"
import { MOVED, matchPath, type Router } from "./router.ts"
import { isPage, type PageRoute, ROUTES } from "./routes.ts"
import { createRowSearch } from "./row-search.ts"
import { currentTheme, setTheme, storedTheme } from "./theme.ts"
import { isWallRequested, wallAddress } from "./wall.ts"
import "../pages/ispvm-page-setup.ts"
import "../pages/ispvm-page-login.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-dialog.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-palette.ts"
import "../components/ispvm-toasts.ts"
import "./ispvm-account.ts"
import "./ispvm-health-bar.ts"
import "./ispvm-keys-help.ts"
import "./ispvm-stream.ts"
import "./ispvm-stream-bar.ts"

const COMMANDS = new Set([
  ...ROUTES.flatMap((route) => (route.sidebar === undefined ? [] : [`g ${route.sidebar.key}`])),
  "/",
  "?",
  "t",
])

/** The app shell around every page; without a session, the login page. */
@customElement("ispvm-app")
export class IspvmApp extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ type: Boolean, reflect: true }) wall = currentTheme() === "wall"
  /** Whether the data is live; if not, the whole page turns grey. */
  @property({ reflect: true }) stream: LiveState["phase"] = "connecting"
  @state() private currentPage = { title: "", path: "" }
  @state() private isPaletteOpen = false
  @state() private isHelpOpen = false
  /** Rows of tables that contain what is typed in the palette. */
  @state() private foundRows: readonly PaletteItem[] = []
  /** Of the shell alone: without a session there is another main. */
  @query("#content") private outlet: HTMLElement | null | undefined
  @query("ispvm-toasts") private toasts: IspvmToasts | null | undefined
  #router: Router | undefined
  #searchRows: ReturnType<typeof createRowSearch> | undefined
  readonly #sequence = createSequence(COMMANDS)

  static override styles = [shared, appStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener("keydown", this.#onKey)
    globalThis.addEventListener("ispvm-theme", this.#onThemeChanged)
    globalThis.addEventListener(MOVED, this.#onMoved)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("keydown", this.#onKey)
    globalThis.removeEventListener("ispvm-theme", this.#onThemeChanged)
    globalThis.removeEventListener(MOVED, this.#onMoved)
  }

  toast(toast: Toast): void {
    this.toasts?.show(toast)
  }
  go(path: string): void {
    this.#router?.go(path)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // The stores are set once, after the element is created.
    if (changed.has("deps") && this.deps !== null) {
      this.deps.session.subscribe(() => this.requestUpdate())
      this.#searchRows = createRowSearch(this.deps, (items) => {
        this.foundRows = items
      })
      this.deps.incidents.subscribe(() => this.requestUpdate())
      // The palette lists what is known; it may be open before the network is.
      this.deps.fleet.subscribe(() => {
        if (this.isPaletteOpen) this.requestUpdate()
      })
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
      this.#router?.stop()
      this.#router = undefined
      return
    }
    this.#router ??= createOutlet(this.outlet, this.deps, (title, path) => {
      this.currentPage = { title, path }
      document.title = title === "" ? t.terms.product : `${title} · ${t.terms.product}`
    })
  }

  override render() {
    const session = this.deps?.session.value
    if (this.deps === null || session === undefined || session.phase === "loading") return nothing
    if (session.phase === "failed") return this.#unavailable(this.deps, session.error)
    if (!session.value.isSetUp)
      return html`<ispvm-page-setup .deps=${this.deps}></ispvm-page-setup>`
    if (session.value.account === null)
      return html`<ispvm-page-login .deps=${this.deps}></ispvm-page-login>`
    return this.#shell(this.deps)
  }

  /** Nobody is known while the database is down. Runbooks need nobody. */
  #unavailable(deps: Deps, error: Error) {
    const runbook = matchPath([{ path: paths.runbook(":id") }], location.pathname)?.params.id
    if (runbook !== undefined) {
      void import("../features/health/ispvm-runbook.ts")
      return html`<main class="pad page-narrow"><ispvm-runbook name=${runbook}></ispvm-runbook></main>`
    }
    const isDatabaseDown = error instanceof ApiError && error.code === "database-away"
    return html`<main class="centred"><ispvm-failed first why=${error.message} @retry=${() => void deps.session.load()}>
      ${isDatabaseDown ? html`<ispvm-button icon="file-text" href=${paths.runbook("database-down")}>${t.health.runbookOf(t.health.databaseRunbook)}</ispvm-button>` : nothing}
    </ispvm-failed></main>`
  }

  #shell(deps: Deps) {
    return html`<a class="skip" href="#content" @click=${this.#onSkip}>${t.shell.skip}</a>
      ${this.#sidebar(deps)}
      <div class="right">
        ${this.#bar(deps)}
        <ispvm-stream-bar .live=${deps.live}></ispvm-stream-bar>
        <ispvm-health-bar .api=${deps.api}></ispvm-health-bar>
        <main id="content" tabindex="-1"></main>
        ${this.stream === "lost" ? html`<div class="stale-overlay"></div>` : nothing}
      </div>
      <ispvm-palette
        ?open=${this.isPaletteOpen}
        .items=${this.isPaletteOpen ? [...paletteItems(deps), ...this.foundRows] : []}
        @type-query=${(event: CustomEvent<string>) => this.#searchRows?.(event.detail)}
        @dismiss=${() => this.#find(false)}
        @pick-item=${(event: CustomEvent<string>) => this.#onPick(event.detail)}
      ></ispvm-palette>
      <ispvm-keys-help ?open=${this.isHelpOpen} @dismiss=${() => this.#help(false)}></ispvm-keys-help>
      <ispvm-toasts></ispvm-toasts>
      ${this.wall ? html`<button class="leave" type="button" @click=${() => this.#setWall(false)}>${t.shell.leaveWall}<kbd class="wide-only">Esc</kbd></button>` : nothing}`
  }

  #sidebar(deps: Deps) {
    return html`<nav class="sidebar" aria-label=${t.shell.nav}>
      <a class="brand wide-only" href=${paths.overview} aria-label=${t.terms.product} title=${t.terms.product}><img src="/icon.svg" alt="" width="28" height="28" /></a>
      <ul>
        ${ROUTES.map((route) => (route.sidebar === undefined || !deps.session.can(route.permission) ? nothing : this.#sidebarLink(route.path, route.title, route.sidebar)))}
      </ul>
      <div class="tools wide-only"><ispvm-stream .live=${deps.live}></ispvm-stream>${this.#wallButton()}${this.#themeButton()}<ispvm-account .deps=${deps} @help=${() => this.#help(true)} @wall=${() => this.#setWall(true)}></ispvm-account></div>
    </nav>`
  }

  #sidebarLink(path: string, title: string, sidebar: NonNullable<PageRoute["sidebar"]>) {
    const isCurrent =
      path === paths.overview
        ? this.currentPage.path === path
        : this.currentPage.path.startsWith(path)
    return html`<li class="grow-narrow">
      <a class="hover-soft hover-text ${isCurrent ? "current vivid" : "muted"}" href=${path} aria-current=${isCurrent ? "page" : nothing} title="${title} (g ${sidebar.key})"><ispvm-icon name=${sidebar.icon} size="20"></ispvm-icon><span>${title}</span></a>
    </li>`
  }

  #bar(deps: Deps) {
    const unacknowledged = inState(deps.incidents.value, "open").length
    const bell = html`<ispvm-icon name="bell" size="18"></ispvm-icon>${unacknowledged === 0 ? nothing : html`<b class="breathe slowly">${unacknowledged > 99 ? "99+" : unacknowledged}</b>`}`
    const label = t.shell.bell(unacknowledged)
    return html`<header class="bar">
      <span class="breadcrumb"><span title=${deps.session.current()?.organisation?.name ?? nothing}>${deps.session.current()?.organisation?.name ?? ""}</span><i class="wide-only">/</i><strong>${this.currentPage.title}</strong></span>
      <button class="search" type="button" @click=${() => this.#find(true)}>
        <ispvm-icon name="search"></ispvm-icon><span>${t.shell.searchHint}</span><kbd class="wide-only">/</kbd>
      </button>
      <a class="bell hover-fill ${unacknowledged > 0 ? "plain" : "muted"}" href=${paths.incidents} aria-label=${label} title=${label}>${bell}</a>
      <div class="tools"><ispvm-stream .live=${deps.live}></ispvm-stream>${this.#themeButton()}<ispvm-account .deps=${deps} @help=${() => this.#help(true)} @wall=${() => this.#setWall(true)}></ispvm-account></div>
    </header>`
  }

  #wallButton() {
    return html`<button class="tool hover-fill hover-text" type="button" aria-label=${t.shell.wall} title=${t.shell.wall} @click=${() => this.#setWall(true)}>
      <ispvm-icon name="monitor" size="18"></ispvm-icon>
    </button>`
  }

  #themeButton() {
    const next = currentTheme() === "dark" ? "light" : "dark"
    return html`<button class="tool hover-fill hover-text" type="button" aria-label=${t.shell.theme[next]} title=${t.shell.theme[next]} @click=${this.#onTheme}>
      <ispvm-icon name=${next === "light" ? "sun" : "moon"} size="18"></ispvm-icon>
    </button>`
  }

  #find(open: boolean): void {
    this.isPaletteOpen = open
    this.foundRows = []
  }
  #help(open: boolean): void {
    this.isHelpOpen = open
  }

  /** Leaves the wall display, or else goes from an object to its list. */
  #back(): void {
    if (this.wall) this.#setWall(false)
    else if (this.currentPage.path.includes(":")) {
      const list = this.currentPage.path.slice(0, this.currentPage.path.indexOf("/:"))
      if (isPage(list)) this.go(list)
      else history.back()
    }
  }

  #onPick(key: string): void {
    if (key.startsWith("/")) this.go(key)
    if (key === "theme") this.#onTheme()
    if (key === "wall") this.#setWall(true)
    if (key === "keys") this.#help(true)
    if (key === "logout" && this.deps !== null) void logout(this.deps)
  }

  #setWall(on: boolean): void {
    history.replaceState(history.state, "", wallAddress(location.pathname, location.search, on))
    setTheme(on ? "wall" : storedTheme())
  }

  /** The wall display stays on from page to page; an address with `wall` turns it on. */
  readonly #onMoved = (): void => {
    const isRequested = isWallRequested(location.search)
    if (isRequested !== this.wall) this.#setWall(true)
  }
  readonly #onTheme = (): void => {
    setTheme(currentTheme() === "dark" ? "light" : "dark")
  }
  readonly #onThemeChanged = (): void => {
    this.wall = currentTheme() === "wall"
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
      this.#find(!this.isPaletteOpen)
      return
    }
    if (
      isTyping(event) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      this.isPaletteOpen ||
      this.isHelpOpen
    )
      return
    if (event.key === "Escape" && !event.defaultPrevented && !isInDialog(event)) this.#back()
    const command = this.#sequence(event.key, event.timeStamp)
    if (command === null) return
    event.preventDefault()
    const route = ROUTES.find((each) => command === `g ${each.sidebar?.key}`)
    if (route !== undefined) this.go(route.path)
    if (command === "/") this.#find(true)
    if (command === "?") this.#help(true)
    if (command === "t") this.#onTheme()
  }
}

/** Esc closes only the dialog in which it was pressed. */
const isInDialog = (event: Event): boolean =>
  event.composedPath().some((each) => each instanceof HTMLDialogElement)

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-app": IspvmApp
  }
}
