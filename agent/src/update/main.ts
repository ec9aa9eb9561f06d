/** The program of `ispvm-agent-update.service`. */
import { readUpdateFolders } from "../config.ts"
import { installRequested } from "./install.ts"

const { dataDir, stateFolder } = readUpdateFolders()
await installRequested(dataDir, stateFolder)
