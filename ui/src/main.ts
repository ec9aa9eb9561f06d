import "./theme/page.css"
import { createDeps } from "./app/deps.ts"
import { IspvmApp } from "./app/ispvm-app.ts"
import { repairLanguage } from "./app/language.ts"

repairLanguage(navigator)

const app = document.querySelector("ispvm-app")
if (app instanceof IspvmApp) {
  app.deps = createDeps({ toast: (toast) => app.toast(toast), go: (path) => app.go(path) })
  void app.deps.session.load()
}
