/**
 * The configurations of the golden scripts: one router per profile, with texts and netwatch entries
 * that are hard to quote.
 */
import { compareReleases } from "../src/check/release.ts"
import {
  type DesiredConfig,
  exampleConfig,
  type NetwatchEntry,
  PROFILES,
  type Profile,
  type ScriptKind,
} from "../src/companion/companion.ts"

/** Releases between which the commands that our scripts use have changed. */
export const GOLDEN_RELEASES = [
  "6.49.17",
  "7.9.2",
  "7.12.2",
  "7.13.5",
  "7.18.2",
  "7.20.8",
  "7.22.1",
  "7.24",
] as const

const netwatchEntry = (
  name: string,
  host: string,
  more: Partial<NetwatchEntry> = {},
): NetwatchEntry => ({
  name,
  host,
  type: "simple",
  intervalS: 10,
  port: null,
  lossPercent: null,
  rttMs: null,
  measures: false,
  ...more,
})

/** A core router with BGP and OSPF, next to its agent. */
const core = (desired: DesiredConfig): DesiredConfig => ({
  ...desired,
  routerName: 'Zürich "Nord" $1 \\ core?',
  agents: ["192.0.2.10", "192.0.2.11", "2001:db8::10"],
})

/** An edge router that measures its upstreams. */
const edge = (desired: DesiredConfig): DesiredConfig => ({
  ...desired,
  push: desired.push && {
    ...desired.push,
    netwatch: [
      netwatchEntry('upstream "A"', "198.51.100.1", {
        type: "icmp",
        lossPercent: 20,
        rttMs: 80,
        measures: true,
      }),
      netwatchEntry("upstream B: Größe", "198.51.100.5", { type: "icmp" }),
      netwatchEntry("mail", "203.0.113.25", { type: "tcp-conn", port: 25 }),
      netwatchEntry("portal", "portal.example.net", { type: "https-get", intervalS: 60 }),
      netwatchEntry("names", "203.0.113.53", { type: "dns", intervalS: 30 }),
    ],
  },
})

/** An access router with PPPoE sessions, read by SNMP version 2 on request. */
const access = (desired: DesiredConfig): DesiredConfig => ({
  ...desired,
  snmp: { version: 2, community: "read $only" },
  push: desired.push && { ...desired.push, netwatch: [] },
})

/** A CPE behind NAT: no agent reaches it, so it reports everything itself. */
const cpe = (desired: DesiredConfig): DesiredConfig => desired

const CONFIGS: Readonly<Record<Profile, (desired: DesiredConfig) => DesiredConfig>> = {
  core,
  edge,
  access,
  cpe,
}

export type Golden = {
  readonly name: string
  readonly release: string
  readonly kind: ScriptKind
  readonly desired: DesiredConfig
}

/**
 * Removal and hardening scripts hardly differ between releases: they are kept in full for the
 * oldest release and for one in the middle. Of the others, only size and hash are kept.
 */
const FULL_RELEASES: readonly string[] = ["6.49.17", "7.18.2"]
export const isFullRelease = (release: string): boolean => FULL_RELEASES.includes(release)
export const isStoredInFull = ({ release, kind }: Golden): boolean =>
  kind === "onboard" || isFullRelease(release)

/** The same for every profile. */
const ONCE: ReadonlySet<string> = new Set(["accounts", "harden"])

export const GOLDENS: readonly Golden[] = GOLDEN_RELEASES.flatMap((release) =>
  PROFILES.flatMap((profile) =>
    (["onboard", "accounts", "remove", "harden"] as const)
      .filter((kind) => !ONCE.has(kind) || profile === "core")
      .map(
        (kind): Golden => ({
          name: ONCE.has(kind) ? `${release}-${kind}` : `${release}-${profile}-${kind}`,
          release,
          kind,
          desired: CONFIGS[profile](exampleConfig(release, profile)),
        }),
      ),
  ),
)

export const isV7 = (release: string): boolean => compareReleases(release, "7.0") >= 0
