/** A trap of RouterOS's scripts: what is found, why it is one, and one script with it and one without. */
import type { Release } from "../check/check.ts"
import type { Span } from "../check/syntax.ts"
import type { KnownText } from "./nested-text.ts"
import type { Nested, Site } from "./walk.ts"

/** One text: the whole script, or script text that it holds. */
export type Text = {
  readonly bytes: string
  readonly release: Release
  readonly sites: readonly Site[]
  /** The script texts that it holds, as far as they are known. */
  readonly nestedTexts: readonly (readonly [Nested, KnownText])[]
  /** Declared somewhere in the text, or around it. */
  readonly names: ReadonlySet<string>
}

export type Found = { readonly span: Span; readonly detail: string }

type RuleInfo = {
  /** Stable: what a finding is called. */
  readonly id: string
  readonly what: string
  /** The fact behind it. */
  readonly why: string
  /** A script that has it, and the same thing done rightly; of 7.22.1 where no other release is named. */
  readonly bad: string
  readonly good: string
  readonly of?: string
}

export type Rule =
  | (RuleInfo & { readonly kind: "read"; readonly check: (text: Text) => readonly Found[] })
  /** Names the trap that a text fell into which the reader refused at that byte. */
  | (RuleInfo & {
      readonly kind: "rejected"
      readonly explains: (bytes: string, at: number, release: string) => boolean
    })

/** What a test of every site finds. */
export const each =
  (check: (site: Site, text: Text) => readonly Found[]): ((text: Text) => readonly Found[]) =>
  (text) =>
    text.sites.flatMap((site) => check(site, text))
