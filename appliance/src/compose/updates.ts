/** Updates: what `ispvm update` of this machine says, and the folder that hands it requests. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import type { Config } from "../config.ts"
import { IDLE, REQUEST_FOLDER, readUpdateState, type UpdateState } from "../machine/update-state.ts"
import { createUpdates, type UpdatesPart } from "../operate/update/update.ts"
import type { Clock } from "../platform/clock.ts"
import type { Db } from "../platform/postgres/db.ts"

const RELEASE_FILE = join(import.meta.dirname, "../../../release.json")
const Release = z.object({ version: z.string() })

/** Of the package, which says more than that of the sources. */
export const releaseVersion = (version: string): string =>
  existsSync(RELEASE_FILE)
    ? Release.parse(JSON.parse(readFileSync(RELEASE_FILE, "utf8"))).version
    : version

/** Idle where this appliance was not installed from packages. */
export const createUpdateState = (folder: string | null) => (): UpdateState =>
  folder === null ? IDLE : readUpdateState(folder)

type Deps = {
  readonly config: Config
  readonly db: Db
  readonly clock: Pick<Clock, "now">
  /** Of the sources. */
  readonly version: string
}

export const openUpdates = ({ config, db, clock, version }: Deps): UpdatesPart => {
  const { ISPVM_UPDATE_DIR: stateFolder, dataDir } = config
  return createUpdates({
    ...{ db, clock, version: releaseVersion(version) },
    folder: stateFolder === null ? null : join(dataDir, REQUEST_FOLDER),
    readState: createUpdateState(stateFolder),
  })
}
