/** `npm run lab -- COMMAND`: starts a lab by itself, or injects faults into a running one. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { z } from "zod"
import { dataFolder, recordingsFolder } from "./config.ts"
import { CONFIG_SECTIONS, ConsoleAnswer, LabCommand, LabState } from "./simulator/commands.ts"
import { DEVICE_FAULTS, type DeviceFault, type DeviceRepair } from "./simulator/device-faults.ts"
import { containerlabFiles } from "./simulator/export/containerlab.ts"
import { eveNgFiles } from "./simulator/export/eve-ng.ts"
import { ANATOLIA, LAB_FILE, Lab, PORTS } from "./simulator/lab.ts"
import { closest } from "./simulator/name-suggestion.ts"
import { namespaceError } from "./simulator/netns.ts"
import { readTopology } from "./simulator/topology-file.ts"
import { reportFailure, UserError } from "./simulator/user-error.ts"

/** Below the other commands, in their columns. */
const OF_DEVICES = DEVICE_FAULTS.map(
  ([fault, repair, text]) => `  ${`${fault} ROUTER`.padEnd(26)}  ${text}; ${repair} ends it`,
).join("\n")

const USAGE = `usage: npm run lab -- COMMAND [--data DIR]

  up                      starts a simulated network by itself (npm run demo has its own)
  status                  prints the injected faults
  cut LINK                both ends of the link go down
  repair LINK
  kill ROUTER             the router is silent, and its neighbours' ports go down
  revive ROUTER           the router boots
  power-off SITE          all routers of the site die at once, and the agent's host if it is there
  power-on SITE           they boot
  lose-upstream ROUTER    all links to that upstream go down, and it is silent
  restore-upstream ROUTER
  flap ROUTER PORT [N]    the port goes down and up N times (5)
  loss RATIO              share of packets lost each way, 0 to 1 (5 % is 0.05)
  degrade LINK RATIO      what takes the link loses this share of its packets; 0 repairs it
  congest LINK            the link carries all that it can, and drops some of what takes it
  decongest LINK
  bgp-down ROUTER         BGP of the router goes down, and its links stay up
  bgp-up ROUTER
  ospf-down LINK          OSPF on the link goes down, and its ports stay up
  ospf-up LINK
  drop-sessions ROUTER    its PPP sessions end
  restore-sessions ROUTER
  fade-optic ROUTER PORT DB  the module receives this much less light; 0 repairs it
  isis-down LINK          IS-IS on the link goes down, and its ports stay up
  isis-up LINK
  guess-passwords ROUTER [N]  somebody tries N passwords (12)
  change-config ROUTER [SECTION]  somebody adds a row to ${CONFIG_SECTIONS.map((each) => `"${each}"`).join(", ")}
${OF_DEVICES}
  stop-agent, start-agent
  cut-management-path     the agent runs and reaches the routers, but not the appliance
  repair-management-path  the agent sends its backlog
  cut-uplink              the agent runs and reaches the appliance, but no router; the routers run
  repair-uplink
  heal                    repairs everything

  import ROUTER FILE      runs a script on the router as its administrator, like /import;
                          - is standard input
  export ROUTER           the router's configuration; the same text for the same configuration
  console ROUTER LINE     runs one line on the router and prints its output

  containerlab DIR        writes the topology as a lab of containerlab (mikrotik_ros)
  eve-ng DIR              writes it as a lab of EVE-NG (.unl); both with a script per router

Several faults at once: cut bursa-izmir + kill gaz-agg-1

  --data DIR              folder of the lab (default: that of npm run demo, then that of up)
  --topology FILE         for up, containerlab and eve-ng; default anatolia
  --frr, --no-bfd         for up: FRR routes between the routers, with or without BFD (root only)
  --loopback              for up: no namespace, even as root
  --help                  prints this text
`
/** The arguments of each command; one with ? is optional. */
const ARGUMENTS: Readonly<
  Record<Exclude<LabCommand["do"], DeviceFault | DeviceRepair>, readonly string[]>
