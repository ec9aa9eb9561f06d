/** The time of the appliance. Ages are calculated with its clock, not with the local one. */
export const nowMs = (): number =>
  Date.now() + Number(globalThis.document?.documentElement.dataset.clockAheadMs ?? 0)

export const setServerNow = (serverAtMs: number): void => {
  document.documentElement.dataset.clockAheadMs = String(serverAtMs - Date.now())
}
