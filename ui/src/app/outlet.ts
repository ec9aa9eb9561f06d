import { t } from "../i18n/strings/strings.ts"
import { Page } from "../pages/page.ts"
import type { Deps } from "./deps.ts"
import { paths } from "./paths.ts"
import { createRouter, type Match, MOVED, matchPath, type Reached, type Router } from "./router.ts"
import { type PageRoute, ROUTES } from "./routes.ts"
import { createScrollMemory } from "./scroll-memory.ts"
import "../pages/ispvm-page-missing.ts"
import "../components/ispvm-failed.ts"

/** The login address. With a session it redirects. */
const LOGIN_PATHS = ["/login", "/setup"] as const

/**
 * Shows the page of the present address in an element. `onTitle` is called with its title and path.
 */
export const createOutlet = (
  outlet: HTMLElement,
  deps: Deps,
  onTitle: (title: string, path: string) => void,
): Router => {
  let shown: { readonly route: PageRoute | undefined; readonly pathname: string } | null = null
  let count = 0

  const scrolls = createScrollMemory(outlet)

  const show = async (reached: Reached): Promise<void> => {
    if (LOGIN_PATHS.some((path) => path === location.pathname))
      history.replaceState(history.state, "", paths.overview)
    const { pathname } = location
    const found = matchPath(ROUTES, pathname)
    count += 1
    const own = count
    onTitle(found?.row.title ?? "", found?.row.path ?? "")
    // Another query of the same page: it renders again.
    if (shown?.route !== found?.row || shown?.pathname !== pathname || found === null) {
      const element = found === null ? missingPage("missing") : await pageOf(found, deps)
      // Another address was asked for while the code of this one arrived.
      if (own !== count) return
      scrolls.leave()
      outlet.replaceChildren(element)
      scrolls.show(reached)
      shown = { route: found?.row, pathname }
    }
    dispatchEvent(new Event(MOVED))
  }
  const router = createRouter((reached) => void show(reached))
  return {
    ...router,
    stop: () => {
      router.stop()
      scrolls.stop()
    },
  }
}

const pageOf = async (
  { row: route, params }: Match<PageRoute>,
  deps: Deps,
): Promise<HTMLElement> => {
  if (!deps.session.can(route.permission)) return missingPage("forbidden")
  try {
    await route.load()
  } catch {
    return failedPage(route.title)
  }
  const element = document.createElement(route.tag)
  if (!(element instanceof Page)) throw new TypeError(`${route.tag} is no page`)
  element.deps = deps
  element.heading = route.title
  element.params = params
  return element
}

/**
 * The page's code could not be loaded: the connection failed, or a newer release has other files.
 * Browsers cache a failed import, so a retry reloads the page, but only when the appliance answers;
 * otherwise the screen would be blank.
 */
const failedPage = (title: string): HTMLElement => {
  const element = document.createElement("ispvm-failed")
  element.toggleAttribute("first", true)
  element.setAttribute("heading", t.shell.loadFailed(title))
  element.setAttribute("why", t.shell.loadFailedWhy)
  element.addEventListener("retry", () => {
    fetch("/", { cache: "no-store" }).then(
      () => location.reload(),
      () => element.setAttribute("why", t.shell.stillUnreachable),
    )
  })
  return element
}

const missingPage = (why: "missing" | "forbidden"): HTMLElement => {
  const element = document.createElement("ispvm-page-missing")
  element.setAttribute("why", why)
  return element
}
