import type { Companion, CompanionScript, ScriptLink } from "@ispvm/appliance/api/companion"
import { html, nothing, type PropertyValues } from "lit"
import { customElement, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import { copyLater } from "../../parts/copy-text.ts"
import { nowMs } from "../../parts/now.ts"
import { paths } from "../../paths.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { panel, shared } from "../../theme/shared.ts"
import { Page } from "../page.ts"
import { type ChoicesDeps, choicesPanel } from "./choices.ts"
import { kindOf } from "./companion-look.ts"
import { connectStyles } from "./connect-styles.ts"
import { scriptPanel } from "./script-panel.ts"
import { formOf, isReached, NEW_HARDEN, toldRelease, type WishForm, wishOf, wishProblems } from "./wish-form.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-empty.ts"
import "../../parts/ispvm-failed.ts"
import "../../parts/ispvm-skeleton.ts"
import "./ispvm-report-strip.ts"
import "./ispvm-script-take.ts"
import "./ispvm-taken-out.ts"

type Kind = CompanionScript["kind"]
const words = t.companion
/** After the last letter typed, before the script is made anew. */
const PREVIEW_MS = 350
const POLL_MS = 4_000

/** One screen from what a router is wanted to report to its first word; `?kind=` shows its other scripts. */
@customElement("ispvm-page-connect")
export class IspvmPageConnect extends Page {
  @state() private companion: Companion | null = null
  @state() private form: WishForm | null = null
  /** The script as it is shown: with its secrets masked unless they were asked for. */
  @state() private preview: CompanionScript | null = null
  /** The script with its secrets, made once for a wish: each making gives the router a new key. Never leaves this page. */
  @state() private whole: { readonly key: string; readonly script: CompanionScript } | null = null
  @state() private isShown = false
  @state() private link: { readonly key: string; readonly value: ScriptLink; readonly keysBefore: ReadonlySet<string> } | null =
    null
  @state() private takenAtMs: number | null = null
  @state() private beforeAtMs: number | null = null
  @state() private pushBeforeMs: number | null = null
  @state() private busy: "" | "copy" | "link" | "show" | "save" = ""
  @state() private making = false
  @state() private copied: "" | "copied" | "refused" = ""
  @state() private loadError: ApiError | null = null
  @state() private error: ApiError | null = null
  @state() private takeError: ApiError | null = null
  /** On a phone the reasons are read first, and the code of a part where it is asked for. */
  @state() private folded = matchMedia("(max-width: 640px)").matches
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  #kind: Kind | null = null

  static override styles = [shared, panel, connectStyles]

  constructor() {
    super()
    new Watch(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    this.until(() => clearTimeout(this.#timer))
    this.until(
      this.deps.live.on("event", (event) => {
        if (event.deviceId === this.#id() && (event.name === "reported-in" || event.source === "push")) void this.#poll()
      }),
    )
    const poll = setInterval(() => {
      if (this.takenAtMs !== null) void this.#poll()
    }, POLL_MS)
    this.until(() => clearInterval(poll))
    void this.#load()
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const kind = this.#kindAsked()
    if (this.#kind === kind) return
    const isFirst = this.#kind === null
    this.#kind = kind
    this.#forget()
    this.preview = null
    if (!isFirst) this.#begin()
  }

  override render() {
    const fleet = this.deps.fleet.value
    const device = fleet.devices.get(this.#id())
    if (fleet.phase === "loading") return html`<ispvm-skeleton lines="12"></ispvm-skeleton>`
    if (fleet.phase === "failed")
      return html`<ispvm-failed why=${fleet.error?.message ?? ""} @retry=${() => void this.deps.fleet.reload()}></ispvm-failed>`
    if (device === undefined)
      return html`<ispvm-empty icon="unplug" heading=${t.pages.device.goneTitle} text=${t.pages.device.goneText}>
        <ispvm-button href=${paths.devices}>${t.frame.devices}</ispvm-button>
      </ispvm-empty>`
    const kind = this.#kindAsked()
    document.title = `${words.kind[kind].title(device.name)} · ${t.terms.product}`
    return html`<div class="page">
      <div class="top">
        <h1>${words.kind[kind].title(device.name)}</h1>
        <p>${words.kind[kind].lead}</p>
        <ispvm-button kind="quiet" icon="router" href=${paths.deviceCompanion(device.id)}>${device.name}</ispvm-button>
      </div>
      ${this.#body(kind)}
    </div>`
  }

  #body(kind: Kind) {
    if (this.loadError !== null)
      return html`<ispvm-failed class="alone" heading=${words.tab.failed} why=${this.loadError.message} @retry=${() => void this.#load()}></ispvm-failed>`
    const { companion, form } = this
    if (companion === null || form === null)
      return html`<section class="panel"><ispvm-skeleton lines="10"></ispvm-skeleton></section>
        <section class="panel"><ispvm-skeleton lines="14"></ispvm-skeleton></section>`
    if (!this.deps.session.can("inventory:write"))
      return html`<ispvm-empty class="alone" icon="lock" heading=${t.pages.missing.forbidden.heading} text=${words.script.nobody}></ispvm-empty>`
    const choices: ChoicesDeps = {
      form,
      set: (changes) => this.#set(changes),
      companion,
      hasAgent: isReached(form, companion),
      wrong: (path) => this.#wrong(path),
    }
    return html`${choicesPanel(choices, kind, this.busy === "save", () => void this.#makeOther())}${this.#scriptPanel(kind)}`
  }

  #scriptPanel(kind: Kind) {
    const script = this.#shownScript()
    const { companion, link, takenAtMs } = this
    const isFetched = companion?.keys.some((key) => link?.keysBefore.has(key.id) === false) ?? false
    return scriptPanel({
      kind,
      script,
      isShown: this.isShown,
      mayReveal: this.deps.session.can("secrets:reveal"),
      isHeld: this.#isHeld(),
      isMaking: this.making,
      isFolded: this.folded,
      isShowing: this.busy === "show",
      problems: this.form === null ? 0 : wishProblems(this.form).size,
      wantsRelease: this.form?.release.trim() === "",
      error: this.error,
      onRetry: () => this.#begin(),
      onFold: this.#onFold,
      onShow: this.#onShow,
      foot:
        script === null
          ? nothing
          : html`<ispvm-script-take
                .link=${link?.value ?? null}
                ?used=${link !== null && (this.#isReported() || isFetched)}
                ?disabled=${this.#isHeld()} ?old=${script.release.startsWith("6.")} ?sealed=${kind === "onboard" && !this.deps.session.can("secrets:reveal")}
                busy=${this.busy === "copy" || this.busy === "link" ? this.busy : ""}
                copied=${this.copied}
                wrong=${this.takeError?.message ?? ""}
                @copy-script=${() => void this.#copy()}
                @make-link=${() => void this.#makeLink()}
              ></ispvm-script-take>
              ${
                kind === "onboard"
                  ? html`<ispvm-report-strip
                      .takenAtMs=${takenAtMs}
                      .untilMs=${this.copied === "" ? (link?.value.expiresAtMs ?? null) : null}
                      .beforeAtMs=${this.beforeAtMs}
                      .hello=${companion?.hello ?? null}
                      ?heard=${takenAtMs !== null && (companion?.lastPushAtMs ?? 0) > (this.pushBeforeMs ?? 0)}
                      .titles=${new Map(script.parts.map((part) => [part.id, part.title]))}
                      ><ispvm-button icon="arrow-right" href=${paths.deviceCompanion(this.#id())}>${words.live.open}</ispvm-button></ispvm-report-strip
                    >`
                  : kind === "harden"
                    ? html`<p class="next">${words.script.thenConfirm}<ispvm-button icon="check" href=${paths.deviceConnect(this.#id(), "confirm-harden")}>${words.tab.confirmHarden}</ispvm-button></p>`
                    : kind === "remove"
                      ? html`<ispvm-taken-out .deps=${this.deps} .device=${this.deps.fleet.value.devices.get(this.#id()) ?? null} .companion=${companion}></ispvm-taken-out>`
                      : nothing
              }`,
    })
  }

  #id(): string {
    return this.params.id ?? ""
  }
  #kindAsked(): Kind {
    return kindOf(this.ask.get("kind") ?? "")
  }
  #shownScript(): CompanionScript | null {
    return this.isShown && this.whole !== null ? this.whole.script : this.preview
  }
  /** What stands on the right is not what the choices say: it is not to be taken. */
  #isHeld(): boolean {
    return (
      this.making ||
      this.error !== null ||
      this.form === null ||
      (this.#kindAsked() === "onboard" && wishProblems(this.form).size > 0)
    )
  }
  #isReported(): boolean {
    const hello = this.companion?.hello ?? null
    return hello !== null && hello.atMs !== this.beforeAtMs && this.takenAtMs !== null
  }
  #wrong(path: string): string {
    const problem = this.form === null ? undefined : wishProblems(this.form).get(path)
    if (problem !== undefined) return words.wrong[problem]
    return this.error?.field(path) ?? ""
  }
  #wishKey(): string {
    return this.form === null || this.companion === null ? "" : JSON.stringify(wishOf(this.form, toldRelease(this.companion)))
  }

  /** Whatever was made of another wish is not this one's. */
  #forget(): void {
    this.whole = null
    this.isShown = false
    this.link = null
    this.copied = ""
    this.takeError = null
    this.error = null
  }

  #set(changes: Partial<WishForm>): void {
    if (this.form === null) return
    this.form = { ...this.form, ...changes }
    if (this.#kindAsked() !== "onboard") {
      this.preview = null // It was made of other choices: it is made anew when these are saved.
      return
    }
    this.#forget()
    clearTimeout(this.#timer)
    if (wishProblems(this.form).size > 0) return
    this.making = true
    this.#timer = setTimeout(() => void this.#preview(), PREVIEW_MS)
  }

  async #load(): Promise<void> {
    this.loadError = null
    try {
      const companion = await this.deps.api.companion(this.#id())
      const device = this.deps.fleet.value.devices.get(this.#id()) ?? (await this.deps.api.device(this.#id()))
      this.companion = companion
      this.form = formOf(companion, device)
      this.beforeAtMs = companion.hello?.atMs ?? null
      this.pushBeforeMs = companion.lastPushAtMs
      this.#begin()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.loadError = error
    }
  }

  #begin(): void {
    const kind = this.#kindAsked()
    if (this.form === null || !this.deps.session.can("inventory:write")) return
    if (kind === "onboard") {
      if (wishProblems(this.form).size === 0) void this.#preview()
    } else if (kind !== "harden") void this.#makeOther()
    else if (this.form.harden !== null) void this.#makeOther()
  }

  async #preview(): Promise<void> {
    const { form, companion } = this
    if (form === null || companion === null) return
    this.#asked += 1
    const mine = this.#asked
    this.making = true
    this.error = null
    try {
      const preview = await this.deps.api.previewScript(this.#id(), wishOf(form, toldRelease(companion)))
      if (mine === this.#asked) this.preview = preview
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (mine === this.#asked) this.error = error
    } finally {
      if (mine === this.#asked) this.making = false
    }
  }

  /** The scripts that hold no secret are made as they are shown. */
  async #makeOther(): Promise<void> {
    const kind = this.#kindAsked()
    if (this.form === null || this.companion === null || this.busy !== "") return
    const harden = kind === "harden" ? (this.form.harden ?? NEW_HARDEN) : this.form.harden
    this.form = { ...this.form, harden }
    this.#forget()
    this.busy = "save"
    this.making = true
    try {
      if (kind === "harden") await this.#save()
      this.preview = await this.deps.api.companionScript(this.#id(), kind)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.error = error
    } finally {
      this.busy = ""
      this.making = false
    }
  }

  async #save(): Promise<void> {
    if (this.form === null || this.companion === null) return
    const wish = wishOf(this.form, toldRelease(this.companion))
    if (JSON.stringify(this.companion.wish) === JSON.stringify(wish)) return
    this.companion = await this.deps.api.wishCompanion(this.#id(), wish)
  }

  /** Made once for each wish: showing, hiding and copying again are the same script, with the same key. */
  async #wholeScript(): Promise<CompanionScript> {
    const kind = this.#kindAsked()
    if (kind !== "onboard" && this.preview !== null) return this.preview
    const key = this.#wishKey()
    if (this.whole?.key === key) return this.whole.script
    await this.#save()
    const script = await this.deps.api.companionScript(this.#id(), kind)
    this.whole = { key, script }
    if (this.link !== null) {
      // The key of this script is no sign that the line was used.
      await this.#poll()
      this.link = { ...this.link, keysBefore: new Set(this.companion?.keys.map((each) => each.id)) }
    }
    return script
  }

  async #do(what: typeof this.busy, work: () => Promise<void>): Promise<void> {
    if (this.busy !== "" || this.#isHeld()) return
    this.busy = what
    this.takeError = null
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.takeError = error
    } finally {
      this.busy = ""
    }
  }

  #copy(): Promise<void> {
    return this.#do("copy", async () => {
      const script = this.#wholeScript()
      try {
        await copyLater(script.then((each) => each.text))
        this.copied = "copied"
      } catch {
        // What the appliance refused is thrown by the next line; else the browser did not let us.
        await script
        this.copied = "refused"
        this.isShown = this.#kindAsked() === "onboard"
      }
      this.#taken()
    })
  }

  #makeLink(): Promise<void> {
    return this.#do("link", async () => {
      await this.#save()
      const value = await this.deps.api.scriptLink(this.#id(), this.#kindAsked())
      const keysBefore = new Set(this.companion?.keys.map((key) => key.id))
      this.link = { key: this.#wishKey(), value, keysBefore }
      this.#taken()
    })
  }

  /** From here on the next word of the router is its answer. */
  #taken(): void {
    this.beforeAtMs = this.companion?.hello?.atMs ?? null
    this.pushBeforeMs = this.companion?.lastPushAtMs ?? null
    this.takenAtMs = nowMs()
  }

  async #poll(): Promise<void> {
    try {
      this.companion = await this.deps.api.companion(this.#id())
    } catch (error) {
      // It is asked for again in a moment.
      if (!(error instanceof ApiError)) throw error
    }
  }

  readonly #onShow = (): void => {
    if (this.isShown) {
      this.isShown = false
      return
    }
    void this.#do("show", async () => {
      await this.#wholeScript()
      this.isShown = true
    })
  }
  readonly #onFold = (): void => {
    this.folded = !this.folded
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-connect": IspvmPageConnect
  }
}
