/** Sections of queues, PPP, hotspot and IPsec. */
import { type Section, section } from "./section.ts"

export const SUBSCRIBER_SECTIONS: readonly Section[] = [
  section(
    "/queue/simple",
    `
        name target dst parent packet-marks priority queue limit-at max-limit burst-limit
        burst-threshold burst-time bucket-size time total-queue total-limit-at total-max-limit
        total-priority disabled comment
      `,
    { isOrdered: true },
  ),
  section(
    "/queue/tree",
    `
        name parent packet-mark priority queue limit-at max-limit burst-limit burst-threshold
        burst-time bucket-size disabled comment
      `,
  ),
  section(
    "/queue/type",
    `
        name kind pfifo-limit bfifo-limit sfq-perturb sfq-allot red-limit red-min-threshold
        red-max-threshold red-burst red-avg-packet pcq-rate pcq-limit pcq-total-limit
        pcq-classifier pcq-burst-rate pcq-burst-threshold pcq-burst-time pcq-src-address-mask
        pcq-dst-address-mask codel-limit codel-interval codel-target codel-ecn fq-codel-limit
        fq-codel-flows fq-codel-interval fq-codel-target fq-codel-quantum fq-codel-ecn
        cake-bandwidth cake-flowmode cake-diffserv cake-nat cake-rtt mq-pfifo-limit
      `,
  ),
  section(
    "/ppp/profile",
    `
        name local-address remote-address remote-ipv6-prefix-pool dhcpv6-pd-pool dhcpv6-lease-time
        bridge bridge-horizon bridge-path-cost bridge-learning bridge-port-priority
        bridge-port-vid incoming-filter outgoing-filter address-list interface-list dns-server
        wins-server change-tcp-mss use-compression use-encryption use-mpls use-ipv6 use-upnp
        only-one rate-limit session-timeout idle-timeout insert-queue-before parent-queue
        queue-type on-up on-down comment
      `,
  ),
  // What a session leaves behind (`last-logged-out`, `last-caller-id`) is left out.
  section(
    "/ppp/secret",
    `
        name service caller-id profile local-address remote-address remote-ipv6-prefix ipv6-routes
        routes limit-bytes-in limit-bytes-out disabled comment
      `,
    { secrets: "password" },
  ),
  section(
    "/ppp/aaa",
    "use-radius accounting interim-update use-circuit-id-in-nas-port-id enable-ipv6-accounting",
  ),
  section(
    "/ip/hotspot",
    `
        name interface address-pool profile idle-timeout keepalive-timeout login-timeout
        addresses-per-mac disabled
      `,
  ),
  section(
    "/ip/hotspot/profile",
    `
        name hotspot-address dns-name html-directory html-directory-override login-by
        http-cookie-lifetime http-proxy rate-limit smtp-server split-user-domain ssl-certificate
        trial-uptime-limit trial-user-profile use-radius nas-port-type radius-accounting
        radius-interim-update radius-mac-format radius-default-domain
      `,
  ),
  section(
    "/ip/hotspot/user",
    `
        name server profile address mac-address email routes limit-uptime limit-bytes-in
        limit-bytes-out limit-bytes-total disabled comment
      `,
    { secrets: "password" },
  ),
  section(
    "/ip/hotspot/user/profile",
    `
        name address-pool address-list idle-timeout keepalive-timeout session-timeout shared-users
        rate-limit mac-cookie-timeout add-mac-cookie incoming-filter outgoing-filter
        insert-queue-before parent-queue queue-type on-login on-logout open-status-page
        transparent-proxy status-autorefresh
      `,
  ),
  section(
    "/ip/hotspot/walled-garden",
    "action dst-host dst-port method path server src-address dst-address disabled comment",
    { isOrdered: true },
  ),
  section(
    "/ip/hotspot/walled-garden/ip",
    `
        action dst-address dst-address-list dst-host dst-port protocol server src-address
        src-address-list disabled comment
      `,
    { isOrdered: true },
  ),
  section("/ip/hotspot/ip-binding", "type address to-address mac-address server disabled comment", {
    isOrdered: true,
  }),
]

export const IPSEC_SECTIONS: readonly Section[] = [
  section(
    "/ip/ipsec/policy",
    `
        peer tunnel src-address src-port dst-address dst-port protocol action level
        ipsec-protocols proposal template group sa-src-address sa-dst-address priority disabled
        comment
      `,
    { isOrdered: true },
  ),
  section(
    "/ip/ipsec/peer",
    `
        name address port local-address profile exchange-mode passive send-initial-contact
        auth-method enc-algorithm hash-algorithm dh-group lifetime nat-traversal dpd-interval
        disabled comment
      `,
    { secrets: "secret" },
  ),
  section(
    "/ip/ipsec/identity",
    `
        peer auth-method certificate remote-certificate my-id remote-id match-by mode-config
        generate-policy policy-template-group notrack-chain eap-methods username key remote-key
        disabled comment
      `,
    { secrets: "secret password" },
  ),
  section(
    "/ip/ipsec/profile",
    `
        name enc-algorithm hash-algorithm prf-algorithm dh-group lifetime lifebytes nat-traversal
        dpd-interval dpd-maximum-failures proposal-check ppk
      `,
  ),
  section(
    "/ip/ipsec/proposal",
    "name auth-algorithms enc-algorithms pfs-group lifetime disabled comment",
  ),
  section(
    "/ip/ipsec/mode-config",
    `
        name responder address address-pool address-prefix-length split-include split-dns
        static-dns system-dns src-address-list connection-mark use-responder-dns
      `,
  ),
  section("/ip/ipsec/settings", "accounting interim-update xauth-use-radius"),
  section("/ip/ipsec/key", "name key-size rsa"),
]
