import { createDeps } from "./deps.ts"
import { IspvmApp } from "./ispvm-app.ts"
import { repairLanguage } from "./language.ts"

/** Passes the dependencies to the app element. */
export const start = (): void => {
  repairLanguage(navigator)
  const app = document.querySelector("ispvm-app")
  if (!(app instanceof IspvmApp)) return
  app.deps = createDeps({ toast: (toast) => app.toast(toast), go: (path) => app.go(path) })
  void app.deps.session.load()
}
