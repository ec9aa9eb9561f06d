import { createDeps } from "./deps.ts"
import { IspvmApp } from "./ispvm-app.ts"
import { repairLanguage } from "./language.ts"
import { paths } from "./paths.ts"
import { matchPath } from "./router.ts"
import { ROUTES } from "./routes.ts"
import { setTheme } from "./theme.ts"

/** Passes the dependencies to the app element. */
export const start = (): void => {
  repairLanguage(navigator)
  const app = document.querySelector("ispvm-app")
  if (!(app instanceof IspvmApp)) return
  if (location.pathname === paths.wall()) {
    void startWall(app)
    return
  }
  app.deps = createDeps({ toast: (toast) => app.toast(toast), go: (path) => app.go(path) })
  void app.deps.session.load()
  // The page's code arrives meanwhile. Where it fails, the outlet says so.
  matchPath(ROUTES, location.pathname)
    ?.row.load()
    .catch(() => undefined)
}

/** A wall display has no app shell: no navigation, and no login. */
const startWall = async (app: IspvmApp): Promise<void> => {
  setTheme("wall")
  const [{ IspvmWall }, { createWallDeps }] = await Promise.all([
    import("./ispvm-wall.ts"),
    import("./wall-deps.ts"),
  ])
  const token = location.hash.slice(1)
  const wall = new IspvmWall()
  wall.wall = token === "" ? null : createWallDeps(token)
  // Another link in the same tab.
  globalThis.addEventListener("hashchange", () => location.reload())
  app.replaceWith(wall)
  await wall.wall?.deps.session.load()
}
