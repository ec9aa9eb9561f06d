/**
 * What the script generator finds wrong with a configuration, as errors of the fields of the desired
 * configuration. Pure.
 */
import type { FieldError, FieldMessage } from "../../api/field-messages.ts"

type Rule = readonly [RegExp, (...parts: string[]) => FieldMessage]
/** By the text of the generator (routeros-scripts/src/companion/validation.ts). */
const RULES: readonly Rule[] = [
  [/^.+ is no RouterOS release/, () => ({ code: "field.release", params: {} })],
  [
    /^scripts are made for (\S+) and for 7, not for (.+)$/,
    (oldest, release) => ({ code: "field.release-unsupported", params: { oldest, release } }),
  ],
  [/ or holds? control characters$/, () => ({ code: "field.control-characters", params: {} })],
  [/^is empty$/, () => ({ code: "field.empty", params: {} })],
  [/^expected an address or a host name$/, () => ({ code: "field.address", params: {} })],
  [/^expected an address( or a prefix)?$/, () => ({ code: "field.network", params: {} })],
  [
    /^expected (\d+) to (\d+)$/,
    (min, max) => ({ code: "field.between", params: { min: Number(min), max: Number(max) } }),
  ],
  [/^(.+) is there twice$/s, (name) => ({ code: "field.twice", params: { name } })],
  [
    /^(.+) is no service of the router$/s,
    (name) => ({ code: "field.service-unknown", params: { name } }),
  ],
  [/^api-ssl is what the agents use$/, () => ({ code: "field.service-in-use", params: {} })],
  [
    /^expected the name of an interface list$/,
    () => ({ code: "field.interface-list", params: {} }),
  ],
]

/** `fault`: "push.netwatch[0].port: expected 1 to 65535". */
export const fieldErrorOf = (fault: string): FieldError => {
  const [, path = "", text = fault] = /^([\w.[\]]+): (.*)$/s.exec(fault) ?? []
  const field = path.replaceAll(/\[(\d+)\]/g, ".$1").replace(/^push\.(netwatch|url)/, "$1")
  return {
    path: field.replace(/^agents\b/, "agentAddresses").replace(/^url$/, "applianceHost"),
    ...messageOf(text),
  }
}

const messageOf = (text: string): FieldMessage => {
  for (const [pattern, make] of RULES) {
    const found = pattern.exec(text)
    if (found !== null) return make(...found.slice(1).map((part) => part ?? ""))
  }
  // Of what the appliance itself fills in, such as its certificate.
  return { code: "field.text", params: { text } }
}
