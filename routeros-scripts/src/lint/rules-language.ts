/** Traps of the language: quotes, names, arrays, lost values. */
import { compareReleases } from "../check/release.ts"
import type { Value } from "../check/syntax.ts"
import { each, type Found, type Rule } from "./rule.ts"
import { argumentValue, literalText, menuOf, valuesIn } from "./walk.ts"

/** The word that ends or begins at a byte. */
const wordAt = (bytes: string, at: number): string =>
  (/[A-Za-z0-9._-]*$/.exec(bytes.slice(0, at))?.[0] ?? "") +
  (/^[A-Za-z0-9._-]*/.exec(bytes.slice(at))?.[0] ?? "")

/** Commands with the release that introduced them. */
const SINCE = new Map(
  Object.entries({
    convert: "7.12",
    onerror: "7.13",
    serialize: "7.13",
    deserialize: "7.13",
    grep: "7.13",
    retry: "7.9",
    timestamp: "7.9",
    rndnum: "7.9",
    rndstr: "7.9",
    range: "7.17",
    "remote-log-format": "7.18",
    "remote-protocol": "7.18",
    "cef-event-delimiter": "7.18",
    "add-topics-string": "7.22",
    "test-script": "7.4",
  }),
)
/** Arguments with the release that removed them. */
const UNTIL = new Map(
  Object.entries({ "bsd-syslog": "7.18", "follow-strict": "7.16", ping: "7.24", peer: "7.0" }),
)

const nameOf = (value: Value | undefined): string | undefined =>
  value?.kind === "variable" ? value.name : undefined
const found = (value: { readonly span: Found["span"] }, detail: string): readonly Found[] => [
  { span: value.span, detail },
]

const PREFIX = /^(\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]+)\/\d+$/i
const SECRET =
  /pass(word|wd|phrase)?$|secret|token|bearer|^psk$|(api|auth|private|push|shared)-?key$/i

