import { css, type ReactiveController, type ReactiveControllerHost } from "lit"
import { emit } from "../../components/emit.ts"

/**
 * Highlights the component under the pointer or focus everywhere on the page. Elements carry its id
 * as `data-of`. Emits `point` with the id, or with nothing.
 */
export class HoverController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  #current = ""

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    for (const name of ["pointerover", "focusin"]) this.#host.addEventListener(name, this.#onEnter)
    for (const name of ["pointerleave", "focusout"])
      this.#host.addEventListener(name, this.#onLeave)
  }
  hostDisconnected(): void {
    for (const name of ["pointerover", "focusin"])
      this.#host.removeEventListener(name, this.#onEnter)
    for (const name of ["pointerleave", "focusout"])
      this.#host.removeEventListener(name, this.#onLeave)
    this.#emitPoint("")
  }

  readonly #onEnter = (event: Event): void => {
    const path = event.composedPath()
    const inside = path.slice(0, path.indexOf(this.#host))
    const named = inside.map((each) =>
      each instanceof HTMLElement || each instanceof SVGElement ? each.dataset.of : undefined,
    )
    this.#emitPoint(named.find((of) => of !== undefined) ?? "")
  }
  readonly #onLeave = (): void => this.#emitPoint("")

  #emitPoint(id: string): void {
    if (id === this.#current) return
    this.#current = id
    emit(this.#host, "point", id)
  }
}

export const hotStyles = css`
  .hot {
    background: var(--selection);
    border-radius: var(--radius-small);
    box-shadow: var(--shadow-selection);
  }
`
