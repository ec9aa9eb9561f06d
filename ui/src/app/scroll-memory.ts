/**
 * Where each entry of the history was scrolled to. Browsers remember this for the document only,
 * and pages scroll in an element of the app shell.
 */
export type ScrollMemory = {
  /**
   * Before a page is replaced. The event of the last scroll may not have come yet, and afterwards the
   * position is that of a lower page.
   */
  readonly leave: () => void
  /** After a page was replaced: a new one begins at its top, an earlier one where it was left. */
  readonly show: (reached: "link" | "history") => void
  readonly stop: () => void
}

/** For so long, what is loaded makes the page taller or lower than it was. */
const PATIENCE_MS = 15_000
/** A person who scrolls decides where to be. */
const BY_PERSON = ["wheel", "touchstart", "pointerdown", "keydown"] as const

/** The state of a new entry of the history. */
export const newEntry = (): { readonly entry: string } => {
  count += 1
  return { entry: `${performance.timeOrigin}-${count}` }
}
let count = 0

const currentEntry = (): string => {
  const entry: unknown = Reflect.get(Object(history.state), "entry")
  return typeof entry === "string" ? entry : ""
}

export const createScrollMemory = (scroller: HTMLElement): ScrollMemory => {
  const tops = new Map<string, number>()
  let entry = currentEntry()
  let restoring = new AbortController()

  const onScroll = (): void => {
    tops.set(entry, scroller.scrollTop)
  }
  scroller.addEventListener("scroll", onScroll, { passive: true })

  const restore = (top: number): void => {
    restoring = new AbortController()
    const { signal } = restoring
    const observer = new ResizeObserver(() => {
      scroller.scrollTop = top
    })
    signal.addEventListener("abort", () => observer.disconnect())
    for (const name of BY_PERSON)
      globalThis.addEventListener(name, () => restoring.abort(), { signal, passive: true })
    const timer = setTimeout(() => restoring.abort(), PATIENCE_MS)
    signal.addEventListener("abort", () => clearTimeout(timer))
    for (const page of scroller.children) observer.observe(page)
  }

  return {
    leave: onScroll,
    show: (reached) => {
      restoring.abort()
      entry = currentEntry()
      const top = reached === "history" ? (tops.get(entry) ?? 0) : 0
      scroller.scrollTop = top
      if (top > 0) restore(top)
    },
    stop: () => {
      restoring.abort()
      scroller.removeEventListener("scroll", onScroll)
    },
  }
}
