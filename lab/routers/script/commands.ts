/** The commands that are the language itself, by their paths. */
import type { Command } from "@ispvm/routeros-scripts/check/syntax"
import { CONTROL } from "./control.ts"
import type { Frame, Outcome } from "./frame.ts"
import { given } from "./given.ts"
import { PURE } from "./pure.ts"
import { SPEAKING } from "./speaking.ts"
import type { Value } from "./value.ts"

export type OwnCommand = (frame: Frame, command: Command) => Promise<Outcome>

/** Those that only make a value of values. */
const pure =
  (make: (args: ReadonlyMap<string, Value>) => Value): OwnCommand =>
  async (frame, command) => ({ flow: "next", value: make(await given(frame, command)) })

const OWN: ReadonlyMap<string, OwnCommand> = new Map([
  ...Object.entries(CONTROL),
  ...Object.entries(SPEAKING),
  ...Object.entries(PURE).map(([path, make]) => [path, pure(make)] as const),
])

export const commandOf = (path: string): OwnCommand | undefined => OWN.get(path)
