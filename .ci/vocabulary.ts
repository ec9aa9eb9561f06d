/**
 * The words this project has given up for those of the field (docs/glossary.md), and a search for
 * them in names of code, in texts of the UI and in the docs. Plain English and names of platform
 * APIs stay allowed where they cannot be taken for the coined term.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** No word of a name in code may be one of these. */
const RETIRED_IN_NAMES = [
  ...["docket", "dockets", "lane", "lanes", "knock", "knocks", "knocked", "shelf", "shelves"],
  ...["heeded", "heeds", "told", "teller", "telling", "tells", "looks", "looked", "looking"],
  ...[
    "wish",
    "wishes",
    "wished",
    "door",
    "doors",
    "keyring",
    "ballast",
    "upkeep",
    "chore",
    "chores",
  ],
  ...["owed", "owes", "twin", "twins", "standing", "standings", "heard", "hearing", "hears"],
  ...["judge", "judges", "judged", "verdict", "verdicts", "lever", "levers", "duty", "duties"],
  ...["shoot", "shoots", "settle", "settles", "settled", "awaited", "chances", "beat", "beats"],
  ...["refusal", "refusals", "mended", "mend", "rail", "silent", "silence", "blind", "dark"],
  ...["watched", "ways", "sight", "sights", "farther"],
]
/** `MOST_BYTES`, `KEPT_MOST`: constants are MAX_ and MIN_. */
const RETIRED_CONSTANT = /(?:^|_)(?:MOST|LEAST)(?:_|$)/
/** Names of the old vocabulary whose words are plain English elsewhere. */
const RETIRED_NAMES = [
  ...[
    "createBook",
    "Book",
    "createDocket",
    "openLane",
    "createTurns",
    "createThrottle",
    "createGate",
  ],
  ...["look", "Look", "lookAt", "lookAtMs", "lookAgain", "asksForLook", "standIns", "wayHomeCut"],
  ...[
    "wayOutCut",
    "setAside",
    "createJudge",
    "createWays",
    "createMind",
    "devicesBehind",
    "doorUrl",
  ],
  ...["tellAll", "tellEarly", "sayAndFail", "sayWrong", "createPresence", "presence", "mostMs"],
]
/** Names that others have chosen, or that a contract fixes: each with the reason. */
const ALLOWED_NAMES: Readonly<Record<string, string>> = {
  dark: "the name of a colour theme",
  Dark: "the name of a colour theme",
  Awaited: "a type of TypeScript's library",
  allSettled: "a function of JavaScript's library",
  silent: "a property of Koa's application",
  duty: "RouterOS and electronics use it for a duty cycle",
}

/** Words that no text for people may hold: the docs, and the strings of the UI. */
const RETIRED_IN_TEXT =
  /\b(?:dockets?|lanes?|knock(?:s|ed|ing)?|shelf|shelves|heeded|was told|is told|been told|told of|teller|wish(?:es|ed)?|doors?|keyring|ballast|upkeep|chores?|owed|twins?|stand-ins?|levers?|whole look|look(?:s|ed)? again|looked at|wavering|nobody (?:asks|looks|says|tells)|judged by nobody|bring it to life|is it well|all is well|mended|silent agent|agent is silent)\b/gi

/** Words that no comment and no test title may hold. */
const RETIRED_IN_COMMENTS =
  /\b(?:dockets?|lanes?|knock(?:s|ed|ing)?|shelf|shelves|heed(?:s|ed|ing)?|(?:is|was|are|were|been|be|gets|once) told|told (?:by|of|to|once)|tells of|teller|look(?:s|ed)? again|whole look|looked at|wish(?:es|ed)?|(?:agents'|routers') door|the door|keyring|ballast|upkeep|chores?|owed|twins?|stand-ins?|verdicts?|judged by|reckoned|by the book|in hand|news arrives?|speaks for|heard|anew|whoever)\b/gi

export type Finding = { readonly file: string; readonly line: number; readonly word: string }

const wordsIn = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_$-]/g, " ")
    .trim()
    .toLowerCase()
    .split(/\s+/)

/** Why this name is retired, or undefined. */
export const retiredName = (name: string): string | undefined => {
  if (ALLOWED_NAMES[name] !== undefined) return undefined
  if (RETIRED_NAMES.includes(name)) return name
  if (/^[A-Z0-9_]+$/.test(name) && RETIRED_CONSTANT.test(name)) return name
  return wordsIn(name).find((word) => RETIRED_IN_NAMES.includes(word))
}

