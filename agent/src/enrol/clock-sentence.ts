import type { ServerDateError } from "../transport/trust.ts"

/**
 * The message if this host's clock makes the appliance's certificate look invalid: by how much, if
 * the appliance's time is known, and what to do.
 */
export const clockSentence = (
  { status, validFromMs, validToMs }: ServerDateError,
  hostMs: number,
  serverMs: number | null,
): string => {
  const at = (ms: number): string => new Date(ms).toISOString().slice(0, 19).concat("Z")
  const seems =
    status === "expired"
      ? `has expired (${at(validToMs)})`
      : `is not valid yet (from ${at(validFromMs)})`
  const offsetMs = serverMs === null ? null : hostMs - serverMs
  const amount =
    offsetMs === null || Math.abs(offsetMs) < 60_000
      ? ""
      : ` The appliance's clock shows ${at(serverMs ?? 0)}: this one is ${Math.round(Math.abs(offsetMs) / 60_000)} minutes ${offsetMs > 0 ? "ahead" : "behind"}.`
  return `By this machine's clock (${at(hostMs)}), the appliance's certificate ${seems}.${amount} Set the clock (timedatectl set-ntp true, or date -s). Nothing was sent, and the token is still valid.`
}
