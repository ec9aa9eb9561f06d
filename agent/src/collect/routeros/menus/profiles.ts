/** Profiles of PPP, hotspot, IPsec and radios, and types of queues: names and limits, no keys. */
import { COMMENT, kindOf, NAME } from "./kinds.ts"
import { type MenuCollector, text } from "./menu.ts"

const profile = kindOf("profiles", "kind", { name: NAME, comment: COMMENT })
export const profiles: MenuCollector = {
  reads: "profiles",
  menus: [
    profile({
      path: "/ppp/profile",
      kind: "ppp",
      key: [NAME],
      columns: {
        rate: text("rate-limit"),
        type: text("only-one"),
        limit: text("session-timeout"),
        localAddress: text("local-address"),
        remoteAddress: text("remote-address"),
        dns: text("dns-server"),
      },
    }),
    profile({
      path: "/ip/hotspot/profile",
      kind: "hotspot",
      key: [NAME],
      columns: {
        rate: text("rate-limit"),
        type: text("login-by"),
        localAddress: text("hotspot-address"),
        dns: text("dns-name"),
      },
    }),
    profile({
      path: "/ip/hotspot/user/profile",
      kind: "hotspot user",
      key: [NAME],
      columns: {
        rate: text("rate-limit"),
        limit: text("shared-users"),
        remoteAddress: text("address-pool"),
      },
    }),
    profile({
      path: "/queue/type",
      kind: "queue",
      key: [NAME],
      columns: {
        type: text("kind"),
        rate: text("pcq-rate", "cake-bandwidth"),
        limit: text("pfifo-limit", "bfifo-limit", "pcq-limit", "fq-codel-limit", "red-limit"),
      },
    }),
    // Of what protects a network, names and kinds: never the key.
    ...(
      [
        ["/interface/wireless/security-profiles", "wireless security"],
        ["/interface/wifi/security", "wifi security"],
        ["/interface/wifi/configuration", "wifi configuration"],
        ["/interface/wifi/channel", "wifi channel"],
        ["/caps-man/security", "capsman security"],
        ["/caps-man/configuration", "capsman configuration"],
        ["/caps-man/channel", "capsman channel"],
        ["/interface/lte/apn", "apn"],
      ] as const
    ).map(([path, kind]) =>
      profile({
        path,
        kind,
        key: [NAME],
        columns: {
          type: text("mode", "authentication-types", "ssid", "band", "apn"),
          limit: text("frequency", "country"),
          remoteAddress: text("master", "datapath"),
        },
      }),
    ),
    ...["profile", "proposal"].map((kind) =>
      profile({
        path: `/ip/ipsec/${kind}`,
        kind: `ipsec ${kind}`,
        key: [NAME],
        columns: {
          type: text("enc-algorithms", "enc-algorithm"),
          limit: text("dh-group", "pfs-group"),
        },
      }),
    ),
  ],
}
