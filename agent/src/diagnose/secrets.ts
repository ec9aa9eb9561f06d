/** Removes secrets from what a router prints, before it leaves the agent. */

const SECRET_NAMES =
  /pass(word|phrase)?$|passphrase|secret|private|psk|community|token|(^|[-.])(key|keys|pin|md5|wpa|wpa2)($|[-.])|authentication-key|auth-key|tcp-md5/
const HIDDEN = "…"
/** `password=…` in a comment or an argument, and the user and query of an address of the web. */
const IN_TEXT =
  /\b(pass(?:word|wd|phrase)?|secret|psk|token|api-?key|community|key)(\s*[=:]\s*)("[^"]*"|[^\s,;]+)/gi
const IN_URL = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi
const URL_QUERY = /\b(https?:\/\/[^\s?#"]+)\?[^\s"]+/gi

export const isSecretName = (name: string): boolean => SECRET_NAMES.test(name.toLowerCase())

/** Secrets that a text contains; lines of the log contain those of logged commands. */
export const textWithoutSecrets = (text: string): string =>
  text
    .replaceAll(IN_TEXT, `$1$2${HIDDEN}`)
    .replaceAll(IN_URL, `$1${HIDDEN}@`)
    .replaceAll(URL_QUERY, `$1?${HIDDEN}`)

/** The value of a property as it may be shown; an empty one is no secret. */
export const valueWithoutSecrets = (name: string, value: string): string =>
  value !== "" && isSecretName(name) ? HIDDEN : textWithoutSecrets(value)
