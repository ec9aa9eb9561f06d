/** States as their protocols write them, the same in each language. */

/** Of `metrics.md` and of routers, without dashes: names that are more than their first letter. */
const NAMES: Readonly<Record<string, string>> = {
  twoway: "2-Way",
  "2way": "2-Way",
  exchangestart: "ExStart",
  exstart: "ExStart",
  openconfirm: "OpenConfirm",
  opensent: "OpenSent",
}

/** "Full", "ExStart", "2-Way", "OpenConfirm", "Short circuit" */
export const stateName = (state: string): string =>
  NAMES[state.toLowerCase().replaceAll("-", "")] ??
  state.charAt(0).toUpperCase() + state.slice(1).replaceAll("-", " ")
