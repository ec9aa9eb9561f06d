/**
 * A configuration for reading, trying out and golden files: documentation addresses, and secrets
 * that protect nothing.
 */
import type { DesiredConfig, Profile } from "./desired-config.ts"

const PEM = `-----BEGIN CERTIFICATE-----
MIIBczCCARmgAwIBAgIUEXAMPLEONLYNOTACERTIFICATE00wCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGZXhhbXBsZTAeFw0yNTAxMDEwMDAwMDBaFw0zNTAxMDEwMDAw
-----END CERTIFICATE-----
`

/** No agent reaches a CPE behind NAT; it reports everything itself. */
export const exampleConfig = (release: string, profile: Profile): DesiredConfig => {
  const isReached = profile !== "cpe"
  return {
    release,
    routerId: "00000000-0000-4000-8000-000000000001",
    routerName: `${profile}-1`,
    profile,
    authority: { pem: PEM, fingerprint: "0123456789abcdef".repeat(4) },
    agents: isReached ? ["192.0.2.10", "2001:db8::10"] : [],
    api: isReached ? { username: "ispvm-agent", password: "example-password" } : null,
    diagnostics: isReached
      ? { username: "ispvm-diagnostics", password: "example-password-2" }
      : null,
    snmp: isReached
      ? {
          version: 3,
          user: "ispvm-snmp",
          authPassword: "example-auth",
          privPassword: "example-priv",
        }
      : null,
    syslogTo: isReached ? { address: "192.0.2.10", port: 514 } : null,
    push: {
      url: "https://192.0.2.1:8445/push/v1",
      key: `ispvmr1.exampleexample00.${"example".repeat(6)}0`,
      heartbeatS: isReached ? 0 : 60,
      maxPerMinute: 20,
      maxQueue: 200,
      netwatch: [
        {
          name: "gateway",
          host: "198.51.100.1",
          type: "icmp",
          intervalS: 10,
          port: null,
          lossPercent: 50,
          rttMs: 200,
          measures: false,
        },
      ],
    },
    harden: { servicesOff: ["telnet", "ftp", "www"], discoveryList: "LAN", undoAfterMinutes: 10 },
  }
}
