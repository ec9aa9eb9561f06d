/** Sends the router's log to the agent as it is written. */
import { addOrSet, type Properties, where, word } from "../commands.ts"
import type { DesiredConfig, Profile } from "../desired-config.ts"
import { has } from "../features.ts"
import { type PartSpec, TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"

/** All lines of these severities, on any topic; worst first. */
const SEVERITIES = ["critical", "error", "warning"]
const PROFILE_TOPICS: Readonly<Record<Profile, readonly string[]>> = {
  core: ["interface", "system", "account", "ospf", "bgp"],
  edge: ["interface", "system", "account", "ospf", "bgp"],
  access: ["interface", "system", "account", "ospf", "bgp", "ppp", "pppoe"],
  cpe: ["interface", "system", "account", "ppp", "pppoe"],
}

/** Topics for developers only. */
const EXCLUDED_TOPICS = ["!debug", "!packet", "!raw"]

/**
 * A line that matches two rules would be sent twice: each rule excludes the earlier ones, and all
 * exclude the topics for developers.
 */
export const topicsOf = (profile: Profile): readonly string[] =>
  [...SEVERITIES, ...PROFILE_TOPICS[profile]].map((topic, at, all) =>
    [topic, ...all.slice(0, at).map((each) => `!${each}`), ...EXCLUDED_TOPICS].join(","),
  )

/** The most complete form of the release: sender, time and severity. */
const formOf = (release: string): Record<string, string> => ({
  ...(has(release, "bsdSyslog") ? { "bsd-syslog": "yes" } : {}),
  ...(has(release, "remoteLogFormat") ? { "remote-log-format": "syslog" } : {}),
  ...(has(release, "addTopicsString") ? { "add-topics-string": "yes" } : {}),
  "syslog-facility": "daemon",
})

export const syslog = (desired: DesiredConfig): PartSpec | null => {
  if (desired.syslogTo === null) return null
  const { address, port } = desired.syslogTo
  const form = formOf(desired.release)
  const settings: Properties = Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, word(value)]),
  )
  const ours = where({ action: TAG })
  const topics = topicsOf(desired.profile)
  return {
    id: "syslog",
    title: "Syslog to the agent",
    why: "Links, logins, routing and sessions as they are logged, and all that is a warning or worse; nothing of level debug. An action of our own with rules of our own: the router's other logs stay as they are.",
    text: `${addOrSet("/system logging action", { name: TAG }, { target: word("remote"), remote: word(address), "remote-port": word(String(port)), ...settings })}:if ([:len [/system logging find where ${ours}]] != ${topics.length}) do={
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
