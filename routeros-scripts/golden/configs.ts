/** What the golden scripts are made from: a router of each duty with the texts and the watches that make trouble. */
import { compareReleases } from "../src/check/release.ts"
import {
  type DesiredConfig,
  exampleConfig,
  type NetwatchEntry,
  PROFILES,
  type Profile,
  type ScriptKind,
} from "../src/companion/companion.ts"

/** Releases between which what our scripts use has changed. */
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

/** A core with BGP and OSPF whose agent stands beside it. */
const core = (desired: DesiredConfig): DesiredConfig => ({
  ...desired,
  routerName: 'Zürich "Nord" $1 \\ core?',
  agents: ["192.0.2.10", "192.0.2.11", "2001:db8::10"],
})

/** An edge that measures its upstreams. */
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

/** An access router with PPPoE sessions, read by SNMP version 2 because somebody asked for it. */
const access = (desired: DesiredConfig): DesiredConfig => ({
  ...desired,
  snmp: { version: 2, community: "read $only" },
  push: desired.push && { ...desired.push, netwatch: [] },
})

/** A CPE behind NAT: no agent reaches it, so it tells all by itself. */
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

/** What takes out and what hardens differs little: kept whole for the oldest release and for one in the middle, of the others what it looks like from afar. */
const FULL_RELEASES: readonly string[] = ["6.49.17", "7.18.2"]
export const isFullRelease = (release: string): boolean => FULL_RELEASES.includes(release)
export const isStoredInFull = ({ release, kind }: Golden): boolean =>
  kind === "onboard" || isFullRelease(release)

export const GOLDENS: readonly Golden[] = GOLDEN_RELEASES.flatMap((release) =>
  PROFILES.flatMap((profile) =>
    (["onboard", "remove", "harden"] as const)
      .filter((kind) => kind !== "harden" || profile === "core")
      .map(
        (kind): Golden => ({
          name: kind === "harden" ? `${release}-harden` : `${release}-${profile}-${kind}`,
          release,
          kind,
          desired: CONFIGS[profile](exampleConfig(release, profile)),
        }),
      ),
  ),
)

export const isV7 = (release: string): boolean => compareReleases(release, "7.0") >= 0
