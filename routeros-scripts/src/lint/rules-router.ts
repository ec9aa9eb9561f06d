/** Traps of the menus: rows, netwatch, fetch, values of a release. */
import { menuAt } from "../check/menus.ts"
import { compareReleases } from "../check/release.ts"
import type { Command, Value } from "../check/syntax.ts"
import { needsOf, policiesIn, policiesOf } from "./policies.ts"
import { each, type Found, type Rule } from "./rule.ts"
import { argumentValue, leftmost, literalText, menuOf } from "./walk.ts"

const found = (value: { readonly span: Found["span"] }, detail: string): readonly Found[] => [
  { span: value.span, detail },
]

const isFetch = (command: Command): boolean => command.path === "/tool/fetch"
const hasOneOf = (command: Command, name: string, values: readonly string[]): boolean =>
  values.includes(literalText(argumentValue(command, name)) ?? "")

/** The text that a value begins with. */
const beginsWith = (whole: Value | undefined): string => {
  const value = whole && leftmost(whole).at(-1)
  const first = value?.kind === "string" ? value.parts[0] : undefined
  return first?.kind === "text" ? first.text : (literalText(value) ?? "")
}

/** The most that a script of the router's system user may do. */
const NETWATCH_POLICIES = ["read", "write", "test", "reboot"]

/** Values with the release that introduced them; the command trees do not contain values. */
const VALUES: readonly (readonly [path: RegExp, argument: string, value: RegExp, since: string])[] =
  [
    [/^\/tool\/netwatch\/(add|set)$/, "type", /^dns$/, "7.16"],
    [/^\/tool\/netwatch\/(add|set)$/, "type", /^https?-get$|^tcp-conn$|^icmp$/, "7.4"],
    [/^\/system\/logging\/action\/(add|set)$/, "target", /^script$/, "7.22"],
    [/^\/system\/logging\/action\/(add|set)$/, "remote-log-format", /^cef$/, "7.18"],
    [/^\/serialize$/, "to", /^dsv$/, "7.16"],
  ]

/** The longest script that a router stores. */
const MAX_SCRIPT_BYTES = 30_000

const ROW_COMMANDS =
  /\/(set|remove|enable|disable|unset|get|comment|edit|move|reset|reset-counters|run)$/

