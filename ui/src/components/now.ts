/** The appliance's time. Ages are reckoned from its clock, not from that of the desk the screen stands on. */
export const nowMs = (): number =>
  Date.now() + Number(globalThis.document?.documentElement.dataset.clockAheadMs ?? 0)

export const setServerNow = (serverAtMs: number): void => {
  document.documentElement.dataset.clockAheadMs = String(serverAtMs - Date.now())
}
