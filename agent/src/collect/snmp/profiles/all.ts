/** Every profile, vendors' before those of every device. */
import { mikrotik } from "./mikrotik.ts"
import type { Profile } from "./profile.ts"
import { standard } from "./standard.ts"
import { VENDOR_PROFILES } from "./vendors/vendors.ts"

export const PROFILES: readonly Profile[] = [mikrotik, ...VENDOR_PROFILES, standard]
