/**
 * The syntax tree of RouterOS script text. Spans are offsets in bytes; text is decoded. Commands
 * and menus are resolved, as the router resolves them while reading: an abbreviated word has its
 * full name in `path`.
 */
export type Span = { readonly start: number; readonly end: number }

export type Script = {
  readonly kind: "script"
  readonly statements: readonly Statement[]
  readonly span: Span
}

export type Statement = Command | Call | Navigation | Block

/** A command of a menu, or an unknown one (`isKnown` false: the router rejects its name). */
export type Command = {
  readonly kind: "command"
  /** `/ip/address/add`; of an unknown command, the menu that was searched and the word. */
  readonly path: string
  readonly isKnown: boolean
  readonly args: readonly Argument[]
  readonly nameSpan: Span
  readonly span: Span
}

/** `$function a b=c`, `[…] a`, `(…)`. */
export type Call = {
  readonly kind: "call"
  readonly callee: Value
  readonly args: readonly Argument[]
  readonly span: Span
}

/** A menu on its own: the following commands are looked up there. */
export type Navigation = { readonly kind: "menu"; readonly path: string; readonly span: Span }

/** `{ … }`, optionally after a menu. */
export type Block = {
  readonly kind: "block"
  readonly path: string
  readonly statements: readonly Statement[]
  readonly span: Span
}

export type Argument =
  /** `name=value`, or an unnamed value, whose name is set where the command is known. */
  | {
      readonly kind: "given"
      readonly name: string | null
      readonly isNamed: boolean
      readonly value: Value
      readonly span: Span
    }
  /** `detail`, `!src-address`. */
  | {
      readonly kind: "flag"
      readonly name: string
      readonly isNegated: boolean
      readonly span: Span
    }

export type Value =
  | { readonly kind: "word"; readonly text: string; readonly span: Span }
  | { readonly kind: "string"; readonly parts: readonly Part[]; readonly span: Span }
  | { readonly kind: "variable"; readonly name: string; readonly span: Span }
  | { readonly kind: "run"; readonly statements: readonly Statement[]; readonly span: Span }
  | { readonly kind: "code"; readonly statements: readonly Statement[]; readonly span: Span }
  | { readonly kind: "group"; readonly value: Value; readonly span: Span }
  | { readonly kind: "array"; readonly items: readonly Item[]; readonly span: Span }
  | {
      readonly kind: "unary"
      readonly operator: string
      readonly operand: Value
      readonly span: Span
    }
  /** `operator` is empty for two adjacent values. */
  | {
      readonly kind: "binary"
      readonly operator: string
      readonly left: Value
      readonly right: Value
      readonly span: Span
    }
  | { readonly kind: "nothing"; readonly span: Span }

export type Item = { readonly key: Value | null; readonly value: Value }

/** A piece of a string: literal text with its escapes resolved, or a value to evaluate. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: Value }
