/** Sections of the system: identity, time, users, management, scripts. */
import { type Section, section } from "./section.ts"

export const SYSTEM_SECTIONS: readonly Section[] = [
  section("/system/identity", "name"),
  // Never the time itself.
  section("/system/clock", "time-zone-name time-zone-autodetect"),
  section(
    "/system/ntp/client",
    "enabled mode servers primary-ntp secondary-ntp server-dns-names vrf",
  ),
  section("/system/ntp/client/servers", "address disabled iburst min-poll max-poll auth-key"),
  section(
    "/system/ntp/server",
    `
        enabled broadcast broadcast-addresses multicast manycast use-local-clock
        local-clock-stratum vrf auth-key
      `,
  ),
  section("/system/logging", "topics action prefix disabled regex"),
  section(
    "/system/logging/action",
    `
        name target remote remote-port remote-protocol remote-log-format src-address bsd-syslog
        syslog-facility syslog-severity syslog-time-format disk-file-name disk-file-count
        disk-lines-per-file memory-lines memory-stop-on-full remember vrf
      `,
  ),
  section("/system/note", "note show-at-login show-at-cli-login"),
  section("/system/script", "name owner policy dont-require-permissions source comment"),
  section(
    "/system/scheduler",
    "name owner policy start-date start-time interval on-event disabled comment",
  ),
  section(
    "/system/watchdog",
    `
        watch-address watchdog-timer automatic-supout auto-send-supout no-ping-delay ping-timeout
        ping-start-after-boot send-email-from send-email-to send-smtp-server
      `,
  ),
  section(
    "/system/routerboard/settings",
    `
        auto-upgrade boot-device boot-protocol cpu-frequency enable-jumper-reset
        force-backup-booter memory-frequency protected-routerboot reformat-hold-button silent-boot
        preboot-etherboot
      `,
  ),
  section(
    "/system/device-mode",
    `
        mode flagging-enabled scheduler fetch container socks proxy hotspot smb email zerotier
        bandwidth-test traffic-gen sniffer ipsec pptp l2tp romon install-any-version partitions
        routerboard
      `,
  ),
  // Passwords are never readable. `last-logged-in` and the like are left out.
  section("/user", "name group address disabled comment inactivity-policy inactivity-timeout"),
  section("/user/group", "name policy skin comment"),
  section("/user/ssh-keys", "user key-owner bits key-type info"),
  section("/user/aaa", "use-radius accounting interim-update default-group exclude-groups"),
  section(
    "/radius",
    `
        service called-id domain address protocol authentication-port accounting-port
        accounting-backup timeout realm src-address certificate require-message-auth disabled
        comment
      `,
    { secrets: "secret", isOrdered: true },
  ),
  section("/radius/incoming", "accept port vrf"),
  section("/ip/service", "name port address certificate disabled tls-version vrf max-sessions"),
  section(
    "/ip/ssh",
    `
        strong-crypto allow-none-crypto always-allow-password-login forwarding-enabled
        host-key-size host-key-type ciphers password-authentication
        publickey-authentication-options
      `,
  ),
  section(
    "/snmp",
    `
        enabled contact location engine-id engine-id-suffix src-address trap-target trap-community
        trap-version trap-generators trap-interfaces vrf
      `,
  ),
  section(
    "/snmp/community",
    `
        addresses security read-access write-access authentication-protocol encryption-protocol
        disabled comment
      `,
    { secrets: "name authentication-password encryption-password" },
  ),
  section("/tool/mac-server", "allowed-interface-list"),
  section("/tool/mac-server/mac-winbox", "allowed-interface-list"),
  section("/tool/mac-server/ping", "enabled"),
  section(
    "/tool/bandwidth-server",
    `
        enabled authenticate max-sessions allocate-udp-ports-from allowed-addresses4
        allowed-addresses6
      `,
  ),
  section("/tool/romon", "enabled id", { secrets: "secrets" }),
  section(
    "/tool/e-mail",
    "server address port from user start-tls tls certificate-verification vrf",
    {
      secrets: "password",
    },
  ),
  section(
    "/tool/netwatch",
    `
        name type host interval timeout start-delay startup-delay up-script down-script
        test-script packet-count packet-interval packet-size thr-rtt-avg thr-loss-percent
        thr-loss-count port src-address ttl http-codes record-type dns-server disabled comment
      `,
  ),
  // Days until a certificate ends, and whether it has ended, are states.
  section(
    "/certificate",
    `
        name common-name subject-alt-name issuer serial-number fingerprint key-size key-type
        key-usage days-valid trusted authority private-key crl
      `,
  ),
  section(
    "/certificate/settings",
    "crl-download crl-store crl-use builtin-trust-anchors builtin-trust-store",
  ),
  section("/ip/cloud", "ddns-enabled ddns-update-interval update-time back-to-home-vpn"),
]
