/** The block that the demo prints when everything runs. */
export type DemoSummary = {
  readonly url: string
  readonly email: string
  readonly password: string
  readonly mode: "namespace" | "loopback"
  /** Why there is no namespace; null where there is one. */
  readonly modeReason: string | null
  readonly namespace: string | null
  readonly firstValueMs: number
  readonly routers: number
  readonly sites: number
  readonly recorded: number
  readonly dataDir: string
  /** The option with which `npm run lab` finds this demo: empty, or ` --data DIR`. */
  readonly dataFlag: string
  /** A missing program with its use; null where nothing is missing. */
  readonly missing: string | null
}

export const summaryText = (summary: DemoSummary, isJson: boolean): string => {
  if (isJson) return JSON.stringify(summary)
  const {
    url,
    email,
    password,
    mode,
    modeReason,
    namespace,
    firstValueMs,
    routers,
    sites,
    recorded,
    dataDir,
    dataFlag,
    missing,
  } = summary
  const rule = "─".repeat(78)
  const recordedText = recorded === 0 ? "" : `, and ${recorded} replayed from recordings`
  return [
    rule,
    `  ${url}`,
    `  ${email}   ${password}`,
    "",
    `  ${routers} simulated routers on ${sites} sites${recordedText}; first live value after ${(firstValueMs / 1000).toFixed(1)} s`,
    mode === "namespace"
      ? `  in the network namespace ${namespace}: a dead router is silence`
      : `  on loopback addresses (${modeReason}): no ping, so TCP decides, and a dead router refuses`,
    ...(missing === null || mode === "loopback" ? [] : [`  ${missing}`]),
    "",
    "  Try, on the map or in another terminal:",
    `    npm run lab -- cut istanbul-ankara${dataFlag}        the incident names the link; repair it and it closes`,
    `    npm run lab -- kill gaz-agg-1${dataFlag}             one incident; what stands behind it is shown so`,
    `    npm run lab -- power-off ankara${dataFlag}           a whole site in one moment`,
    `    npm run lab -- flap ist-acc-1 ether1${dataFlag}      a port that cannot make up its mind`,
    `    npm run lab -- stop-agent${dataFlag}                 all it watches becomes unknown, nothing is reported down`,
    `    npm run lab -- cut samsun-trabzon${dataFlag}         sam-agg-1 tells of it by itself; its script: lab -- export sam-agg-1`,
    `    npm run lab -- heal${dataFlag}                       all well again`,
    "",
    `  Ctrl-C ends it; the data stays in ${dataDir}, and the next start goes on with it.`,
    rule,
  ].join("\n")
}