export const LANGUAGE_RULES: readonly Rule[] = [
  {
    id: "spaced-equals",
    kind: "rejected",
    what: "a blank next to the = of a parameter",
    why: "RouterOS accepts no blanks there: `from = 1` and `do = {` fail",
    bad: ":for i from = 1 to=3 do={ :put $i }",
    good: ":for i from=1 to=3 do={ :put $i }",
    explains: (bytes, at) =>
      /^[ \t]*=/.test(bytes.slice(at)) ||
      /=[ \t]+$/.test(bytes.slice(0, at)) ||
      /^[A-Za-z-]+[ \t]+=/.test(bytes.slice(at)),
  },
  {
    id: "empty-braces",
    kind: "rejected",
    what: "{} for an empty array",
    why: '{} is not an empty array: [:toarray ""] is one',
    bad: ":local list {}",
    good: ':local list [:toarray ""]',
    explains: (bytes, at) =>
      /\{\s*\}$/.test(bytes.slice(0, at)) || /^\{\s*\}/.test(bytes.slice(at)),
  },
  {
    id: "empty-array",
    kind: "read",
    what: "{} for an empty array",
    why: '{} is not an empty array: [:toarray ""] is one',
    bad: ":local list ({})",
    good: ':local list [:toarray ""]',
    check: each((site) =>
      site.kind === "value" && site.value.kind === "array" && site.value.items.length === 0
        ? found(site.value, "{}")
        : [],
    ),
  },
  {
    id: "lower-case-hex",
    kind: "rejected",
    what: "a byte escaped with lower-case digits",
    why: "`\\xx` takes only upper-case hex digits",
    bad: ':put "\\0a"',
    good: ':put "\\0A"',
    explains: (bytes, at) => bytes[at - 1] === "\\" && /^[0-9A-Fa-f]{2}/.test(bytes.slice(at)),
  },
  {
    id: "comment-after-backslash",
    kind: "rejected",
    what: "text after the backslash that ends a line",
    why: "a backslash joins lines only as the last character of its line; no comment may follow it",
    bad: ":put \\ # why\n  1",
    good: ":put \\\n  1",
    explains: (bytes, at) =>
      /\\[ \t]+$/.test(bytes.slice(0, at)) || /\\[ \t]+#[^\n]*$/.test(bytes.slice(0, at)),
  },
  {
    id: "unquoted-variable",
    kind: "rejected",
    what: "a variable whose name is not only letters and digits, without quotes",
    why: 'such a name has to be quoted: $"my-var"; without, it ends at the first other character',
    bad: ':local "my-var" 1\n:put $my-var',
    good: ':local "my-var" 1\n:put $"my-var"',
    explains: (bytes, at) =>
      /\$[A-Za-z0-9]+$/.test(bytes.slice(0, at)) && /^[-_]/.test(bytes.slice(at)),
  },
  {
    id: "not-in-release",
    kind: "rejected",
    what: "a command or parameter of another release",
    why: "`:serialize` and `:onerror` came with 7.13, `remote-log-format` with 7.18, where `bsd-syslog` went; v6 has none of 7's",
    of: "7.12.2",
    bad: ":onerror e in={ :put 1 } do={ :put $e }",
    good: ":do { :put 1 } on-error={ :put 2 }",
    explains: (bytes, at, release) => {
      const word = wordAt(bytes, at)
      const [since, until] = [SINCE.get(word), UNTIL.get(word)]
      return (
        (since !== undefined && compareReleases(release, since) < 0) ||
        (until !== undefined && compareReleases(release, until) >= 0)
      )
    },
  },
  {
    id: "unquoted-name",
    kind: "read",
    what: "a name that is not only letters and digits, without quotes",
    why: 'such a name must always be quoted: :local "my-var"',
    bad: ":local my-var 1",
    good: ':local "my-var" 1',
    check: each((site) => {
      if (
        site.kind !== "command" ||
        !/^\/(local|global|for|foreach|onerror)$/.test(site.command.path)
      )
        return []
      return ["name", "counter", "error"].flatMap((name) => {
        const value = argumentValue(site.command, name)
        return value?.kind === "word" && /[^A-Za-z0-9,]/.test(value.text)
          ? found(value, value.text)
          : []
      })
    }),
  },
  {
    id: "cut-variable",
    kind: "read",
    what: "a variable's name that ends before it should",
    why: 'a name without quotes ends at the first character that is no letter or digit: "$my-var" is $my and "-var"',
    bad: ':local "my-var" 1\n:put "$my-var"',
    good: ':local "my-var" 1\n:put ("is " . $"my-var")',
    check: each((site, { bytes, names }) => {
      if (site.kind !== "value" || site.value.kind !== "variable" || names.has(site.value.name))
        return []
      const { start, end } = site.value.span
      const rest = /^[-_][A-Za-z0-9_-]+/.exec(bytes.slice(end))?.[0]
      return bytes[start + 1] !== '"' && rest !== undefined
        ? found(site.value, `$${site.value.name}${rest}`)
        : []
    }),
  },
  {
    id: "other-case",
    kind: "read",
    what: "a variable whose declaration has another case",
    why: "names are case sensitive; an undeclared name is read as nothing",
    bad: ":local Count 1\n:put $count",
    good: ":local Count 1\n:put $Count",
    check: each((site, { names }) => {
      const name = site.kind === "value" ? nameOf(site.value) : undefined
      if (site.kind !== "value" || name === undefined || names.has(name)) return []
      const other = [...names].find((each) => each.toLowerCase() === name.toLowerCase())
      return other === undefined ? [] : found(site.value, `$${name}, declared as ${other}`)
    }),
  },
  {
    id: "property-name",
    kind: "read",
    what: "a variable in a condition that has the name of a property",
    why: "in a condition such a name is read as the property: name=$name is true of every row",
    bad: ":local name ether1\n:put [/interface find where name=$name]",
    good: ":local wanted ether1\n:put [/interface find where name=$wanted]",
    check: each((site, { release }) => {
      if (site.kind !== "condition") return []
      const words = site.menu.split("/").slice(1)
      let menu: typeof release.menus | undefined = release.menus
      for (const word of words) menu = menu?.menus.get(word)
      const own = new Set(
        ["add", "set"].flatMap((verb) => [...(menu?.commands.get(verb)?.args.keys() ?? [])]),
      )
      const values = valuesIn(site.value)
      for (const value of values)
        if (value.kind === "binary" && value.left.kind === "word") own.add(value.left.text)
      return values.flatMap((value) =>
        value.kind === "variable" && own.has(value.name) ? found(value, `$${value.name}`) : [],
      )
    }),
  },
  {
    id: "prefix-literal",
    kind: "read",
    what: "a prefix without quotes in a condition",
    why: 'what a row holds there is text, and a prefix literal equals no text: where address="192.0.2.1/24"',
    bad: ":put [/ip address find where address=192.0.2.1/24]",
    good: ':put [/ip address find where address="192.0.2.1/24"]',
    check: each((site) =>
      site.kind !== "condition"
        ? []
        : valuesIn(site.value).flatMap((value) =>
            value.kind === "binary" &&
            /^!?=$/.test(value.operator) &&
            value.right.kind === "word" &&
            PREFIX.test(value.right.text)
              ? found(value.right, value.right.text)
              : [],
          ),
    ),
  },
  {
    id: "unescaped-dollar",
    kind: "read",
    what: "a variable in a stored script's quotes that is filled in when the script is stored",
    why: 'inside source="…" every $ must be escaped; this variable is undeclared here, so it is replaced with nothing',
    bad: '/system script add name=x source=":local a 1; :put $a"',
    good: '/system script add name=x source=":local a 1; :put \\$a"',
    check: each((site, { names }) =>
      site.kind !== "nested"
        ? []
        : valuesIn(site.nested.value).flatMap((value) =>
            value.kind === "variable" && !names.has(value.name)
              ? found(value, `$${value.name}`)
              : [],
          ),
    ),
  },
  {
    id: "lost-error",
    kind: "read",
    what: "an :error whose text is lost",
    why: ":error inside do={} on-error={} loses its text; :onerror (7.13) keeps it, and a variable does everywhere",
    bad: ':do { :error "no such thing" } on-error={ :put failed }',
    good: ':error "no such thing"',
    check: each((site) => {
      if (site.kind !== "command" || site.command.path !== "/error" || !site.context.isSwallowed)
        return []
      const message = argumentValue(site.command, "message")
      return message?.kind === "string" && message.parts.length > 0
        ? found(site.command, ":error")
        : []
    }),
  },
  {
    id: "row-of-rows",
    kind: "read",
    what: "a property read from print as-value, which returns rows",
    why: "print as-value returns an array of rows even for one row",
    bad: ':put ([/ip address print as-value]->"address")',
    good: ':put ([/ip address print as-value]->0->"address")\n:put ([/system identity print as-value]->"name")',
    check: each((site, { release }) => {
      if (site.kind !== "value" || site.value.kind !== "binary" || site.value.operator !== "->")
        return []
      const { left, right } = site.value
      const print = left.kind === "run" ? left.statements[0] : undefined
      const key = literalText(right)
      if (
        print?.kind !== "command" ||
        !print.path.endsWith("/print") ||
        key === undefined ||
        /^\d+$/.test(key)
      )
        return []
      let menu: typeof release.menus | undefined = release.menus
      for (const word of menuOf(print.path).split("/").slice(1)) menu = menu?.menus.get(word)
      return menu?.commands.has("find") &&
        print.args.some((arg) => arg.kind === "flag" && arg.name === "as-value")
        ? found(site.value, menuOf(print.path))
        : []
    }),
  },
  {
    id: "secret-exposed",
    kind: "read",
    what: "a secret in a log, on the screen or in an error",
    why: "the log leaves the router by syslog, and every user with the policy read can read it",
    bad: ":global apiPassword\n:log info $apiPassword",
    good: ':log info "password changed"',
    check: each((site) => {
      if (
        site.kind !== "command" ||
        !/^\/(put|error|log\/[a-z]+|environment\/print)$/.test(site.command.path)
      )
        return []
      const value = argumentValue(site.command, "message")
      return (value === undefined ? [] : valuesIn(value)).flatMap((each) => {
        if (each.kind === "variable" && SECRET.test(each.name)) return found(each, `$${each.name}`)
        const get = each.kind === "run" ? each.statements[0] : undefined
        const property =
          get?.kind === "command" ? literalText(argumentValue(get, "value-name")) : undefined
        return property !== undefined && SECRET.test(property) ? found(each, property) : []
      })
    }),
  },
]
