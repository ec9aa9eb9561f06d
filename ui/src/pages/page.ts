import { LitElement, type PropertyValues } from "lit"
import { property, state } from "lit/decorators.js"
import type { Deps } from "../app/deps.ts"
import { MOVED } from "../app/router.ts"
import { isWallRequested, WALL } from "../app/wall.ts"

/**
 * Base class of pages: dependencies and URL parameters are set from outside; filters are in the
 * query, and a change renders again.
 */
export class Page extends LitElement {
  /** Set by the app shell before the page is attached. */
  declare deps: Deps
  @property({ attribute: false }) params: Readonly<Record<string, string>> = {}
  @state() protected query = new URLSearchParams(location.search)
  /** The title, for states in which the page renders no heading. */
  heading = ""
  /** Selector of the page's own heading. */
  protected headingIs = "h1:not(.named)"
  readonly #stops: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    this.query = new URLSearchParams(location.search)
    globalThis.addEventListener(MOVED, this.#onAddress)
    this.opened()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener(MOVED, this.#onAddress)
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** While a page loads, has failed or is empty, it still has a heading for screen readers. */
  protected override update(changed: PropertyValues): void {
    super.update(changed)
    const named = this.renderRoot.querySelector("h1.named")
    const hasOwn = this.renderRoot.querySelector(this.headingIs) !== null
    if (hasOwn) named?.remove()
    else if (named === null && this.heading !== "") {
      const heading = document.createElement("h1")
      heading.className = "named hidden-visually"
      heading.textContent = this.heading
      this.renderRoot.prepend(heading)
    }
  }

  /** Called each time the page is shown; it starts the requests. */
  protected opened(): void {
    // Most pages render stores and load nothing.
  }

  /** Unsubscribes when the page is removed. */
  protected until(stop: () => void): void {
    this.#stops.push(stop)
  }

  /**
   * Sets filters in the URL; an empty value removes one. Replaces the history entry, so that typing
   * does not add entries.
   */
  protected setQuery(changes: Readonly<Record<string, string>>): void {
    const next = new URLSearchParams(this.query)
    // The app shell controls the wall display on all pages.
    if (isWallRequested(location.search)) next.set(WALL, "")
    else next.delete(WALL)
    for (const [key, value] of Object.entries(changes)) {
      if (value === "") next.delete(key)
      else next.set(key, value)
    }
    this.query = next
    history.replaceState(
      history.state,
      "",
      `${location.pathname}${next.size === 0 ? "" : `?${next}`}${location.hash}`,
    )
  }

  readonly #onAddress = (): void => {
    this.query = new URLSearchParams(location.search)
  }
}
