/** What a simulated router serves, by its board and its ports. */
import type { Port } from "./port.ts"
import { isTower } from "./radio.ts"
import type { Router } from "./router.ts"

export const customerPorts = (router: Router): readonly Port[] =>
  router.ports.filter((port) => port.plan.comment === "customers")
export const hasSessions = (router: Router): boolean =>
  router.ports.some(({ plan }) => plan.dynamic)
export const servesDhcp = (router: Router): boolean =>
  customerPorts(router).length > 0 && !isTower(router)
export const hasQueues = (router: Router): boolean =>
  hasSessions(router) || customerPorts(router).length > 0
/** Ports of the customers' bridge. A tower routes its sectors. */
export const bridgePortsOf = (router: Router): readonly Port[] =>
  isTower(router) ? [] : customerPorts(router)
/** Borders have an IPsec peer, with a certificate, and probe a resolver by netwatch. */
export const hasPeerCertificate = (router: Router): boolean => /-border-/.test(router.spec.name)

/** Plans of subscribers, upload and download. */
export const PLANS = [
  { upBps: 10e6, downBps: 50e6 },
  { upBps: 20e6, downBps: 100e6 },
  { upBps: 50e6, downBps: 200e6 },
] as const

/** The queue that a fault fills is that of this port. */
export const filledPortOf = (router: Router): Port | undefined =>
  router.ports.find(({ plan, running }) => plan.dynamic && running) ?? customerPorts(router)[0]
export const queueLimitOf = (
  router: Router,
  port: Port,
): { readonly upBps: number; readonly downBps: number } => {
  const { speedBps, dynamic } = port.plan
  if (!dynamic) return { upBps: Math.round(speedBps / 5), downBps: speedBps }
  const n = router.ports.filter(({ plan }) => plan.dynamic).indexOf(port)
  return PLANS[n % PLANS.length] ?? PLANS[0]
}
