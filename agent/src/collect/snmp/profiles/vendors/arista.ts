/** Arista EOS. Sensors, processors and memory are those of standard tables. */
import type { Profile } from "../profile.ts"
import { BGP_STATE } from "../standard.ts"

const BGP = "1.3.6.1.4.1.30065.4.1.1"

export const arista: Profile = {
  name: "arista",
  objectIds: ["30065"],
  tables: [
    {
      // ARISTA-BGP4V2-MIB: instance, type, length, address
      of: `${BGP}.2.1`,
      families: {
        bgp: {
          name: "{inet:i1}",
          values: {
            state: { at: 13, map: BGP_STATE },
            disabled: { at: 12, map: { 1: true, 2: false } },
            remoteAs: 10,
            uptimeS: `.${BGP}.4.1.1`,
          },
        },
      },
    },
    {
      of: `${BGP}.8.1`,
      families: {
        bgp: [
          {
            name: "{inet:i1}",
            when: [{ at: "i-1", is: [1] }],
            values: {
              prefixesReceived: { at: 3, merge: "sum" },
              prefixesSent: { at: 5, merge: "sum" },
            },
          },
          {
            name: "{inet:i1} {afi:i-2}",
            when: [{ at: "i-1", not: [1] }],
            values: { prefixesReceived: 3, prefixesSent: 5 },
          },
        ],
      },
    },
  ],
}
