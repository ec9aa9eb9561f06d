import { Router } from "@vaadin/router"
import { t } from "../i18n/strings/strings.ts"
import { Page } from "../pages/page.ts"
import type { Deps } from "./deps.ts"
import { paths } from "./paths.ts"
import { type PageRoute, ROUTES } from "./routes.ts"
import "../pages/ispvm-page-missing.ts"
import "../components/ispvm-failed.ts"

/** What people type to log in: once they are in, it leads on. */
const LOGIN_PATHS = ["/login", "/setup"] as const

/** Hangs the table of pages into an element. `onTitle` is told where one is. */
export const createOutlet = (
  outlet: HTMLElement,
  deps: Deps,
  onTitle: (title: string, path: string) => void,
): Router => {
  const router = new Router(outlet)
  void router.setRoutes([
    ...ROUTES.map((route) => ({
      path: route.path,
      action: async (
        context: { params: object },
        commands: { component: (tag: string) => HTMLElement },
      ) => {
        onTitle(route.title, route.path)
        if (!deps.session.can(route.permission))
          return missingPage(commands.component("ispvm-page-missing"), "forbidden")
        try {
          await route.load()
        } catch {
          return failedPage(commands.component("ispvm-failed"), route.title)
        }
        return loadedPage(commands.component(route.tag), deps, context.params, route)
      },
    })),
    // Where people have a bookmark of the page that let them in: it stands at every address until then.
    ...LOGIN_PATHS.map((path) => ({ path, redirect: paths.overview })),
    {
      path: "(.*)",
      action: (_context: unknown, commands: { component: (tag: string) => HTMLElement }) => {
        onTitle("", "")
        return missingPage(commands.component("ispvm-page-missing"), "missing")
      },
    },
  ])
  return router
}

const loadedPage = (
  element: HTMLElement,
  deps: Deps,
  params: object,
  route: PageRoute,
): HTMLElement => {
  if (!(element instanceof Page)) throw new TypeError(`${route.tag} is no page`)
  element.deps = deps
  element.heading = route.title
  element.params = Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, String(value)]),
  )
  return element
}

/**
 * The page's code did not arrive: the line broke off, or a newer release has other files. Browsers remember a failed import, so
 * trying again starts anew, and only once the appliance answers: else there would be nothing left on the screen at all.
 */
const failedPage = (element: HTMLElement, title: string): HTMLElement => {
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

const missingPage = (element: HTMLElement, why: "missing" | "forbidden"): HTMLElement => {
  element.setAttribute("why", why)
  return element
}
