/** The people whom a note mentions, in its text. */
import type { Assignee } from "@ispvm/appliance/api/incident-actions"
import { html, type TemplateResult } from "lit"

/** Accounts by name; `me`: the one that is logged in. */
export type People = { readonly accounts: readonly Assignee[]; readonly me: string }
export const NO_PEOPLE: People = { accounts: [], me: "" }

/** `name` as it is written. */
export type Mention = { readonly name: string; readonly isMe: boolean }

const isWordPart = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_]/u.test(character)
const isSame = (written: string, name: string): boolean =>
  written === name || written.toLocaleLowerCase() === name.toLocaleLowerCase()

/** `ids`: the accounts that the appliance has found in the text; no other name counts. */
export const mentionParts = (
  text: string,
  ids: readonly string[],
  { accounts, me }: People,
): readonly (string | Mention)[] => {
  const mentioned = accounts
    .filter(({ id }) => ids.includes(id))
    .sort((one, other) => other.name.length - one.name.length)
  const parts: (string | Mention)[] = []
  let from = 0
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", Math.max(at + 1, from))) {
    if (isWordPart(text[at - 1])) continue
    const found = mentioned.find(
      ({ name: { length }, name }) =>
        isSame(text.slice(at + 1, at + 1 + length), name) && !isWordPart(text[at + 1 + length]),
    )
    if (found === undefined) continue
    const end = at + 1 + found.name.length
    parts.push(text.slice(from, at), { name: text.slice(at, end), isMe: found.id === me })
    from = end
  }
  return [...parts, text.slice(from)].filter((part) => part !== "")
}

/** One's own is marked, also without colour; others are only emphasised. */
export const mentionOf = ({ name, isMe }: Mention): TemplateResult =>
  isMe ? html`<mark>${name}</mark>` : html`<span class="emphasis">${name}</span>`
