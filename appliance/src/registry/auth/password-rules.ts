/**
 * Whether a new password is acceptable: not one that attackers try first. NIST SP 800-63B, 3.1.1.2:
 * a minimum length, no rules about kinds of characters, and a comparison with common, breached and
 * expected values. Pure.
 */
export type PasswordReason = "common" | "repeated" | "sequence" | "context"

/** About the person and the appliance; each is split into its words. */
export type PasswordContext = {
  readonly organisation: string
  readonly name: string
  readonly email: string
}
const PRODUCT = ["ispvm", "isp", "visual", "monitor", "mikrotik", "routeros", "router", "winbox"]
const MIN_WORD = 4
/** The minimum that must remain of a password without the expected words. */
const MIN_REST = 6

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
}
const unleet = (text: string): string =>
  text.replaceAll(/[013457@$!]/g, (mark) => LEET[mark] ?? mark)
const plain = (text: string): string => text.normalize("NFKC").toLowerCase()
const lettersAndDigits = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, "")
/** Digits and punctuation at the ends are what people add to a rejected word. */
const core = (text: string): string => text.replace(/^[^\p{L}]+/u, "").replace(/[^\p{L}]+$/u, "")

const isCommon = (password: string, common: ReadonlySet<string>): boolean => {
  const compact = lettersAndDigits(password)
  const forms = [password, compact, core(password), core(compact), lettersAndDigits(core(password))]
  return forms.some((form) =>
    [form, unleet(form), core(unleet(form))].some(
      (each) => each.length >= MIN_WORD && common.has(each),
    ),
  )
}

const isRepeated = (password: string): boolean =>
  new Set(password).size < 5 || (password + password).indexOf(password, 1) < password.length

const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop"]
const isNext = (a: string, b: string): boolean => {
  const step = (b.codePointAt(0) ?? 0) - (a.codePointAt(0) ?? 0)
  return (
    Math.abs(step) <= 1 ||
    ROWS.some(
      (row) =>
        row.includes(a) && row.includes(b) && Math.abs(row.indexOf(a) - row.indexOf(b)) === 1,
    )
  )
}
/** Almost all of it consists of runs of at least four neighbouring characters. */
const isSequence = (password: string): boolean => {
  const letters = [...password]
  let covered = 0
  let run = 1
  for (let at = 1; at <= letters.length; at += 1) {
    if (at < letters.length && isNext(letters[at - 1] ?? "", letters[at] ?? "")) run += 1
    else {
      if (run >= 4) covered += run
      run = 1
    }
  }
  return letters.length - covered < 4
}

const wordsOf = ({ organisation, name, email }: PasswordContext): readonly string[] => {
  const parts = [organisation, name, email].flatMap((text) => {
    const words = plain(text).split(/[^\p{L}\p{N}]+/u)
    return [...words, words.join("")]
  })
  return [...new Set([...parts, ...PRODUCT])]
    .filter((word) => word.length >= MIN_WORD)
    .sort((a, b) => b.length - a.length)
}
const isContext = (password: string, context: PasswordContext): boolean => {
  const text = lettersAndDigits(unleet(password))
  let rest = text
  for (const word of wordsOf(context)) rest = rest.replaceAll(unleet(word), "")
  return rest !== text && rest.replaceAll(/[^\p{L}]/gu, "").length < MIN_REST
}

/** `common` is in lower case. Null: acceptable. The schema checks the length. */
export const passwordFault = (
  given: string,
  context: PasswordContext,
  common: ReadonlySet<string>,
): PasswordReason | null => {
  const password = plain(given)
  if (isRepeated(password)) return "repeated"
  if (isSequence(password)) return "sequence"
  if (isCommon(password, common)) return "common"
  return isContext(password, context) ? "context" : null
}
