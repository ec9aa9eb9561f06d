/**
 * A trap of RouterOS scripts: what is found, why it is a trap, and one script with it and one
 * without.
 */
import type { Release } from "../check/check.ts"
import type { Span } from "../check/syntax.ts"
import type { KnownText } from "./nested-text.ts"
import type { Nested, Site } from "./walk.ts"

/** One text: the whole script, or script text that it contains. */
export type Text = {
  readonly bytes: string
  readonly release: Release
  readonly sites: readonly Site[]
  /** The script texts that it contains, as far as they are known. */
  readonly nestedTexts: readonly (readonly [Nested, KnownText])[]
  /** Declared in the text, or around it. */
  readonly names: ReadonlySet<string>
}

export type Found = { readonly span: Span; readonly detail: string }

type RuleInfo = {
  /** Stable: the name of the rule in findings. */
  readonly id: string
  readonly what: string
  /** The fact that makes it a trap. */
  readonly why: string
  /**
   * A script with the trap, and the same done correctly; for 7.22.1 where no other release is
   * given.
   */
  readonly bad: string
  readonly good: string
  readonly of?: string
}

export type Rule =
  | (RuleInfo & { readonly kind: "read"; readonly check: (text: Text) => readonly Found[] })
  /** Names the trap of a text that the reader rejected at that byte. */
  | (RuleInfo & {
      readonly kind: "rejected"
      readonly explains: (bytes: string, at: number, release: string) => boolean
    })

/** The findings of a check at every site. */
export const each =
  (check: (site: Site, text: Text) => readonly Found[]): ((text: Text) => readonly Found[]) =>
  (text) =>
    text.sites.flatMap((site) => check(site, text))
