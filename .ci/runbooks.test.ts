/** Each check has a runbook, each runbook its four parts, and what its commands name exists. */
import assert from "node:assert/strict"
import { globSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { test } from "node:test"
import { CheckId } from "../appliance/src/api/check-messages.ts"
import { RUNBOOK_IDS, RUNBOOK_OF } from "../appliance/src/api/runbooks.ts"
import { COMMAND_LIST } from "../appliance/src/cli/help.ts"
import { parseRules } from "../appliance/src/flow/alerts/rules/parse.ts"
import { checkScript } from "../routeros-scripts/src/check/check.ts"
import { PACKAGE_NAMES } from "../routeros-scripts/src/check/packages.ts"
import { releaseIn } from "../routeros-scripts/src/check/tree.ts"
import { recordingsFolder } from "../routeros-scripts/src/config.ts"
import { parseRunbook } from "../ui/src/features/health/runbook-text.ts"

const root = join(import.meta.dirname, "..")
const FOLDER = join(root, "docs/runbooks")
const names = readdirSync(FOLDER).map((file) => basename(file, ".md"))
const textOf = (name: string): string => readFileSync(join(FOLDER, `${name}.md`), "utf8")

const SECTIONS = ["Symptom", "Check", "Fix", "Verify"]
/** Of Debian, on the appliance or on an agent's machine. */
const DEBIAN_UNITS = ["chrony"]
const PROGRAMS = new Set(
  "apt-get chronyc df dpkg du free journalctl mv rm runuser systemctl timedatectl uptime ispvm".split(
    " ",
  ),
)
const UNITS = new Set([
  ...globSync("images/package/files/*/units/*", { cwd: root }).map((file) =>
    basename(file).replace(/\.service$/, ""),
  ),
  ...DEBIAN_UNITS,
])
const COMMANDS = new Map(COMMAND_LIST.map((command) => [command.name, command]))

/** Commands of a runbook: those to copy, those with something to fill in, and those in sentences. */
const commandsIn = (text: string): readonly string[] => {
  const fenced = [...text.matchAll(/^```(?:sh|text)\n([\s\S]*?)^```$/gm)].flatMap(([, body = ""]) =>
    body.split("\n").filter((line) => line !== ""),
  )
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, span = ""]) =>
    /^(?:ispvm|systemctl|journalctl) [a-z-]/.test(span) ? [span] : [],
  )
  return [...fenced, ...spans]
}

/** Units that a command of systemd names. */
const unitsOf = ([program = "", ...args]: readonly string[]): readonly string[] => {
  if (program === "journalctl") return args.flatMap((arg, n) => (args[n - 1] === "-u" ? [arg] : []))
  if (program !== "systemctl" || args[0] === "reboot") return []
  return args.slice(1).filter((arg) => !arg.startsWith("-"))
}
/** What is wrong with a command; null: nothing. */
const faultOf = (line: string): string | null => {
  const words = line.split(/\s+/)
  const [program = "", name = "", ...args] = words
  if (!PROGRAMS.has(program)) return `${program} is not known here`
  const unit = unitsOf(words).find((each) => !UNITS.has(each))
  if (unit !== undefined) return `no unit ${unit}`
  if (program !== "ispvm") return null
  const command = COMMANDS.get(name)
  if (command === undefined) return `no command ispvm ${name}`
  const known = [command.usage, ...command.options.map(([option]) => option)].join(" ")
  const option = args.find((arg) => arg.startsWith("--") && !known.includes(arg))
  if (option !== undefined) return `ispvm ${name} has no ${option}`
  const [action] = args
  const takesAction = /^usage|[a-z]\|[a-z]| show/.test(command.usage)
  return takesAction && action !== undefined && !command.usage.includes(action)
    ? `ispvm ${name} has no ${action}`
    : null
}

test("every runbook of the UI is a file, and every file one of them", () => {
  assert.deepEqual(names.toSorted(), RUNBOOK_IDS.toSorted())
  for (const id of CheckId.options) assert.ok(names.includes(RUNBOOK_OF[id]), id)
})

