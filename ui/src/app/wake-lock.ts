/** Keeps the screen on while the page is visible. Browsers without it, or without HTTPS, do not. */
export type WakeLock = { readonly isHeld: () => boolean; readonly stop: () => void }

export const keepAwake = (onChange: () => void): WakeLock => {
  let held: WakeLockSentinel | null = null
  let isStopped = false
  const request = async (): Promise<void> => {
    if (isStopped || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return
    try {
      const lock = await navigator.wakeLock.request("screen")
      held = lock
      lock.addEventListener("release", () => {
        if (held === lock) held = null
        onChange()
      })
    } catch {
      // The battery is low, or the browser does not allow it: the display says so.
      held = null
    }
    onChange()
  }
  const onVisible = (): void => void request()
  document.addEventListener("visibilitychange", onVisible)
  void request()
  return {
    isHeld: () => held !== null,
    stop: () => {
      isStopped = true
      document.removeEventListener("visibilitychange", onVisible)
      void held?.release()
    },
  }
}
