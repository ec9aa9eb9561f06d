/** Dispatches an event that crosses shadow roots. */
export const emit = <D>(from: EventTarget, name: string, detail: D): boolean =>
  from.dispatchEvent(
    new CustomEvent<D>(name, { detail, bubbles: true, composed: true, cancelable: true }),
  )
