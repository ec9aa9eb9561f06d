import type { WallPage } from "@ispvm/appliance/api/wall-displays"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { LiveState } from "../api/live.ts"
import { nowMs } from "../components/now.ts"
import { clock } from "../i18n/format/time.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { Page } from "../pages/page.ts"
import { shared } from "../theme/shared.ts"
import { keepAwake, type WakeLock } from "./wake-lock.ts"
import { createAlarms, createSound } from "./wall-alarm.ts"
import type { WallDeps } from "./wall-deps.ts"
import { wallStyles } from "./wall-styles.ts"
import "../components/ispvm-failed.ts"
import "../components/ispvm-icon.ts"
import "./ispvm-stream.ts"
import "./ispvm-stream-bar.ts"

const strings = pageTexts.walls.screen
const PAGES: Readonly<
  Record<WallPage, { readonly tag: string; readonly load: () => Promise<unknown> }>
> = {
  overview: {
    tag: "ispvm-page-overview",
    load: () => import("../pages/ispvm-page-overview.ts"),
  },
  map: { tag: "ispvm-page-map", load: () => import("../pages/ispvm-page-map.ts") },
  incidents: {
    tag: "ispvm-wall-incidents",
    load: () => import("../features/incidents/ispvm-wall-incidents.ts"),
  },
}
/** After an error, also of a link that was revoked: its account may be enabled again. */
const RETRY_MS = 10_000
/** How long the bar names a new critical incident. */
const ALARM_MS = 60_000

/** A wall display: the pages of its link in turn, without anything to press but the sound. */
@customElement("ispvm-wall")
export class IspvmWall extends LitElement {
  @property({ attribute: false }) wall: WallDeps | null = null
  @property({ reflect: true }) stream: LiveState["phase"] = "connecting"
  @state() private page: Page | null = null
  @state() private pageName = ""
  @state() private alarms = 0
  #shown = -1
  #changedAtMs = 0
  #alarmUntilMs = 0
  #retryAtMs = 0
  #isLoading = false
  #timer: ReturnType<typeof setInterval> | undefined
  #awake: WakeLock | undefined
  readonly #sound = createSound()
  readonly #newAlarms = createAlarms()

  static override styles = [shared, wallStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(this.#onSecond, 1_000)
    this.#awake = keepAwake(() => this.requestUpdate())
    globalThis.addEventListener("pointerdown", this.#onGesture)
    globalThis.addEventListener("keydown", this.#onGesture)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
    this.#awake?.stop()
    globalThis.removeEventListener("pointerdown", this.#onGesture)
    globalThis.removeEventListener("keydown", this.#onGesture)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("wall") || this.wall === null) return
    const { session, incidents, live } = this.wall.deps
    session.subscribe(this.#onSession)
    incidents.subscribe(this.#onIncidents)
    live.state.subscribe(({ phase }) => {
      this.stream = phase
    })
  }

  override render() {
    if (this.wall === null)
      return html`<main class="centred"><ispvm-failed first heading=${strings.cannotOpen} fixed why=${strings.noToken}></ispvm-failed></main>`
    const session = this.wall.deps.session.value
    if (session.phase === "failed")
      return html`<main class="centred"><ispvm-failed first heading=${strings.cannotOpen} why=${session.error.message} @retry=${() => void this.wall?.deps.session.load()}></ispvm-failed></main>`
    const settings = this.wall.settings()
    if (session.phase === "loading" || settings === null) return nothing
    return html`<header>
        <strong class="large">${settings.name}</strong><span class="soft">${this.pageName}</span>
        <span class="end">
          ${this.#awake?.isHeld() ? nothing : html`<span class="muted small">${strings.maySleep}</span>`}
          ${this.#soundState()}
          <ispvm-stream .live=${this.wall.deps.live}></ispvm-stream>
          <time class="clock">${clock(nowMs())}</time>
        </span>
      </header>
      <ispvm-stream-bar .live=${this.wall.deps.live}></ispvm-stream-bar>
      <div role="alert">${this.alarms === 0 ? nothing : html`<p class="alarm">${strings.critical(this.alarms)}</p>`}</div>
      <div class="stage"><main inert>${this.page}</main></div>`
  }

  #soundState() {
    const isOn = this.#sound.isOn()
    return html`<span class=${isOn ? "muted small" : "text-warn"} role="status">${isOn ? strings.soundOn : strings.soundOff}</span>`
  }

  readonly #onSession = (): void => {
    if (this.wall?.deps.session.value.phase === "failed") this.#retryAtMs = Date.now() + RETRY_MS
    else void this.#rotate()
    this.requestUpdate()
  }
  readonly #onIncidents = (): void => {
    const incidents = this.wall?.deps.incidents.value
    if (incidents?.phase !== "ready") return
    const fresh = this.#newAlarms(incidents.all.values())
    if (fresh === 0) return
    this.alarms += fresh
    this.#alarmUntilMs = Date.now() + ALARM_MS
    this.#sound.play()
  }
  readonly #onGesture = (): void => {
    void this.#sound.enable().then(() => this.requestUpdate())
  }
  readonly #onSecond = (): void => {
    if (this.alarms > 0 && Date.now() > this.#alarmUntilMs) this.alarms = 0
    const isFailed = this.wall?.deps.session.value.phase === "failed"
    if (isFailed && Date.now() > this.#retryAtMs) {
      this.#retryAtMs = Date.now() + RETRY_MS
      void this.wall?.deps.session.load()
    }
    void this.#rotate()
    this.requestUpdate()
  }

  /** Shows the first page, or the next one if its time has come. */
  async #rotate(): Promise<void> {
    const settings = this.wall?.settings() ?? null
    if (this.wall === null || settings === null || this.#isLoading) return
    const isFirst = this.#shown < 0
    const isDue = Date.now() - this.#changedAtMs >= settings.secondsPerPage * 1_000
    if (!isFirst && (!isDue || settings.pages.length === 1)) return
    const next = (this.#shown + 1) % settings.pages.length
    const name = settings.pages[next] ?? "overview"
    this.#isLoading = true
    const isLoaded = await isReady(PAGES[name].load)
    this.#isLoading = false
    if (!isLoaded) return
    const element = document.createElement(PAGES[name].tag)
    if (!(element instanceof Page)) throw new TypeError(`${PAGES[name].tag} is no page`)
    element.deps = this.wall.deps
    element.heading = pageTexts.walls.pages[name]
    this.page = element
    this.pageName = pageTexts.walls.pages[name]
    document.title = `${settings.name} · ${t.terms.product}`
    this.#shown = next
    this.#changedAtMs = Date.now()
  }
}

/**
 * False: the connection is lost, or a newer release has other files. Browsers remember a failed
 * import, so the display starts again once the appliance answers.
 */
const isReady = async (load: () => Promise<unknown>): Promise<boolean> => {
  try {
    await load()
    return true
  } catch {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    await fetch("/", { cache: "no-store" }).then(
      () => location.reload(),
      () => undefined,
    )
    return false
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-wall": IspvmWall
  }
}
