/** Every metric family. A new one is a file of this folder and a line here. */
import { bgp } from "./bgp.ts"
import { certificate } from "./certificate.ts"
import { clock } from "./clock.ts"
import { deviceCounts } from "./device-counts.ts"
import { dhcp } from "./dhcp.ts"
import { firewall } from "./firewall.ts"
import { health } from "./health.ts"
import { interfaceFamily } from "./interface.ts"
import { isis } from "./isis.ts"
import { lte } from "./lte.ts"
import { optics } from "./optics.ts"
import { ospf } from "./ospf.ts"
import { bridgePort, tunnel, vrrp, watch } from "./peers.ts"
import { ping } from "./ping.ts"
import { poe } from "./poe.ts"
import { port } from "./port.ts"
import { queue } from "./queue.ts"
import { reading } from "./reading.ts"
import { sensor } from "./sensor.ts"
import { service } from "./service-probe.ts"
import { sessions } from "./sessions.ts"
import { registration, wireless } from "./wireless.ts"

export const FAMILIES = [
  ping,
  interfaceFamily,
  health,
  sensor,
  bgp,
  ospf,
  isis,
  sessions,
  dhcp,
  optics,
  poe,
  port,
  queue,
  wireless,
  registration,
  lte,
  vrrp,
  tunnel,
  watch,
  bridgePort,
  firewall,
  certificate,
  clock,
  deviceCounts,
  service,
  reading,
] as const
