/** Sends a file to the appliance piece by piece. */
import { MAX_PIECE_BYTES } from "@ispvm/appliance/api/updates"
import type { Api } from "../../api/client.ts"

export type UploadOptions = {
  readonly api: Pick<Api, "sendBundlePiece">
  readonly file: Blob
  readonly signal: AbortSignal
  readonly onSent: (bytes: number) => void
}

/** False: it was stopped. Throws the ApiError of a piece that was rejected. */
export const uploadBundle = async ({
  api,
  file,
  signal,
  onSent,
}: UploadOptions): Promise<boolean> => {
  let offset = 0
  while (offset < file.size) {
    if (signal.aborted) return false
    const piece = file.slice(offset, offset + MAX_PIECE_BYTES)
    const { received } = await api.sendBundlePiece({ offset, bytes: file.size }, piece)
    offset = received
    onSent(offset)
  }
  return true
}
