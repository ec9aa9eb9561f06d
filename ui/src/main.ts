import "./theme/page.css"
import { createDeps } from "./deps.ts"
import { IspvmApp } from "./frame/ispvm-app.ts"
import { mendLanguage } from "./frame/language.ts"

mendLanguage(navigator)

const app = document.querySelector("ispvm-app")
if (app instanceof IspvmApp) {
  app.deps = createDeps({ toast: (toast) => app.toast(toast), go: (path) => app.go(path) })
  void app.deps.session.load()
}
