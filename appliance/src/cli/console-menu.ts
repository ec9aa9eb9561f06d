/** The console as a state machine: a screen and a key make the next screen. Pure. */
import type { Action } from "./console-actions.ts"

export type Screen =
  | { readonly kind: "status" }
  | { readonly kind: "menu"; readonly selected: number }
  | {
      readonly kind: "form"
      readonly action: Action
      readonly values: readonly string[]
      readonly field: number
      readonly isMissing: boolean
    }
  | {
      readonly kind: "confirm"
      readonly action: Action
      readonly values: readonly string[]
      readonly typed: string
      readonly isWrong: boolean
    }
  | { readonly kind: "running"; readonly action: Action }
  | {
      readonly kind: "output"
      readonly action: Action
      readonly isFine: boolean
      readonly lines: readonly string[]
    }
export type Key =
  | { readonly kind: "up" | "down" | "enter" | "escape" | "backspace" | "interrupt" }
  | { readonly kind: "text"; readonly text: string }
export type MenuContext = { readonly actions: readonly Action[]; readonly hostname: string }
/** `run`: what is to be started now. */
export type Step = {
  readonly screen: Screen
  readonly run: { readonly action: Action; readonly command: readonly string[] } | null
}

const MAX_VALUE = 200
const MENU: Screen = { kind: "menu", selected: 0 }
const stay = (screen: Screen): Step => ({ screen, run: null })

const start = (action: Action, values: readonly string[]): Step => ({
  screen: { kind: "running", action },
  run: { action, command: action.command(values.map((value) => value.trim())) },
})

const confirmOrStart = (action: Action, values: readonly string[]): Step =>
  action.confirm === "none"
    ? start(action, values)
    : stay({ kind: "confirm", action, values, typed: "", isWrong: false })

const choose = (action: Action): Step =>
  action.fields.length === 0
    ? confirmOrStart(action, [])
    : stay({
        kind: "form",
        action,
        values: action.fields.map(() => ""),
        field: 0,
        isMissing: false,
      })

const edited = (text: string, key: Key): string =>
  key.kind === "text"
    ? `${text}${key.text}`.slice(0, MAX_VALUE)
    : key.kind === "backspace"
      ? text.slice(0, -1)
      : text

const inMenu = (
  screen: Extract<Screen, { kind: "menu" }>,
  key: Key,
  { actions }: MenuContext,
): Step => {
  const { selected } = screen
  const last = actions.length - 1
  const chosen = actions[selected]
  switch (key.kind) {
    case "up":
      return stay({ ...screen, selected: selected === 0 ? last : selected - 1 })
    case "down":
      return stay({ ...screen, selected: selected === last ? 0 : selected + 1 })
    case "enter":
      return chosen === undefined ? stay(screen) : choose(chosen)
    case "escape":
      return stay({ kind: "status" })
    case "backspace":
    case "interrupt":
    case "text":
      return stay(screen)
  }
}

const inForm = (screen: Extract<Screen, { kind: "form" }>, key: Key): Step => {
  const { action, values, field } = screen
  const current = values[field] ?? ""
  const isLast = field === action.fields.length - 1
  if (key.kind === "escape") return stay(MENU)
  if (key.kind === "up") return stay({ ...screen, field: Math.max(0, field - 1) })
  if (key.kind === "enter" || key.kind === "down") {
    const isMissing = current.trim() === "" && action.fields[field]?.isOptional !== true
    if (isMissing) return stay({ ...screen, isMissing })
    if (!isLast) return stay({ ...screen, field: field + 1, isMissing: false })
    return key.kind === "enter" ? confirmOrStart(action, values) : stay(screen)
  }
  return stay({ ...screen, isMissing: false, values: values.with(field, edited(current, key)) })
}

const inConfirm = (
  screen: Extract<Screen, { kind: "confirm" }>,
  key: Key,
  { hostname }: MenuContext,
): Step => {
  const { action, values, typed } = screen
  if (key.kind === "escape") return stay(MENU)
  if (action.confirm === "key") {
    if (key.kind !== "text") return stay(screen)
    return key.text.toLowerCase() === "y" ? start(action, values) : stay(MENU)
  }
  if (key.kind === "enter")
    return typed.trim() === hostname ? start(action, values) : stay({ ...screen, isWrong: true })
  return stay({ ...screen, isWrong: false, typed: edited(typed, key) })
}

export const step = (screen: Screen, key: Key, context: MenuContext): Step => {
  switch (screen.kind) {
    case "status":
      return key.kind === "enter" ? stay(MENU) : stay(screen)
    case "menu":
      return inMenu(screen, key, context)
    case "form":
      return inForm(screen, key)
    case "confirm":
      return inConfirm(screen, key, context)
    case "running":
      return stay(screen)
    case "output":
      return key.kind === "enter" || key.kind === "escape" ? stay(MENU) : stay(screen)
  }
}

const SEQUENCES: Readonly<Record<string, Key["kind"]>> = {
  "\u001b[A": "up",
  "\u001bOA": "up",
  "\u001b[B": "down",
  "\u001bOB": "down",
  "\t": "down",
  "\r": "enter",
  "\n": "enter",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0003": "interrupt",
  "\u001b": "escape",
}

/** A sequence of a key, or one character. */
const PARTS = /\p{Cc}(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu

/** What a terminal sent at once: one key, or several when text was pasted. Others are dropped. */
export const keysOf = (sent: string): readonly Key[] =>
  (sent.match(PARTS) ?? []).flatMap((part): Key[] => {
    const kind = SEQUENCES[part]
    if (kind !== undefined && kind !== "text") return [{ kind }]
    return /^[ -~]$/.test(part) ? [{ kind: "text", text: part }] : []
  })

/** The lines of a screen; the status screen is drawn elsewhere. */
export const menuLines = (
  screen: Exclude<Screen, { kind: "status" }>,
  { actions, hostname }: MenuContext,
): readonly string[] => {
  switch (screen.kind) {
    case "menu":
      return [
        "Menu",
        "",
        ...actions.map(({ label }, index) => `${index === screen.selected ? "> " : "  "}${label}`),
        "",
        "Arrow keys: choose   Enter: open   Esc: back",
      ]
    case "form":
      return [
        screen.action.label,
        ...["", ...screen.action.about, ""],
        ...screen.action.fields.flatMap(({ label, hint, isOptional }, index) => [
          `${index === screen.field ? "> " : "  "}${label}: ${screen.values[index] ?? ""}${index === screen.field ? "_" : ""}`,
          `    ${isOptional ? "may be empty; " : ""}${hint}`,
        ]),
        ...(screen.isMissing ? ["", "This value is needed."] : []),
        "",
        "Enter: next   Esc: back without a change",
      ]
    case "confirm":
      return [
        screen.action.label,
        ...["", ...screen.action.about, ""],
        ...(screen.action.confirm === "host-name"
          ? [
              `Type the host name (${hostname}) and Enter: ${screen.typed}_`,
              ...(screen.isWrong ? ["", "That is not the host name."] : []),
            ]
          : ["y: yes   any other key: no"]),
        "",
        "Esc: back without a change",
      ]
    case "running":
      return [screen.action.label, "", "Running ..."]
    case "output":
      return [
        `${screen.action.label}: ${screen.isFine ? "done" : "failed"}`,
        "",
        ...screen.lines,
        "",
        "Enter: back",
      ]
  }
}
