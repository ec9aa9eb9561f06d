/** Manual page and shell completion of `ispvm`, from the list of its commands. */
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

export const writeManual = (root: string, version: string): void => {
  const page = join(root, "usr/share/man/man1")
  const completions = join(root, "usr/share/bash-completion/completions")
  for (const folder of [page, completions]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(page, "ispvm.1.gz"), gzipSync(manual(version), { level: 9 }))
  writeFileSync(join(completions, "ispvm"), completion())
}
