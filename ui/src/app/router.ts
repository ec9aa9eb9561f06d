/**
 * Addresses without a new document: which row of a table an address means, and links that stay in
 * the page.
 */

import { newEntry } from "./scroll-memory.ts"

/**
 * Fired on the window once the page of a new address is shown, or when only its query has changed.
 */
export const MOVED = "ispvm-moved"

export type Match<Row> = {
  readonly row: Row
  readonly params: Readonly<Record<string, string>>
}
export type Router = {
  readonly go: (address: string) => void
  readonly stop: () => void
}

/**
 * The first row whose path fits. A part that begins with a colon fits any text; a slash at the end
 * does not count.
 */
export const matchPath = <Row extends { readonly path: string }>(
  rows: readonly Row[],
  pathname: string,
): Match<Row> | null => {
  for (const row of rows) {
    const params = paramsOf(partsOf(row.path), partsOf(pathname))
    if (params !== null) return { row, params }
  }
  return null
}

const partsOf = (path: string): readonly string[] => path.replace(/(?<=.)\/$/, "").split("/")

const paramsOf = (
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | null => {
  if (pattern.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? ""
    const text = wanted.startsWith(":") ? decoded(part) : null
    if (text === null ? wanted.toLowerCase() !== part.toLowerCase() : text === "") return null
    if (text !== null) params[wanted.slice(1)] = text
  }
  return params
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** How an address was reached: by a link, or by going back or forward. */
export type Reached = "link" | "history"

/**
 * `show` draws the page of the present address. It is called at once, for each link, and when one
 * goes back or forward.
 */
export const createRouter = (show: (reached: Reached) => void): Router => {
  const go = (address: string): void => {
    const url = new URL(address, location.href)
    if (url.href !== location.href) history.pushState(newEntry(), "", url)
    show("link")
  }
  const onClick = (event: MouseEvent): void => {
    const url = addressOf(event)
    if (url === null) return
    event.preventDefault()
    go(url.href)
  }
  globalThis.addEventListener("click", onClick)
  const onBack = (): void => show("history")
  globalThis.addEventListener("popstate", onBack)
  show("link")
  return {
    go,
    stop: () => {
      globalThis.removeEventListener("click", onClick)
      globalThis.removeEventListener("popstate", onBack)
    },
  }
}

/** Where a click leads within this program; null: the browser's own matter. */
const addressOf = (event: MouseEvent): URL | null => {
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey
  if (event.defaultPrevented || !isPlain || event.shiftKey || event.altKey) return null
  const link = event.composedPath().find(isLink)
  if (link === undefined) return null
  const href = link.getAttribute("href")
  const target = link.getAttribute("target") ?? ""
  if (href === null || link.hasAttribute("download") || !["", "_self"].includes(target)) return null
  const url = new URL(href, location.href)
  const isWithinPage = url.hash !== "" && url.pathname === location.pathname
  return url.origin === location.origin && !isWithinPage ? url : null
}

/** Of HTML, or of a drawing. */
const isLink = (target: EventTarget): target is HTMLAnchorElement | SVGAElement =>
  target instanceof HTMLAnchorElement || target instanceof SVGAElement
