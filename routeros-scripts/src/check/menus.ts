/** The menus of a release, their commands, and the arguments of each command. */
export type Command = {
  /** Argument names; the value is the form that the release prints for it, or empty. */
  readonly args: ReadonlyMap<string, string>
}
export type Menu = {
  /** `/ip/address`; the root is "". */
  readonly path: string
  readonly menus: ReadonlyMap<string, Menu>
  readonly commands: ReadonlyMap<string, Command>
  /** Entries that exist on the router but not in the table from which this was made. */
  readonly outside: ReadonlySet<string>
}

export type Found =
  | { readonly kind: "menu"; readonly menu: Menu }
  | { readonly kind: "command"; readonly name: string; readonly command: Command }
  | { readonly kind: "outside"; readonly name: string }

/** The entry that a word names: an exact match, or the only entry that begins with it. */
export const abbreviated = (names: Iterable<string>, word: string): string | undefined => {
  let found: string | undefined
  for (const name of names) {
    if (name === word) return name
    if (!name.startsWith(word)) continue
    if (found !== undefined && found !== name) found = ""
    else found = name
  }
  return found === "" ? undefined : found
}

/**
 * An entry of a menu. Where a name is both a menu and a command, it is the menu if the path
 * continues.
 */
export const lookUp = (menu: Menu, word: string, wantsMenu: boolean): Found | undefined => {
  const name =
    menu.menus.has(word) || menu.commands.has(word)
      ? word
      : abbreviated([...menu.menus.keys(), ...menu.commands.keys(), ...menu.outside], word)
  if (name === undefined) return undefined
  const below = menu.menus.get(name)
  const command = menu.commands.get(name)
  if (below !== undefined && (command === undefined || wantsMenu))
    return { kind: "menu", menu: below }
  if (command !== undefined) return { kind: "command", name, command }
  return menu.outside.has(name) ? { kind: "outside", name } : undefined
}

type MutableMenu = {
  path: string
  menus: Map<string, MutableMenu>
  commands: Map<string, Command>
  outside: Set<string>
}

const emptyMenu = (path: string): MutableMenu => ({
  path,
  menus: new Map(),
  commands: new Map(),
  outside: new Set(),
})

/** The menu of a path's last word; created where it is missing. */
const ensureMenu = (
  root: MutableMenu,
  path: string,
): readonly [menu: MutableMenu, name: string] => {
  const words = path.split("/").slice(1)
  const name = words.pop() ?? ""
  let at = root
  for (const word of words) {
    const below = at.menus.get(word) ?? emptyMenu(`${at.path}/${word}`)
    at.menus.set(word, below)
    at = below
  }
  return [at, name]
}

/**
 * Builds a tree from rows `/ip/address/add` with arguments, and from paths of which only the
 * existence is known.
 */
export const menusOf = (
  rows: Iterable<readonly [path: string, args: ReadonlyMap<string, string>]>,
  outside: Iterable<string> = [],
): Menu => {
  const root = emptyMenu("")
  for (const [path, args] of rows) {
    const [menu, name] = ensureMenu(root, path)
    menu.commands.set(name, { args })
  }
  for (const path of outside) {
    const [menu, name] = ensureMenu(root, path)
    menu.outside.add(name)
  }
  return root
}

/** The menu at a full path. */
export const menuAt = (root: Menu, path: string): Menu | undefined =>
  path
    .split("/")
    .filter((word) => word !== "")
    .reduce<Menu | undefined>((menu, word) => menu?.menus.get(word), root)

/**
 * Which arguments take a value without its name, in order. The trees do not contain this; it is the
 * same in every menu that has the command.
 */
const UNNAMED: Readonly<Record<string, readonly string[]>> = {
  "/convert": ["value"],
  "/delay": ["delay-time"],
  "/deserialize": ["value"],
  "/do": ["command"],
  "/error": ["message"],
  "/execute": ["script"],
  "/exit": ["code"],
  "/export": [],
  "/find": ["in", "key", "from"],
  "/for": ["counter"],
  "/foreach": ["counter"],
  "/global": ["name", "value"],
  "/grep": ["script"],
  "/if": ["condition"],
  "/import": ["file-name"],
  "/len": ["value"],
  "/local": ["name", "value"],
  "/onerror": ["error", "in"],
  "/parse": ["value"],
  "/pick": ["counter", "begin", "end"],
  "/ping": ["address"],
  "/put": ["message"],
  "/range": ["from", "to", "step"],
  "/resolve": ["domain-name"],
  "/retry": ["command"],
  "/return": ["value"],
  "/rndnum": ["from", "to"],
  "/rndstr": ["from", "length"],
  "/serialize": ["value"],
  "/set": ["name", "value"],
  "/time": ["command"],
  "/tocrlf": ["input"],
  "/tolf": ["input"],
  "/tool/fetch": ["url"],
  "/tool/ping": ["address"],
  "/tool/mac-telnet": ["host"],
  "/tool/traceroute": ["address"],
  "/while": ["condition"],
}
/**
 * Where the table has no entry: the first of these that a command has, then `value-name` or
 * `destination`.
 */
const USUAL = ["numbers", "number", "value", "message", "address", "interface", "user", "file-name"]

export const unnamedOf = (path: string, command: Command): readonly string[] => {
  const listed = UNNAMED[path]
  if (listed !== undefined) return listed
  const verb = path.slice(path.lastIndexOf("/") + 1)
  if (verb === "add" || verb === "print" || verb === "export" || verb === "find") return []
  const first =
    USUAL.find((name) => command.args.has(name)) ?? (command.args.has(verb) ? verb : undefined)
  const rest = ["value-name", "destination"].filter((name) => command.args.has(name))
  return first === undefined ? rest : [first, ...rest]
}

/** Arguments whose value in braces is commands. */
const CODE = new Set(["do", "else", "on-error", "in", "command"])
export const acceptsCode = (path: string, name: string | null): boolean =>
  name === "do" ||
  (name !== null &&
    CODE.has(name) &&
    /^\/(do|if|for|foreach|while|local|global|set|onerror|retry|time)$/.test(path) &&
    !(path === "/foreach" && name === "in"))

/** Arguments whose value in braces is script text that is kept unchanged. */
export const acceptsScript = (path: string, name: string | null, command: Command): boolean =>
  name !== null &&
  (command.args.get(name) === "script" ||
    name === "source" ||
    name === "on-event" ||
    /^\/(execute|grep)$/.test(path) ||
    /-script$/.test(name))

/** Arguments of scripting commands whose value in braces is an array. */
export const acceptsArray = (path: string, name: string | null, command: Command): boolean =>
  (name !== null && command.args.get(name) === "see documentation") ||
  /^\/(put|return|error|local|global|set|len|foreach|find|pick)$/.test(path)
