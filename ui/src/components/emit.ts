/** Tells the parents of an element what happened to it, through shadow roots too. */
export const emit = <D>(from: EventTarget, name: string, detail: D): boolean =>
  from.dispatchEvent(
    new CustomEvent<D>(name, { detail, bubbles: true, composed: true, cancelable: true }),
  )
