/**
 * Pieces of RouterOS script that several stored scripts share. Plain enough for 6.49: no
 * `:serialize`, no `:onerror`, no `:rndstr`.
 */
import { CHECK_CERTIFICATE } from "../commands.ts"
import type { PushConfig } from "../desired-config.ts"
import { has } from "../features.ts"
import { quote } from "../quote.ts"

export const LIMITS = {
  /** RouterOS 6 posts about 4 KB; ten items with two port names each are well below that. */
  itemsBytes: 3000,
  items: 10,
  /** How long measurements may wait to be sent together. */
  batchWait: "15s",
  /** A job younger than this may not be listed yet. */
  jobListDelay: "3s",
  /**
   * A post that takes longer hangs and is ended. Releases before 7.16 have no limit of their own.
   */
  postTimeout: "1m",
} as const

export const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ")

/**
 * The inside of a JSON string from `$text`: quotes, backslashes and control characters are escaped,
 * bytes beyond ASCII stay. `:for` counts down where the end is below the start, hence the check of
 * the length.
 */
const CONTROLS = Array.from(
  { length: 31 },
  (_, at) => `\\${(at + 1).toString(16).toUpperCase().padStart(2, "0")}`,
).join("")
export const ESCAPING = String.raw`{
  :local special "${CONTROLS}\"\\"
  :local out ""
  :if ([:len $text] > 0) do={
    :for at from=0 to=([:len $text] - 1) do={
      :local letter [:pick $text $at ($at + 1)]
      :local code [:find $special $letter]
      :if ([:typeof $code] != "num") do={ :set out ($out . $letter) } else={
        :if ($code > 30) do={ :set out ($out . "\\" . $letter) } else={
          :set code ($code + 1)
          :set out ($out . "\\u00" . [:pick "01" ($code / 16) ($code / 16 + 1)] . [:pick "0123456789abcdef" ($code % 16) ($code % 16 + 1)])
        }
      }
    }
  }
  :return $out
}`

/**
 * Sets the local `boot`: a new value whenever variables were lost. A router without a battery may
 * start at the same date and second each time, so the state of memory and ports is included.
 */
export const bootId = `:local boot ([/system clock get date] . "." . [/system clock get time] . "." . [/system resource get uptime] . "." . [/system resource get free-memory])
:do {
  :local seen 0
  :foreach link in=[/interface ethernet find where running] do={
    :set seen ($seen + [/interface get [/interface ethernet get $link name] rx-byte])
  }
  :set boot ($boot . "." . $seen)
} on-error={}
`

/**
 * The object around the items. `lost` and `boot`: expressions; `items`: an expression of the text
 * between the brackets.
 */
export const envelope = (
  queue: string,
  boot: string,
  lost: string,
  items: string,
): string => String.raw`:local gmt "null"
:do { :set gmt ("\"" . [/system clock get gmt-offset] . "\"") } on-error={}
:local body ("{\"v\":1,\"queue\":\"${queue}\",\"boot\":\"" . ${boot} . "\",\"up\":\"" . [/system resource get uptime] . "\",\"clock\":\"" . [/system clock get date] . " " . [/system clock get time] . "\",\"gmt\":" . $gmt)
:set body ($body . ",\"lost\":" . ${lost} . ",\"items\":[" . ${items} . "]}")
`

/**
 * Posts the local `body` and sets the local `ok`. The answer is not read: anything but 2xx is an
 * error. The error is not reported, because it might contain the header. Older releases have no
 * timeout for a server that stops answering: see LIMITS.hangs.
 */
export const post = (release: string, { url, key }: PushConfig): string => {
  const header = `http-header-field=${quote(`Authorization: Bearer ${key},Content-Type: application/json`)}`
  const fetch = `/tool fetch url=${quote(url)} http-method=post http-data=$body ${header} ${CHECK_CERTIFICATE}`
  if (!has(release, "fetchOutput"))
    return `:do { ${fetch} keep-result=no; :set ok true } on-error={}\n`
  const limit = has(release, "fetchIdleTimeout") ? " idle-timeout=15s" : ""
  return `:do {
  :local told ([${fetch}${limit} output=none as-value]->"status")
  :if ([:typeof $told] != "str" or $told = "finished") do={ :set ok true }
} on-error={}
`
}
