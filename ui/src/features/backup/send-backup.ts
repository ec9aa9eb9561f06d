/** Sends a backup to a new appliance, piece by piece: a browser reads no file into memory for it. */
import type { RestoreState } from "@ispvm/appliance/api/restore"
import type { Api } from "../../api/client.ts"

/** The appliance takes twice as much. Its constant would bring zod into the first page. */
export const PIECE_BYTES = 1024 * 1024
const STORAGE_KEY = "ispvm-restore"

/** The page may be loaded again meanwhile: the appliance comes back with another certificate. */
export const rememberRestore = (): void => sessionStorage.setItem(STORAGE_KEY, "begun")
export const forgetRestore = (): void => sessionStorage.removeItem(STORAGE_KEY)
export const isRestoreBegun = (): boolean => sessionStorage.getItem(STORAGE_KEY) !== null

/** Answers the state after the last piece. */
export const sendBackup = async (
  api: Pick<Api, "sendRestorePiece">,
  file: Blob,
  onProgress: (state: RestoreState) => void,
): Promise<RestoreState> => {
  let state: RestoreState = { phase: "receiving", bytes: 0, ofBytes: file.size }
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    onProgress(state)
    state = await api.sendRestorePiece(at, file.slice(at, at + PIECE_BYTES))
  }
  return state
}
