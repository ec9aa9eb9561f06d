/** States as their protocols write them, the same in each language. */

/** Of `metrics.md` and of routers: names that are more than their first letter. */
const NAMES: Readonly<Record<string, string>> = {
  "two-way": "2-Way",
  twoway: "2-Way",
  "2-way": "2-Way",
  "exchange-start": "ExStart",
  "ex-start": "ExStart",
  exstart: "ExStart",
  openconfirm: "OpenConfirm",
  opensent: "OpenSent",
}

/** "Full", "ExStart", "2-Way", "OpenConfirm", "Short circuit" */
export const stateName = (state: string): string => {
  const name = NAMES[state.toLowerCase()]
  if (name !== undefined) return name
  const words = state.replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}
