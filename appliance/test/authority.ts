/** The authority a whole appliance finds in its data folder: weaker than it would make its own, and so made in a moment. */
import { join } from "node:path"
import { openAuthority } from "@ispvm/pki"

export const makeAuthority = async (dataDir: string): Promise<void> => {
  await openAuthority({
    directory: join(dataDir, "pki"),
    now: Date.now,
    caBits: 2048,
    leafBits: 2048,
  })
}
