/** `ispvm`: the commands of an installed appliance. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { admin } from "./admin.ts"
import { certificate } from "./certificate.ts"
import { showConsole } from "./console.ts"
import { EXIT } from "./exit.ts"
import { factoryReset } from "./factory-reset.ts"
import { commandHelp, HELP } from "./help.ts"
import { network } from "./network.ts"
import { passwordHash } from "./password-hash.ts"
import { seed } from "./seed.ts"
import { status } from "./status.ts"
import { supportBundle } from "./support-bundle.ts"
import { time } from "./time.ts"
import { debianBundle } from "./update/debian/make.ts"
import { rollback, update } from "./update/update.ts"
import { verify } from "./verify.ts"

const RELEASE = join(import.meta.dirname, "../../..")

/** Commands that are programs of their own. */
const PROGRAMS: Readonly<Record<string, string>> = {
  rca: "appliance/rca/src/main.ts",
  "rsc-check": "routeros-scripts/src/main.ts",
  pki: "pki/src/main.ts",
  backup: "appliance/src/compose/backup-command.ts",
  restore: "appliance/src/compose/restore-command.ts",
}
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  status,
  verify: (args) => verify(args),
  console: showConsole,
  seed,
  "password-hash": passwordHash,
  admin,
  network,
  time,
  certificate,
  "support-bundle": supportBundle,
  "factory-reset": factoryReset,
  update,
  rollback,
  "debian-bundle": debianBundle,
  settings: async () => runProgram("appliance/src/main.ts", ["--help"]),
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
  const command = COMMANDS[name]
  if (command === undefined) {
    process.stderr.write(`ispvm: there is no command ${name}\n\n${HELP}`)
    return EXIT.usage
  }
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(commandHelp(name))
    return EXIT.fine
  }
  return await command(args)
}

process.exitCode = await main(process.argv.slice(2))
