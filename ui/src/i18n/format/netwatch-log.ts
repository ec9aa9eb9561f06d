/**
 * Parses the log message of netwatch, such as `event down [ type: icmp, host: 192.0.2.1 ]`, so that
 * a sentence can be shown.
 */
export const parseNetwatchLog = (
  message: string,
): { readonly host: string; readonly state: "up" | "down" } | null => {
  const state = message.startsWith("event up [")
    ? "up"
    : message.startsWith("event down [")
      ? "down"
      : null
  if (state === null || !message.endsWith("]")) return null
  const fields = new Map(
    message
      .slice(message.indexOf("[") + 1, -1)
      .split(",")
      .map((field) => {
        const [key = "", ...value] = field.split(":")
        return [key.trim(), value.join(":").trim()] as const
      }),
  )
  const host = fields.get("host") ?? ""
  const name = fields.get("name") ?? ""
  if (host === "" && name === "") return null
  return {
    host: name === "" || name === host ? host : host === "" ? name : `${name} (${host})`,
    state,
  }
}
