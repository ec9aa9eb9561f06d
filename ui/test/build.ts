import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"

const HERE = join(import.meta.dirname, "..")

const newest = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && !each.name.endsWith(".test.ts"))
    .reduce(
      (latest, each) => Math.max(latest, statSync(join(each.parentPath, each.name)).mtimeMs),
      0,
    )

/** Builds the UI unless dist is newer than every source. */
export const buildUi = async (): Promise<void> => {
  const sources = ["src", "gallery", "public"].map((folder) => newest(join(HERE, folder)))
  const built = statSync(join(HERE, "dist/index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (built > Math.max(...sources, statSync(join(HERE, "vite.config.ts")).mtimeMs)) return
  const { build } = await import("vite")
  await build({ root: HERE, configFile: join(HERE, "vite.config.ts"), logLevel: "error" })
}
