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
      ? `  in the network namespace ${namespace}: a dead router is silent`
      : `  on loopback addresses (${modeReason}): no ping, so TCP decides, and a dead router refuses connections`,
    ...(missing === null || mode === "loopback" ? [] : [`  ${missing}`]),
    "",
    "  Try, on the map or in another terminal:",
    `    npm run lab -- cut istanbul-ankara${dataFlag}        the incident names the link; repair it and it closes`,
    `    npm run lab -- kill gaz-agg-1${dataFlag}             one incident; devices behind it are shown as unreachable`,
    `    npm run lab -- power-off ankara${dataFlag}           a whole site in one moment`,
    `    npm run lab -- flap ist-acc-1 ether1${dataFlag}      a flapping port`,
    `    npm run lab -- stop-agent${dataFlag}                 its devices become unknown, none is down`,
    `    npm run lab -- cut samsun-trabzon${dataFlag}         sam-agg-1 reports it itself; its script: lab -- export sam-agg-1`,
    `    npm run lab -- heal${dataFlag}                       repairs everything`,
    "",
    `  Ctrl-C ends it; the data stays in ${dataDir}, and the next start continues with it.`,
    rule,
  ].join("\n")
}
