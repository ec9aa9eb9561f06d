/** `ispvm`: the commands of an installed appliance. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { EXIT } from "./exit.ts"
import { commandHelp, HELP } from "./help.ts"

const RELEASE = join(import.meta.dirname, "../../..")

/** Commands that are programs of their own. */
const PROGRAMS: Readonly<Record<string, string>> = {
  rca: "appliance/rca/src/main.ts",
  "rsc-check": "routeros-scripts/src/main.ts",
  pki: "pki/src/main.ts",
  backup: "appliance/src/compose/backup-command.ts",
  restore: "appliance/src/compose/restore-command.ts",
}
type Command = (args: readonly string[]) => Promise<number>
/** A command loads its own code alone: the console of a machine that starts is there sooner. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  status: async () => (await import("./status.ts")).status,
  verify: async () => (await import("./verify.ts")).verify,
  console: async () => (await import("./console.ts")).showConsole,
  seed: async () => (await import("./seed.ts")).seed,
  "password-hash": async () => (await import("./password-hash.ts")).passwordHash,
  admin: async () => (await import("./admin.ts")).admin,
  network: async () => (await import("./network.ts")).network,
  time: async () => (await import("./time.ts")).time,
  certificate: async () => (await import("./certificate.ts")).certificate,
  "support-bundle": async () => (await import("./support-bundle.ts")).supportBundle,
  "factory-reset": async () => (await import("./factory-reset.ts")).factoryReset,
  update: async () => (await import("./update/update.ts")).update,
  rollback: async () => (await import("./update/update.ts")).rollback,
  "debian-bundle": async () => (await import("./update/debian/make.ts")).debianBundle,
  settings: async () => async () => runProgram("appliance/src/main.ts", ["--help"]),
}

const runProgram = (program: string, args: readonly string[]): number =>
  spawnSync(process.execPath, [join(RELEASE, program), ...args], { stdio: "inherit" }).status ?? 1

const main = async ([name, ...args]: readonly string[]): Promise<number> => {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(args[0] === undefined ? HELP : commandHelp(args[0]))
    return name === undefined ? EXIT.usage : EXIT.fine
  }
  const program = PROGRAMS[name]
  if (program !== undefined) return runProgram(program, args)
  const load = COMMANDS[name]
  if (load === undefined) {
    process.stderr.write(`ispvm: there is no command ${name}\n\n${HELP}`)
    return EXIT.usage
  }
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(commandHelp(name))
    return EXIT.fine
  }
  const command = await load()
  return await command(args)
}

process.exitCode = await main(process.argv.slice(2))
