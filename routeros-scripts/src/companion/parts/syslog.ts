/** The router's log, sent to the agent as it is written. */
import { addOrSet, type Properties, where, word } from "../commands.ts"
import { type Draft, TAG } from "../draft.ts"
import { has } from "../features.ts"
import { quote } from "../quote.ts"
import type { Duty, Wish } from "../wish.ts"

/** Any line of these severities, whatever it is about; worst first. */
const SEVERITIES = ["critical", "error", "warning"]
const SUBJECTS: Readonly<Record<Duty, readonly string[]>> = {
  core: ["interface", "system", "account", "ospf", "bgp"],
  edge: ["interface", "system", "account", "ospf", "bgp"],
  access: ["interface", "system", "account", "ospf", "bgp", "ppp", "pppoe"],
  cpe: ["interface", "system", "account", "ppp", "pppoe"],
}

/** What only a developer reads. */
const UNREAD = ["!debug", "!packet", "!raw"]

/** A line that fits two rules is sent twice: each rule leaves out what an earlier one takes, and all leave out what only a developer reads. */
export const topicsOf = (duty: Duty): readonly string[] =>
  [...SEVERITIES, ...SUBJECTS[duty]].map((topic, at, all) =>
    [topic, ...all.slice(0, at).map((each) => `!${each}`), ...UNREAD].join(","),
  )

/** Who sent a line, when and how bad: the form with all that the release has. */
const formOf = (release: string): Record<string, string> => ({
  ...(has(release, "bsdSyslog") ? { "bsd-syslog": "yes" } : {}),
  ...(has(release, "remoteLogFormat") ? { "remote-log-format": "syslog" } : {}),
  ...(has(release, "addTopicsString") ? { "add-topics-string": "yes" } : {}),
  "syslog-facility": "daemon",
})

export const syslog = (wish: Wish): Draft | null => {
  if (wish.syslogTo === null) return null
  const { address, port } = wish.syslogTo
  const form = formOf(wish.release)
  const words: Properties = Object.fromEntries(Object.entries(form).map(([name, value]) => [name, word(value)]))
  const ours = where({ action: TAG })
  const topics = topicsOf(wish.duty)
  return {
    id: "syslog",
    title: "Send the log to the agent",
    why: "Links, logins, routing and sessions as they are logged, and all that is a warning or worse; nothing of level debug. An action of our own with rules of our own: the router's other logs stay as they are.",
    text: `${addOrSet("/system logging action", { name: TAG }, { target: word("remote"), remote: word(address), "remote-port": word(String(port)), ...words })}:if ([:len [/system logging find where ${ours}]] != ${topics.length}) do={
  /system logging remove [/system logging find where ${ours}]
${topics.map((each) => `  /system logging add action=${quote(TAG)} topics=${each}\n`).join("")}}
`,
    remove: `/system logging remove [/system logging find where ${ours}]
/system logging action remove [/system logging action find where ${where({ name: TAG })}]
`,
    needs: ["read", "write"],
    expects: [
      {
        menu: "/system/logging/action",
        by: { name: TAG },
        want: { target: "remote", remote: address, "remote-port": String(port), ...form },
        secret: [],
      },
      ...topics.map((each) => ({
        menu: "/system/logging",
        by: { action: TAG, topics: each },
        want: { disabled: "false" },
        secret: [],
      })),
    ],
    remarks: [],
  }
}
