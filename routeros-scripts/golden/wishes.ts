/** What the golden scripts are made from: a router of each duty with the texts and the watches that make trouble. */
import { compareReleases } from "../src/check/release.ts"
import { DUTIES, type Duty, exampleWish, type ScriptKind, type Watch, type Wish } from "../src/companion/companion.ts"

/** Releases between which what our scripts use has changed. */
export const GOLDEN_RELEASES = ["6.49.17", "7.9.2", "7.12.2", "7.13.5", "7.18.2", "7.20.8", "7.22.1", "7.24"] as const

const watch = (name: string, host: string, more: Partial<Watch> = {}): Watch => ({
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
const core = (wish: Wish): Wish => ({
  ...wish,
  routerName: 'Zürich "Nord" $1 \\ core?',
  agents: ["192.0.2.10", "192.0.2.11", "2001:db8::10"],
})

/** An edge that measures its upstreams. */
const edge = (wish: Wish): Wish => ({
  ...wish,
  push: wish.push && {
    ...wish.push,
    watches: [
      watch('upstream "A"', "198.51.100.1", { type: "icmp", lossPercent: 20, rttMs: 80, measures: true }),
      watch("upstream B: Größe", "198.51.100.5", { type: "icmp" }),
      watch("mail", "203.0.113.25", { type: "tcp-conn", port: 25 }),
      watch("portal", "portal.example.net", { type: "https-get", intervalS: 60 }),
      watch("names", "203.0.113.53", { type: "dns", intervalS: 30 }),
    ],
  },
})

/** An access router with PPPoE sessions, read by SNMP version 2 because somebody asked for it. */
const access = (wish: Wish): Wish => ({
  ...wish,
  snmp: { version: 2, community: "read $only" },
  push: wish.push && { ...wish.push, watches: [] },
})

/** A CPE behind NAT: no agent reaches it, so it tells all by itself. */
const cpe = (wish: Wish): Wish => wish

const SHAPES: Readonly<Record<Duty, (wish: Wish) => Wish>> = { core, edge, access, cpe }

export type Golden = { readonly name: string; readonly release: string; readonly kind: ScriptKind; readonly wish: Wish }

/** What takes out and what hardens differs little: kept whole for the oldest release and for one in the middle, of the others what it looks like from afar. */
const WHOLE: readonly string[] = ["6.49.17", "7.18.2"]
export const isWholeRelease = (release: string): boolean => WHOLE.includes(release)
export const isKeptWhole = ({ release, kind }: Golden): boolean => kind === "onboard" || isWholeRelease(release)

export const GOLDENS: readonly Golden[] = GOLDEN_RELEASES.flatMap((release) =>
  DUTIES.flatMap((duty) =>
    (["onboard", "remove", "harden"] as const)
      .filter((kind) => kind !== "harden" || duty === "core")
      .map(
        (kind): Golden => ({
          name: kind === "harden" ? `${release}-harden` : `${release}-${duty}-${kind}`,
          release,
          kind,
          wish: SHAPES[duty](exampleWish(release, duty)),
        }),
      ),
  ),
)

export const isV7 = (release: string): boolean => compareReleases(release, "7.0") >= 0