export const ROUTER_RULES: readonly Rule[] = [
  {
    id: "row-number",
    kind: "read",
    what: "a row by its number",
    why: "the numbers of an interactive print mean nothing in a script; use [find …]",
    bad: "/ip address set 0 comment=uplink",
    good: "/ip address set [find where interface=ether1] comment=uplink",
    check: each((site, { release }) => {
      if (site.kind !== "command" || !ROW_COMMANDS.test(site.command.path)) return []
      if (!menuAt(release.menus, menuOf(site.command.path))?.commands.has("find")) return []
      return ["numbers", "number"].flatMap((name) => {
        const value = argumentValue(site.command, name)
        const text = value?.kind === "word" ? value.text : ""
        return value !== undefined && /^\d+(,\d+)*$/.test(text) ? found(value, text) : []
      })
    }),
  },
  {
    id: "whole-menu",
    kind: "read",
    what: "a change of every row of a menu",
    why: "[find] without a condition is all there is: what others have made too",
    bad: "/ip firewall filter remove [find]",
    good: '/ip firewall filter remove [find where comment~"^ispvm"]',
    check: each((site) => {
      if (
        site.kind !== "command" ||
        !/\/(set|remove|disable|enable|unset|reset|comment)$/.test(site.command.path)
      )
        return []
      const rows = argumentValue(site.command, "numbers")
      const [find, ...more] = rows?.kind === "run" ? rows.statements : []
      if (
        rows === undefined ||
        find?.kind !== "command" ||
        more.length > 0 ||
        !find.path.endsWith("/find")
      )
        return []
      const condition = argumentValue(find, "where")
      return condition === undefined || condition.kind === "nothing"
        ? found(rows, menuOf(site.command.path))
        : []
    }),
  },
  {
    id: "netwatch-policy",
    kind: "read",
    what: "a netwatch script that needs more than read, write, test and reboot",
    why: "netwatch runs scripts as a system user with these four at most; a script with more is not run",
    bad: "/tool netwatch add host=192.0.2.1 down-script={ /user disable [find where name=guest] }",
    good: "/tool netwatch add host=192.0.2.1 down-script={ /interface disable [find where name=ether2] }",
    check: each((site) => {
      if (site.kind !== "command" || !site.context.isNetwatch) return []
      const beyond = policiesOf(site.command.path).filter(
        (policy) => !NETWATCH_POLICIES.includes(policy),
      )
      return beyond.length === 0
        ? []
        : found(site.command, `${site.command.path} needs ${beyond.join(",")}`)
    }),
  },
  {
    id: "netwatch-stored",
    kind: "read",
    what: "a stored script with more policies than netwatch has, run by netwatch",
    why: "a stored script with more policies than read, write, test and reboot is not run by netwatch either",
    bad: "/system script add name=x policy=read,ftp source={ :put 1 }\n/tool netwatch add host=192.0.2.1 up-script=x",
    good: "/system script add name=x policy=read,test source={ :put 1 }\n/tool netwatch add host=192.0.2.1 up-script=x",
    check: ({ sites }) => {
      const beyond = new Map(
        sites.flatMap((site) => {
          if (site.kind !== "command" || site.command.path !== "/system/script/add") return []
          const more = policiesIn(literalText(argumentValue(site.command, "policy"))).filter(
            (policy) => !NETWATCH_POLICIES.includes(policy),
          )
          const name = literalText(argumentValue(site.command, "name"))
          return more.length === 0 || name === undefined ? [] : [[name, more.join(",")] as const]
        }),
      )
      return sites.flatMap((site) => {
        if (site.kind !== "nested" || site.nested.runs !== "netwatch") return []
        const name = (literalText(site.nested.value) ?? "").replace(
          /^\/?system[ /]script[ /]run /,
          "",
        )
        return beyond.has(name) ? found(site.nested.value, `${name} has ${beyond.get(name)}`) : []
      })
    },
  },
  {
    id: "missing-policy",
    kind: "read",
    what: "a stored script that needs a policy it is not given",
    why: "a script runs with the policies it was stored with, and stops at the first command that needs another",
    bad: '/system script add name=x policy=read source="/interface disable [find where name=ether2]"',
    good: '/system script add name=x policy=read,write source="/interface disable [find where name=ether2]"',
    check: ({ nestedTexts, release }) =>
      nestedTexts.flatMap(([{ command, value }, { text }]) => {
        const policyArgument = argumentValue(command, "policy")
        if (
          !/^\/system\/(script|scheduler)\/(add|set)$/.test(command.path) ||
          literalText(policyArgument) === undefined
        )
          return []
        const granted = policiesIn(literalText(policyArgument))
        const missing = [...needsOf(text, release)].find(([policy]) => !granted.includes(policy))
        return missing === undefined ? [] : found(value, `${missing[1]} needs ${missing[0]}`)
      }),
  },
  {
    id: "netwatch-fetch",
    kind: "read",
    what: "a fetch in a netwatch script that is not detached",
    why: "fetch blocks the script until the answer; in netwatch, :execute detaches it",
    bad: '/tool netwatch add host=192.0.2.1 down-script={ :do { /tool fetch url="https://192.0.2.9/" output=none check-certificate=yes } on-error={} }',
    good: '/tool netwatch add host=192.0.2.1 down-script={ :execute "/tool fetch url=\\"https://192.0.2.9/\\" output=none check-certificate=yes" }',
    check: each((site) =>
      site.kind === "command" && site.context.runs === "netwatch" && isFetch(site.command)
        ? found(site.command, "fetch")
        : [],
    ),
  },
  {
    id: "fetch-leaves-file",
    kind: "read",
    what: "a fetch that writes its answer to an unnamed file",
    why: "without output=none (v6: keep-result=no) every answer becomes a file, on flash memory",
    bad: '/tool fetch url="https://192.0.2.9/x" http-method=post http-data="{}" check-certificate=yes',
    good: '/tool fetch url="https://192.0.2.9/x" http-method=post http-data="{}" check-certificate=yes output=none',
    check: each((site) => {
      if (site.kind !== "command" || !isFetch(site.command)) return []
      const { command } = site
      const leavesNoFile =
        hasOneOf(command, "output", ["none", "user", "user-with-headers"]) ||
        hasOneOf(command, "keep-result", ["no"])
      const isNamed = ["dst-path", "src-path", "upload"].some(
        (name) => argumentValue(command, name) !== undefined,
      )
      const isPush = argumentValue(command, "http-data") !== undefined
      return leavesNoFile || (isNamed && !isPush)
        ? []
        : found(command, isPush ? "a push" : "a download")
    }),
  },
  {
    id: "fetch-unchecked",
    kind: "read",
    what: "a fetch over TLS without check-certificate",
    why: "check-certificate is `no` by default; state it where that is intended",
    bad: '/tool fetch url="https://192.0.2.9/x" output=none',
    good: '/tool fetch url="https://192.0.2.9/x" output=none check-certificate=yes',
    check: each((site) => {
      if (
        site.kind !== "command" ||
        !isFetch(site.command) ||
        argumentValue(site.command, "check-certificate") !== undefined
      )
        return []
      const isTls =
        /^https:/i.test(beginsWith(argumentValue(site.command, "url"))) ||
        hasOneOf(site.command, "mode", ["https"])
      return isTls || argumentValue(site.command, "http-data") !== undefined
        ? found(site.command, "fetch")
        : []
    }),
  },
  {
    id: "fetch-uncaught",
    kind: "read",
    what: "a fetch in a stored script whose failure ends the script",
    why: "any answer but a success raises an error, and the rest is not run",
    bad: '/system scheduler add name=x on-event={ /tool fetch url="http://192.0.2.9/" output=none; :put done }',
    good: '/system scheduler add name=x on-event={ :do { /tool fetch url="http://192.0.2.9/" output=none } on-error={ :put failed } }',
    check: each((site) =>
      site.kind === "command" &&
      isFetch(site.command) &&
      site.context.runs === "stored" &&
      !site.context.isCaught
        ? found(site.command, "fetch")
        : [],
    ),
  },
  {
    id: "header-comma",
    kind: "read",
    what: "a comma inside the value of a header",
    why: 'a comma separates headers: "A: b, c" is two; inside a value it is written \\\\,',
    bad: '/tool fetch url="http://192.0.2.9/" output=none http-header-field="Accept: text/html, text/plain"',
    good: '/tool fetch url="http://192.0.2.9/" output=none http-header-field="Accept: text/html,Content-Type: text/plain"',
    check: each((site) => {
      const value =
        site.kind === "command" && isFetch(site.command)
          ? argumentValue(site.command, "http-header-field")
          : undefined
      const part = (literalText(value) ?? "")
        .split(/(?<!\\),/)
        .find((header) => header !== "" && !header.includes(":"))
      return value === undefined || part === undefined ? [] : found(value, part.trim())
    }),
  },
  {
    id: "value-of-later",
    kind: "read",
    what: "a value that the release does not have",
    why: "the names of parameters are checked when a script is read, values only when it runs",
    of: "7.14.3",
    bad: "/tool netwatch add host=192.0.2.1 type=dns",
    good: "/tool netwatch add host=192.0.2.1 type=icmp",
    check: each((site, { release }) => {
      if (site.kind !== "command") return []
      return VALUES.flatMap(([path, name, known, since]) => {
        const value = path.test(site.command.path) ? argumentValue(site.command, name) : undefined
        const text = literalText(value)
        return value !== undefined &&
          text !== undefined &&
          known.test(text) &&
          compareReleases(release.name, since) < 0
          ? found(value, `${name}=${text} is there from ${since} on`)
          : []
      })
    }),
  },
  {
    id: "short-snmp-password",
    kind: "read",
    what: "a password of SNMP v3 with fewer than 8 characters",
    why: "both passwords have at least 8 characters",
    bad: "/snmp community add name=x security=private authentication-password=secret encryption-password=longenough1",
    good: "/snmp community add name=x security=private authentication-password=longenough1 encryption-password=longenough2",
    check: each((site) => {
      if (site.kind !== "command" || !/^\/snmp\/community\/(add|set)$/.test(site.command.path))
        return []
      return ["authentication-password", "encryption-password"].flatMap((name) => {
        const value = argumentValue(site.command, name)
        const text = literalText(value)
        return value !== undefined && text !== undefined && text !== "" && text.length < 8
          ? found(value, name)
          : []
      })
    }),
  },
  {
    id: "too-long",
    kind: "read",
    what: "a stored script that is too long",
    why: "a script's source is cut or rejected above 30,000 characters",
    bad: `/system script add name=x source="${":put 1;".repeat(4_400)}"`,
    good: `/system script add name=x source="${":put 1;".repeat(400)}"`,
    check: ({ nestedTexts }) =>
      nestedTexts.flatMap(([{ value }, { text }]) => {
        const bytes = Buffer.byteLength(text)
        return bytes > MAX_SCRIPT_BYTES ? found(value, `${bytes} bytes`) : []
      }),
  },
]
