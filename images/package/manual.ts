/** Manual pages and the shell completion, from the lists of commands and options. */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { COMMAND_LIST } from "@ispvm/appliance/cli/help"

const escaped = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^([.'])/gm, "\\&$1")

const manual = (version: string): string =>
  [
    `.TH ISPVM 1 "" "ISP Visual Monitor ${escaped(version)}"`,
    ".SH NAME",
    "ispvm \\- the commands of an installed appliance",
    ".SH SYNOPSIS",
    ".B ispvm",
    "COMMAND [OPTIONS]",
    ".SH COMMANDS",
    ...COMMAND_LIST.flatMap(({ usage, about, options }) => [
      ".TP",
      `.B ${escaped(usage)}`,
      escaped(about),
      ...options.flatMap(([option, meaning]) => [
        ".RS",
        ".TP",
        `.B ${escaped(option)}`,
        escaped(meaning),
        ".RE",
      ]),
    ]),
    ".SH EXIT STATUS",
    "0: fine. 1: not well, or a failure. 2: wrong usage.",
    ".SH FILES",
    ".TP",
    ".I /etc/ispvm/ispvm.conf",
    "settings of the appliance",
    ".TP",
    ".I /etc/ispvm/trust.d/*.pem",
    "public keys whose packages are accepted",
    ".SH SEE ALSO",
    "systemctl(1), journalctl(1); the units ispvm, ispvm\\-database and ispvm\\-agent",
    "",
  ].join("\n")

const completion = (): string => {
  const names = COMMAND_LIST.map(({ name }) => name).join(" ")
  const options = COMMAND_LIST.map(
    (command) =>
      `    ${command.name}) words="--help ${command.options.map(([option]) => option).join(" ")}" ;;`,
  )
  return `_ispvm() {
  local words="help ${names}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${options.join("\n")}
    help) words="${names}" ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
  [ "\${#COMPREPLY[@]}" -gt 0 ] || compopt -o default
}
complete -F _ispvm ispvm
`
}

const writePage = (root: string, name: string, text: string): void => {
  const folder = join(root, "usr/share/man/man1")
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.1.gz`), gzipSync(text, { level: 9 }))
}

export const writeManual = (root: string, version: string): void => {
  const completions = join(root, "usr/share/bash-completion/completions")
  mkdirSync(completions, { recursive: true })
  writePage(root, "ispvm", manual(version))
  writeFileSync(join(completions, "ispvm"), completion())
}

const agentManual = (version: string, help: string): string =>
  [
    `.TH ISPVM\\-AGENT 1 "" "ISP Visual Monitor ${escaped(version)}"`,
    ".SH NAME",
    "ispvm\\-agent \\- polls and probes routers for an appliance",
    ".SH SYNOPSIS",
    ".B ispvm\\-agent",
    "[OPTIONS]",
    ".SH DESCRIPTION",
    "Polls and probes the routers near it, receives their syslog, and reports to the appliance.",
    "As a service it is ispvm\\-agent.service, with the settings of its file.",
    ".SH OPTIONS AND ENVIRONMENT",
    ".nf",
    escaped(help.trimEnd()),
    ".fi",
    ".SH EXIT STATUS",
    "0: fine. 1: a failure. 2: invalid settings. 3: the appliance rejects this agent.",
    "4: another agent uses its data.",
    ".SH FILES",
    ".TP",
    ".I /etc/ispvm\\-agent/agent.conf",
    "settings of the service",
    ".TP",
    ".I /etc/ispvm\\-agent/trust.d/*.pem",
    "public keys whose updates are accepted",
    ".SH SEE ALSO",
    "systemctl(1), journalctl(1), fping(8)",
    "",
  ].join("\n")

/** `tree`: the sources of the agent with its modules, which print the list of its options. */
export const writeAgentManual = (root: string, version: string, tree: string): void => {
  const program = join(tree, "agent/src/main.ts")
  const help = execFileSync(process.execPath, [program, "--help"], {
    encoding: "utf8",
    env: { NODE_NO_WARNINGS: "1" },
  })
  writePage(root, "ispvm-agent", agentManual(version, help))
}