/** Retired words in a text for people. */
export const retiredWords = (text: string): readonly string[] => text.match(RETIRED_IN_TEXT) ?? []

/**
 * Source text with comments, strings and regular expressions blanked, line ends kept. One pass; a
 * template's `${…}` stays code. Good enough for this repository's formatting, and for nothing else.
 */
export const codeOnly = (source: string): string => {
  const PATTERN =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*/g
  return source.replace(PATTERN, (match) => {
    const code = match.startsWith("`")
      ? [...match.matchAll(/\$\{([^}]*)\}/g)].map(([, inside]) => codeOnly(inside ?? "")).join(" ")
      : ""
    return `${code.replaceAll("\n", " ")}${"\n".repeat(match.split("\n").length - 1)}`
  })
}

/** Comments and titles of tests, each with the number of its first line. */
export const proseOf = (
  source: string,
): readonly { readonly line: number; readonly text: string }[] => {
  const PATTERN =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g
  const TITLE = /\b(?:test|describe)(?:\.\w+)?\(\s*$/
  return [...source.matchAll(PATTERN)].flatMap(({ 0: text, index }) =>
    text.startsWith("/") || TITLE.test(source.slice(Math.max(0, index - 40), index))
      ? [{ line: source.slice(0, index).split("\n").length, text }]
      : [],
  )
}

/** Files in which old names are the subject: stored data of earlier versions, names on routers. */
const ABOUT_OLD_NAMES = [
  ".ci/vocabulary.ts",
  "appliance/test/vocabulary.test.ts",
  "appliance/test/first-release.ts",
  "appliance/test/first-release.test.ts",
  "routeros-scripts/src/companion/push/heartbeat.ts",
]
const SOURCES = ["agent", "pki", "appliance", "lab", "routeros-scripts", "ui", ".ci"]
const isOwn = (path: string): boolean => !/node_modules|[/\\]dist/.test(path)

/** Retired words in names of code and of files. */
export const retiredInNames = (root: string): readonly Finding[] =>
  SOURCES.flatMap((part) => globSync(`${part}/**/*.ts`, { cwd: root }))
    .filter((file) => isOwn(file) && !ABOUT_OLD_NAMES.includes(file))
    .flatMap((file) => {
      const base =
        file
          .split("/")
          .at(-1)
          ?.replace(/(\.test)?\.ts$/, "") ?? ""
      const own = retiredName(base)
      const found: Finding[] = own === undefined ? [] : [{ file, line: 1, word: base }]
      for (const [at, line] of codeOnly(readFileSync(join(root, file), "utf8"))
        .split("\n")
        .entries())
        for (const [name] of line.matchAll(/[A-Za-z_$][\w$]*/g))
          if (retiredName(name) !== undefined) found.push({ file, line: at + 1, word: name })
      return found
    })

const inTexts = (root: string, files: readonly string[], skip: RegExp): readonly Finding[] =>
  files.flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .flatMap((line, at) =>
        retiredWords(line.replace(skip, "")).map((word) => ({ file, line: at + 1, word })),
      ),
  )

/** Retired words in docs and in the UI's strings. The changelog tells of the past in its own words. */
export const retiredInTexts = (root: string): readonly Finding[] => [
  ...inTexts(
    root,
    ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root })].filter(
      (file) => file !== "docs/changelog.md" && globSync(file, { cwd: root }).length > 0,
    ),
    /`[^`]*`/g,
  ),
  ...inTexts(
    root,
    globSync("ui/src/i18n/**/*.ts", { cwd: root }).filter(isOwn),
    /^\s*(?:\/\/|\*|\/\*).*$/,
  ),
]

/** Retired words in comments and titles of tests. */
export const retiredInComments = (root: string): readonly Finding[] =>
  SOURCES.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((file) => isOwn(file) && !ABOUT_OLD_NAMES.includes(file))
    .flatMap((file) =>
      proseOf(readFileSync(join(root, file), "utf8")).flatMap(({ line, text }) =>
        text.split("\n").flatMap((part, at) =>
          (part.replace(/`[^`]*`/g, "").match(RETIRED_IN_COMMENTS) ?? []).map((word) => ({
            file,
            line: line + at,
            word,
          })),
        ),
      ),
    )
