/**
 * The authority that a whole appliance finds in its data folder: weaker than its own would be, and
 * therefore quick to generate.
 */
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
