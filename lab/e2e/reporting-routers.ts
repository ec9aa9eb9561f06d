/**
 * The routers of the demo that report themselves, by family of releases, each with a port whose
 * outage does not cut it off.
 */
export type Reporting = { readonly router: string; readonly release: string; readonly port: string }
export const CONNECTED: readonly Reporting[] = [
  { router: "esk-core-1", release: "6.49", port: "ether2" },
  { router: "izm-acc-1", release: "7.12", port: "ether3" },
  { router: "sam-agg-1", release: "7.18", port: "ether1" },
  { router: "ank-bng-1", release: "7.22", port: "ether2" },
]
