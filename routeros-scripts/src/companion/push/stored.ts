/** Our scripts and schedulers on the router: created, updated, and expected afterwards. */
import { tagged } from "../commands.ts"
import type { ExpectedRow } from "../part-spec.ts"
import { quote, quoteLines } from "../quote.ts"

/** The policies of all our scripts; netwatch runs no script that has more than its own four. */
export const POLICY = "read,write,test"

export type Stored = {
  readonly name: string
  readonly about: string
  readonly source: string
  readonly isSecret: boolean
}
export type Timer = {
  readonly name: string
  readonly about: string
  readonly interval: string
  readonly onEvent: string
}

const found = (menu: string, name: string): string => `[${menu} find where name=${quote(name)}]`

/** A row with the right values is not changed. Variables of its own scope: `text`, `row`. */
export const store = ({ name, about, source }: Stored): string => {
  const menu = "/system script"
  return `{
  :local text ${quoteLines(source, "    ")}
  :local row ${found(menu, name)}
  :if ([:len $row] = 0) do={
    ${menu} add name=${quote(name)} policy=${POLICY} comment=${quote(tagged(about))} source=$text
  } else={
    :if ([${menu} get $row source] != $text) do={ ${menu} set $row source=$text }
    :if ([:tostr [${menu} get $row policy]] != ${quote(POLICY.replaceAll(",", ";"))}) do={ ${menu} set $row policy=${POLICY} }
    :if ([${menu} get $row comment] != ${quote(tagged(about))}) do={ ${menu} set $row comment=${quote(tagged(about))} }
  }
}
`
}

/**
 * Counted from the router's start, not by its clock: a clock that is set would stop it, or run it
 * without pause.
 */
export const schedule = ({ name, about, interval, onEvent }: Timer): string => {
  const menu = "/system scheduler"
  const values = `interval=${interval} policy=${POLICY} on-event=$text`
  return `{
  :local text ${quoteLines(onEvent, "    ")}
  :local row ${found(menu, name)}
  :if ([:len $row] = 0) do={
    ${menu} add name=${quote(name)} start-time=startup comment=${quote(tagged(about))} ${values}
  } else={
    :if ([${menu} get $row on-event] != $text or [${menu} get $row interval] != ${interval} or [:tostr [${menu} get $row disabled]] = "true") do={
      ${menu} set $row disabled=no start-time=startup ${values}
    }
  }
}
`
}

export const dropScript = (name: string): string =>
  `/system script remove ${found("/system script", name)}\n`
export const dropTimer = (name: string): string =>
  `/system scheduler remove ${found("/system scheduler", name)}\n`
/** Whether the script runs at this moment. */
export const stopJobs = (name: string): string =>
  `:do { /system script job remove [/system script job find where script=${quote(name)}] } on-error={}\n`

export const expectStored = ({ name, source, isSecret }: Stored): ExpectedRow => ({
  menu: "/system/script",
  by: { name },
  want: { source, policy: POLICY },
  secret: isSecret ? ["source"] : [],
})
export const expectTimer = ({ name, interval, onEvent }: Timer): ExpectedRow => ({
  menu: "/system/scheduler",
  by: { name },
  want: { interval, "on-event": onEvent, policy: POLICY, disabled: "false" },
  secret: [],
})
