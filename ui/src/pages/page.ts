import { LitElement, type PropertyValues } from "lit"
import { property, state } from "lit/decorators.js"
import type { Deps } from "../app/deps.ts"
import { MOVED } from "../app/router.ts"
import { isWallRequested, WALL } from "../app/wall.ts"

/** What every page is: given its dependencies and the parts of its address; its filters are the query, and a change of them draws it anew. */
export class Page extends LitElement {
  /** Set by the frame before the page is put into the document. */
  declare deps: Deps
  @property({ attribute: false }) params: Readonly<Record<string, string>> = {}
  @state() protected query = new URLSearchParams(location.search)
  /** The page's name, for the states in which it draws no heading of its own. */
  heading = ""
  /** What is or holds its own first heading. */
  protected headingIs = "h1:not(.named)"
  readonly #stops: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    this.query = new URLSearchParams(location.search)
    globalThis.addEventListener("popstate", this.#onAddress)
    globalThis.addEventListener(MOVED, this.#onAddress)
    this.opened()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("popstate", this.#onAddress)
    globalThis.removeEventListener(MOVED, this.#onAddress)
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** While it loads, has failed or is empty, a page is still named to those who do not see it. */
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

  /** Called each time the page comes on screen: what is to be loaded is asked for here. */
  protected opened(): void {
    // Most pages draw the stores and load nothing of their own.
  }

  /** Ends with the page. */
  protected until(stop: () => void): void {
    this.#stops.push(stop)
  }

  /** Puts filters into the address; an empty value takes one out. History is not grown by every letter typed. */
  protected setQuery(changes: Readonly<Record<string, string>>): void {
    const next = new URLSearchParams(this.query)
    // The frame turns the wall display on and off on any page.
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
      next.size === 0 ? location.pathname : `${location.pathname}?${next}`,
    )
  }

  readonly #onAddress = (): void => {
    this.query = new URLSearchParams(location.search)
  }
}
