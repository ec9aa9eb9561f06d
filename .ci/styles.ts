/**
 * The style rules of the UI, read from its `css` templates and style sheets: which rules are
 * repeated, and which values are written out although a token of `ui/src/theme` stands for them.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** One block of declarations. `context`: the at-rules around it, outermost first. */
export type StyleRule = {
  readonly file: string
  readonly line: number
  readonly context: readonly string[]
  readonly selector: string
  readonly declarations: readonly string[]
}

/** Files that define tokens: here values are written out. */
const TOKEN_FILES = ["tokens", "scale", "semantic", "dark", "light", "wall"].map(
  (name) => `ui/src/theme/${name}.css`,
)

/** Values that stay written out, by file and declaration. A row that allows nothing fails a test. */
export const ALLOWED_RAW: readonly {
  readonly file: string
  readonly declaration: string
  readonly reason: string
}[] = []

/** Declarations that are whole rules in several elements, and why each keeps its own. */
export const ALLOWED_REPEATS: readonly { readonly declaration: string; readonly reason: string }[] =
  [
    { declaration: "display: none", reason: "what an element does not draw in one of its states" },
    { declaration: "display: contents", reason: "an element, and a group within one, have no box" },
    {
      declaration: "grid-template-columns: minmax(0, 1fr)",
      reason: "a grid becomes one column at the width that its own content needs",
    },
    {
      declaration: "background: var(--selection)",
      reason: "the browser's selection, the chart library's and a list's row share no sheet",
    },
  ]

/** Where a child stands in the grid of its own parent says nothing about other elements. */
const PLACEMENT = /^(?:grid-(?:column|row)|(?:align|justify)-self|order):/

const blank = (text: string): string => text.replaceAll(/[^\n]/g, " ")
const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, " ")

/** Rules of one sheet. Comments and what a template inserts are no part of a declaration. */
export const rulesOf = (file: string, sheet: string, firstLine = 1): readonly StyleRule[] => {
  const source = sheet
    .replaceAll(/\/\*[\s\S]*?\*\//g, blank)
    .replaceAll(/^\s*@import[^;]*;/gm, blank)
  const rules: StyleRule[] = []
  const open: { readonly prelude: string; readonly line: number }[] = []
  let text = ""
  let line = firstLine
  let startLine = firstLine
  const close = (): void => {
    const block = open.pop()
    const declarations = text.split(";").map(oneLine).filter(Boolean)
    if (block !== undefined && declarations.length > 0)
      rules.push({
        file,
        line: block.line,
        context: open.map(({ prelude }) => prelude),
        selector: block.prelude,
        declarations,
      })
    text = ""
  }
  for (const char of source) {
    if (char === "{") {
      open.push({ prelude: oneLine(text), line: startLine })
      text = ""
    } else if (char === "}") close()
    else {
      if (text.trim() === "") startLine = line
      text += char
    }
    if (char === "\n") line += 1
  }
  return rules
}

const TEMPLATE = /\bcss`((?:\\[\s\S]|\$\{[^}]*\}|[^`\\])*)`/g

/** Rules of all `css` templates of a module. */
export const templateRules = (file: string, source: string): readonly StyleRule[] =>
  [...source.matchAll(TEMPLATE)].flatMap((match) =>
    rulesOf(
      file,
      (match[1] ?? "").replaceAll(/\$\{[^}]*\}/g, (inserted) => `inserted${blank(inserted)}`),
      source.slice(0, match.index).split("\n").length,
    ),
  )

/** Every rule of the UI and its gallery, except the definitions of tokens. */
export const styleRules = (root: string): readonly StyleRule[] => {
  const read = (file: string): string => readFileSync(join(root, file), "utf8")
  const files = (pattern: string): readonly string[] =>
    globSync(pattern, { cwd: root }).map((file) => file.replaceAll("\\", "/"))
  return [
    ...[...files("ui/src/**/*.ts"), ...files("ui/gallery/**/*.ts")].flatMap((file) =>
      templateRules(file, read(file)),
    ),
    ...[...files("ui/src/**/*.css"), ...files("ui/gallery/**/*.css")]
      .filter((file) => !TOKEN_FILES.includes(file))
      .flatMap((file) => rulesOf(file, read(file))),
  ]
}

/** Rules with the same declarations under the same condition, in any order, as groups of two or more. */
export const repeatedRules = (
  rules: readonly StyleRule[],
  allowed: typeof ALLOWED_REPEATS = ALLOWED_REPEATS,
): readonly (readonly StyleRule[])[] =>
  [
    ...Map.groupBy(rules, ({ context, declarations }) =>
      [...context, ...[...declarations].sort()].join(";"),
    ).values(),
  ]
    .filter(
      ([first, ...others]) =>
        first !== undefined &&
        others.length > 0 &&
        !first.declarations.every(
          (each) =>
            PLACEMENT.test(each) ||
            (first.declarations.length === 1 &&
              allowed.some(({ declaration }) => declaration === each)),
        ),
    )
    .sort((a, b) => b.length - a.length)

const LENGTH = /(?<![\w-])-?(?:\d*\.)?\d+(?:px|rem|pt|ms|s)\b/
const COLOUR =
  /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb)\(|\b(?:white|black|red)\b/i
/** Properties whose plain numbers or keywords are tokens as well. */
const NUMBERS = /^(?:font-weight|line-height|z-index)$/

/** Whether a declaration writes out a length, time, colour, type size, weight or layer. */
export const isRaw = (declaration: string): boolean => {
  const colon = declaration.indexOf(":")
  const property = declaration.slice(0, colon)
  const value = declaration.slice(colon + 1).replaceAll(/url\([^)]*\)|"[^"]*"/g, "")
  if (LENGTH.test(value) || COLOUR.test(value)) return true
  if (property === "font-size") return /\d(?:em|%)/.test(value)
  if (property === "letter-spacing") return /\dem/.test(value)
  return NUMBERS.test(property) && /(?<![\w-])(?:[1-9]|0?\.\d)/.test(value)
}

/** Declarations with a value written out that nothing in `ALLOWED_RAW` allows. */
export const rawValues = (
  rules: readonly StyleRule[],
  allowed: typeof ALLOWED_RAW = ALLOWED_RAW,
): readonly { readonly rule: StyleRule; readonly declaration: string }[] =>
  rules.flatMap((rule) =>
    rule.declarations
      .filter(
        (declaration) =>
          isRaw(declaration) &&
          !allowed.some((row) => row.file === rule.file && row.declaration === declaration),
      )
      .map((declaration) => ({ rule, declaration })),
  )

const place = ({ file, line, context, selector }: StyleRule): string =>
  `${file}:${line} ${[...context, selector].join(" | ")}`

/** One line for each repeated rule beyond the first of its group. */
export const repeatedLines = (root: string): readonly string[] =>
  repeatedRules(styleRules(root)).flatMap(([first, ...others]) =>
    others.map(
      (rule) =>
        `${place(rule)} = ${first === undefined ? "" : place(first)} { ${rule.declarations.join("; ")} }`,
    ),
  )

export const rawLines = (root: string): readonly string[] =>
  rawValues(styleRules(root)).map(({ rule, declaration }) => `${place(rule)} { ${declaration} }`)
