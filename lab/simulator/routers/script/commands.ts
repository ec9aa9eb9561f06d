/** The commands of the language itself, by their paths. */
import { allArguments } from "./command-arguments.ts"
import { CONTROL } from "./control.ts"
import { EFFECTS } from "./effects.ts"
import type { BuiltinCommand } from "./frame.ts"
import { PURE } from "./pure.ts"
import type { Value } from "./value.ts"

/** Commands that only compute a value from values. */
const pure =
  (make: (args: ReadonlyMap<string, Value>) => Value): BuiltinCommand =>
  async (frame, command) => ({ flow: "next", value: make(await allArguments(frame, command)) })

const BUILTINS: ReadonlyMap<string, BuiltinCommand> = new Map([
  ...Object.entries(CONTROL),
  ...Object.entries(EFFECTS),
  ...Object.entries(PURE).map(([path, make]) => [path, pure(make)] as const),
])

export const commandOf = (path: string): BuiltinCommand | undefined => BUILTINS.get(path)
