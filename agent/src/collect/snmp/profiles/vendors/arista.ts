/** Arista EOS. Sensors, processors and memory are those of standard tables. */
import { bgp4v2 } from "../bgp4v2.ts"
import type { Profile } from "../profile.ts"

export const arista: Profile = {
  name: "arista",
  objectIds: ["30065"],
  tables: [...bgp4v2("1.3.6.1.4.1.30065.4.1.1")],
}
