/** The set-up code in a file of the runtime folder. */
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Config } from "../config.ts"
import type { Registry } from "./registry.ts"

/** For `ispvm status` and the console, until the appliance is set up. */
export const keepSetupCode = (
  { ISPVM_RUNTIME_DIR: folder }: Config,
  setupCode: string | null,
  { auth }: Registry,
  stack: AsyncDisposableStack,
): void => {
  if (folder === null) return
  const file = join(folder, "setup-code")
  const remove = (): void => rmSync(file, { force: true })
  remove()
  if (setupCode === null) return
  writeFileSync(file, `${setupCode}\n`, { mode: 0o600 })
  stack.defer(remove)
  stack.defer(auth.setupDone.on(remove))
}
