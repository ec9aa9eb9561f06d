/** The draft of BGP4V2-MIB, which vendors have below roots of their own. */
import type { TableProfile } from "./profile.ts"
import { BGP_STATE } from "./standard.ts"

/** Peers by instance, type, length and address; then prefixes by address family. */
export const bgp4v2 = (root: string): readonly TableProfile[] => [
  {
    of: `${root}.2.1`,
    families: {
      bgp: {
        name: "{inet:i1}",
        values: {
          state: { at: 13, map: BGP_STATE },
          disabled: { at: 12, map: { 1: true, 2: false } },
          remoteAs: 10,
          uptimeS: `.${root}.4.1.1`,
        },
      },
    },
  },
  {
    of: `${root}.8.1`,
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
]