> = {
  cut: ["link"],
  repair: ["link"],
  kill: ["router"],
  revive: ["router"],
  "power-off": ["site"],
  "power-on": ["site"],
  "lose-upstream": ["router"],
  "restore-upstream": ["router"],
  flap: ["router", "port", "times?"],
  loss: ["ratio"],
  degrade: ["link", "ratio"],
  congest: ["link"],
  decongest: ["link"],
  "bgp-down": ["router"],
  "bgp-up": ["router"],
  "ospf-down": ["link"],
  "ospf-up": ["link"],
  "drop-sessions": ["router"],
  "restore-sessions": ["router"],
  "fade-optic": ["router", "port", "db"],
  "isis-down": ["link"],
  "isis-up": ["link"],
  "guess-passwords": ["router", "times?"],
  "change-config": ["router", "section?"],
  "stop-agent": [],
  "start-agent": [],
  "cut-management-path": [],
  "repair-management-path": [],
  "cut-uplink": [],
  "repair-uplink": [],
  heal: [],
  together: [],
}
const ARGUMENTS_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ...Object.entries(ARGUMENTS),
  ...DEVICE_FAULTS.flatMap(([fault, repair]) =>
    [fault, repair].map((name): [string, readonly string[]] => [name, ["router"]]),
  ),
])
const NUMBERS = ["times", "ratio", "db"]
const ARGUMENT_LABELS: Readonly<Record<string, string>> = {
  link: "the link's name",
  router: "the router's name",
  site: "the site's name",
  port: "the port's name",
  ratio: "the share of packets lost",
  db: "the loss of light in dB",
}
const CONSOLE: Readonly<Record<string, readonly string[]>> = {
  import: ["ROUTER", "FILE"],
  export: ["ROUTER"],
  console: ["ROUTER", "LINE"],
}
const EXPORTS = { containerlab: containerlabFiles, "eve-ng": eveNgFiles } as const
const isExport = (verb: string): verb is keyof typeof EXPORTS => Object.hasOwn(EXPORTS, verb)
const COMMANDS = [
  "up",
  ...Object.keys(EXPORTS),
  "status",
  ...Object.keys(CONSOLE),
  ...[...ARGUMENTS_OF.keys()].filter((verb) => verb !== "together"),
]

const Found = z.object({ url: z.url(), pid: z.int() })

const root = join(import.meta.dirname, "..")
const base = dataFolder() ?? join(root, ".data")
/** The lab's own folder below the data of a demo, and that of a lab without a demo. */
const folders = (data: string | undefined): string[] =>
  data !== undefined
    ? [join(resolve(data), "lab"), resolve(data)]
    : [join(base, "lab"), join(base, "demo", "lab"), join(base, "lab-alone")]

const find = (data: string | undefined): string => {
  for (const folder of folders(data)) {
    const file = join(folder, LAB_FILE)
    if (existsSync(file)) return Found.parse(JSON.parse(readFileSync(file, "utf8"))).url
  }
  throw new UserError(
    `no lab runs here (searched ${folders(data).join(", ")}); start one with npm run demo, or npm run lab -- up`,
  )
}

/** The words of one command as its fields. */
const commandFields = ([verb = "", ...args]: readonly string[]): Record<string, unknown> => {
  if (!COMMANDS.includes(verb)) throw new UserError(`no command ${verb}${closest(verb, COMMANDS)}`)
  const fields = ARGUMENTS_OF.get(verb) ?? []
  if (args.length > fields.length)
    throw new UserError(`${verb} has no argument ${args[fields.length]}\n\n${USAGE}`)
  const entries = fields.flatMap((field, index) => {
    const name = field.replace("?", "")
    const arg = args[index]
    if (arg === undefined && field === name)
      throw new UserError(`${ARGUMENT_LABELS[name]} is missing\n\n${USAGE}`)
    return arg === undefined ? [] : [[name, NUMBERS.includes(name) ? Number(arg) : arg] as const]
  })
  return { do: verb, ...Object.fromEntries(entries) }
}

/** Words to a command; several faults are separated by `+`. Schema errors are shown as they are. */
const commandOf = (args: readonly string[]): LabCommand => {
  const parts: string[][] = [[]]
  for (const arg of args) arg === "+" ? parts.push([]) : parts.at(-1)?.push(arg)
  const faults = parts.map(commandFields)
  const parsed = LabCommand.safeParse(faults.length === 1 ? faults[0] : { do: "together", faults })
  if (!parsed.success) throw new UserError(z.prettifyError(parsed.error))
  return parsed.data
}

const request = async (url: string, command: LabCommand | null): Promise<LabState> => {
  const init =
    command === null
      ? {}
      : {
          method: "POST",
          body: JSON.stringify(command),
          headers: { "content-type": "application/json" },
        }
  const answer = await fetch(url, init).catch((error: unknown) => {
    throw new UserError("the lab that was here no longer answers; start it again", { cause: error })
  })
  const body: unknown = await answer.json()
  if (!answer.ok) throw new UserError(z.object({ message: z.string() }).parse(body).message)
  return LabState.parse(body)
}

/**
 * Prints the output of the router's console; an error of the router is an error of this program.
 */
