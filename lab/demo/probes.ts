/** Probes of services in the demo: a few on each part of the network, so that a fault can be placed. */
import { type Lab, PORTS } from "../simulator/lab.ts"

export type DesiredProbe = {
  readonly name: string
  /** The router that it belongs to and asks. */
  readonly router: string
  readonly segment: "last-mile" | "aggregation" | "upstream" | "service"
  readonly check: object
  readonly everyS: number
}
/** Of each role, the first so many routers. */
const PER_ROLE = 2

export const desiredProbes = (lab: Lab): readonly DesiredProbe[] => {
  const { topology, mode } = lab
  const ofRole = (role: string) =>
    topology.routers
      .filter(({ roles, methods }) => roles.some((each) => each === role) && methods.length > 0)
      .slice(0, PER_ROLE)
      .map(({ name, address }) => ({ name, host: lab.addressOf(address) }))
  const ping = (host: string) => ({ kind: "icmp", host, packets: 3 })
  return [
    ...ofRole("upstream").flatMap(({ name, host }): DesiredProbe[] => [
      { name: `${name} ping`, router: name, segment: "upstream", check: ping(host), everyS: 10 },
      {
        ...{ name: `${name} path`, router: name, segment: "upstream", everyS: 60 },
        check: { kind: "trace", host, hops: 15 },
      },
    ]),
    ...ofRole("aggregation").map(
      ({ name, host }): DesiredProbe => ({
        ...{ name: `${name} ping`, router: name, segment: "aggregation", everyS: 10 },
        check: ping(host),
      }),
    ),
    ...ofRole("access").map(
      ({ name, host }): DesiredProbe => ({
        ...{ name: `${name} gateway`, router: name, segment: "last-mile", everyS: 10 },
        check: ping(host),
      }),
    ),
    ...ofRole("pppoe-server").map(
      ({ name, host }): DesiredProbe => ({
        ...{ name: `${name} API`, router: name, segment: "service", everyS: 10 },
        check: { kind: "tcp", host, port: PORTS[mode].apiSsl },
      }),
    ),
  ]
}