test("every runbook has a title and symptom, check, fix, verify, none of them empty", () => {
  for (const name of names) {
    const blocks = parseRunbook(textOf(name))
    assert.equal(blocks[0]?.kind, "title", name)
    const headings = blocks.flatMap((block) => (block.kind === "heading" ? [block.text] : []))
    assert.deepEqual(headings, SECTIONS, name)
    const isEmpty = blocks.some(
      (block, n) => block.kind === "heading" && (blocks[n + 1]?.kind ?? "heading") === "heading",
    )
    assert.ok(!isEmpty, `${name} has an empty part`)
    for (const part of ["Check", "Verify"])
      assert.match(
        textOf(name).split(`## ${part}\n`)[1]?.split("\n## ")[0] ?? "",
        /```(?:sh|routeros)\n/,
        name,
      )
  }
})

test("every command of a runbook exists: program, unit, subcommand and option", () => {
  assert.deepEqual(
    [
      "ispvm status",
      "ispvm restore FILE --key K --replace",
      "systemctl restart ispvm chrony",
      "ispvm repair",
      "ispvm restore --force",
      "systemctl restart ispvm-web",
      "journalctl -u postgres -n 5",
      "ispvm time set",
      "reindexdb",
    ].map(faultOf),
    [
      null,
      null,
      null,
      "no command ispvm repair",
      "ispvm restore has no --force",
      "no unit ispvm-web",
      "no unit postgres",
      "ispvm time has no set",
      "reindexdb is not known here",
    ],
  )
  const faults = names.flatMap((name) =>
    commandsIn(textOf(name)).flatMap((line) => {
      const fault = faultOf(line)
      return fault === null ? [] : [`${name}: ${line}: ${fault}`]
    }),
  )
  assert.deepEqual(faults, [])
})

const RELEASES = ["7.12.2", "7.22.1"]
/** Drivers of hardware that the recorded routers do not have. */
const OTHER_HARDWARE = /^\/system routerboard |^\/interface (?:wireless|w60g) /
test("a router takes every command of a runbook", (t) => {
  const recordings = recordingsFolder()
  if (recordings === undefined)
    return t.skip("ISPVM_RECORDINGS is not set: the commands of runbooks did not run")
  const commands = names.flatMap((name) =>
    [...textOf(name).matchAll(/^```routeros\n([\s\S]*?)^```$/gm)].flatMap(([, body = ""]) =>
      body.split("\n").flatMap((line) => (line === "" ? [] : [{ name, line }])),
    ),
  )
  assert.ok(commands.length > 60, `${commands.length} commands`)
  const releases = RELEASES.map((each) =>
    releaseIn(join(recordings, "api", "schema"), each, new Set(PACKAGE_NAMES)),
  )
  const faults = commands.flatMap(({ name, line }) =>
    releases.flatMap((release) => {
      assert.ok(release !== null && release !== undefined)
      const result = checkScript(line, release)
      return result.ok || OTHER_HARDWARE.test(line)
        ? []
        : [`${name}: ${line}: ${release.name}: ${result.message}`]
    }),
  )
  assert.deepEqual(faults, [])
  return undefined
})

test("every rule of the default pack has its runbook, which names the rules it is about", () => {
  const rules = globSync("appliance/src/flow/alerts/rules/pack/*.yaml", { cwd: root }).flatMap(
    (file) => {
      const parsed = parseRules(readFileSync(join(root, file), "utf8"))
      assert.ok(parsed.ok, file)
      return parsed.rules.map(({ rule }) => rule)
    },
  )
  const ofPage = Map.groupBy(rules, ({ runbook }) => basename(runbook ?? "", ".md"))
  for (const [page, about] of ofPage) {
    const text = textOf(page)
    for (const { name } of about) {
      const inEnglish = typeof name === "string" ? name : name.en
      const isNamed = page === "agent-offline" || text.includes(`\n- *${inEnglish}*\n`)
      assert.ok(isNamed, `${page}: ${inEnglish}`)
    }
  }
})

test("commands of ispvm and systemd on the other pages exist too", () => {
  const pages = ["install", "backup", "update", "ansible", "operations"]
  const faults = pages.flatMap((page) =>
    commandsIn(readFileSync(join(root, "docs", `${page}.md`), "utf8"))
      .filter((line) => /^(?:ispvm|systemctl (?:start|stop|restart)|journalctl) /.test(line))
      .flatMap((line) => {
        const fault = faultOf(line.replace(/\s+#.*$/, ""))
        return fault === null ? [] : [`${page}: ${line}: ${fault}`]
      }),
  )
  assert.deepEqual(faults, [])
})

test("links of a runbook lead to runbooks: nothing else is in the UI", () => {
  for (const name of names)
    for (const [, target = ""] of textOf(name).matchAll(/\]\(([^)]+)\)/g))
      assert.ok(names.includes(target.replace(/\.md$/, "")), `${name}: ${target}`)
})