const atConsole = async (url: string, [verb = "", ...args]: readonly string[]): Promise<void> => {
  const expected = CONSOLE[verb] ?? []
  const missing = expected[args.length]
  if (missing !== undefined) throw new UserError(`${missing} is missing\n\n${USAGE}`)
  if (args.length > expected.length)
    throw new UserError(`${verb} has no argument ${args[expected.length]}; put a line in quotes`)
  const [router = "", text = ""] = args
  if (verb === "import" && text !== "-" && !existsSync(text)) throw new UserError(`no file ${text}`)
  const body = verb === "import" ? readFileSync(text === "-" ? 0 : text, "utf8") : text
  const init = verb === "export" ? {} : { method: "POST", body }
  const answer = await fetch(`${url}/${verb}/${encodeURIComponent(router)}`, init).catch(
    (error: unknown) => {
      throw new UserError("the lab that was here no longer answers; start it again", {
        cause: error,
      })
    },
  )
  const reply: unknown = await answer.json()
  if (!answer.ok) throw new UserError(z.object({ message: z.string() }).parse(reply).message)
  const { ok, output } = ConsoleAnswer.parse(reply)
  process.stdout.write(output === "" || output.endsWith("\n") ? output : `${output}\n`)
  if (!ok) process.exitCode = 1
}

const stateText = (state: LabState): string => {
  const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "))
  return [
    `cut links     ${list(state.cutLinks)}`,
    `dead routers  ${list(state.deadRouters)}`,
    `powered off   ${list(state.poweredOffSites)}`,
    `lost upstream ${list(state.lostUpstreams)}`,
    `degraded      ${list(state.degradedLinks)}`,
    `congested     ${list(state.congestedLinks)}`,
    `BGP down      ${list(state.bgpDown)}`,
    `no sessions   ${list(state.withoutSessions)}`,
    `faded optics  ${list(state.fadedOptics)}`,
    `OSPF down     ${list(state.ospfDown)}`,
    `IS-IS down    ${list(state.isisDown)}`,
    `in routers    ${list(state.deviceFaults)}`,
    `loss          ${(state.lossRatio * 100).toFixed(1)} % each way`,
    `agent         ${state.agentRunning ? "runs" : "does not run"}${state.managementPathDown ? "; its management path is down" : ""}${state.uplinkDown ? "; its uplink is down" : ""}`,
    `mode          ${state.mode}`,
  ].join("\n")
}

const up = async (
  data: string | undefined,
  topologyFile: string,
  isLoopback: boolean,
  frr: { readonly hasBfd: boolean } | null,
): Promise<void> => {
  const reason = namespaceError()
  const lab = await Lab.start({
    topologyFile,
    dataDir: data === undefined ? join(base, "lab-alone") : resolve(data),
    mode: isLoopback ? "loopback" : "auto",
    recordingsDir: recordingsFolder() ?? null,
    ...(frr === null ? {} : { frr }),
  })
  const ports = PORTS[lab.mode]
  const { access, routers } = lab.topology
  if (lab.mode === "loopback")
    console.log(`no ping and no loss here: ${isLoopback ? "loopback was asked for" : reason}`)
  else
    console.log(
      `the routers run in the namespace ${lab.namespace?.name}; enter it with: ip netns exec ${lab.namespace?.name} sh`,
    )
  console.log(
    `${routers.length} routers, ${lab.topology.links.length} links; API ${ports.api} and ${ports.apiSsl} (TLS), SNMP ${ports.snmp}`,
  )
  console.log(`user ${access.username}, password ${access.password}, community ${access.community}`)
  for (const router of routers)
    console.log(
      `  ${lab.addressOf(router.address).padEnd(14)} ${router.name.padEnd(14)} ${router.persona}`,
    )
  console.log("Ctrl-C stops it.")
  const stopRequested = new Promise<void>((done) => {
    process.once("SIGINT", done)
    process.once("SIGTERM", done)
  })
  const died = lab.routers.ended.then(() => {
    throw new UserError(`the routers' process ended:\n${lab.routers.lastLines(12).join("\n")}`)
  })
  try {
    await Promise.race([stopRequested, died])
  } finally {
    died.catch(() => undefined)
    await lab.stop()
  }
}

const writeLab = (files: ReadonlyMap<string, string>, folder: string | undefined): void => {
  if (folder === undefined) throw new UserError(`the folder is missing\n\n${USAGE}`)
  for (const [name, text] of files) {
    const path = resolve(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  console.log(`${files.size} files in ${resolve(folder)}`)
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: "string" },
      topology: { type: "string", default: ANATOLIA },
      loopback: { type: "boolean", default: false },
      frr: { type: "boolean", default: false },
      "no-bfd": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  const [verb] = positionals
  if (values.help || verb === undefined) return console.log(USAGE)
  if (!COMMANDS.includes(verb)) throw new UserError(`no command ${verb}${closest(verb, COMMANDS)}`)
  if (verb === "up") {
    const frr = values.frr ? { hasBfd: !values["no-bfd"] } : null
    return up(values.data, values.topology, values.loopback, frr)
  }
  if (isExport(verb)) return writeLab(EXPORTS[verb](readTopology(values.topology)), positionals[1])
  if (verb in CONSOLE) return atConsole(find(values.data), positionals)
  console.log(
    stateText(await request(find(values.data), verb === "status" ? null : commandOf(positionals))),
  )
}

main().catch(reportFailure)
