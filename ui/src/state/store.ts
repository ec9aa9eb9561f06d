/**
 * An observable value. Small on purpose: pages read the whole value and Lit renders the difference.
 */
export type Readable<T> = {
  readonly value: T
  /** Returns the unsubscribe function. */
  readonly subscribe: (listener: (value: T) => void) => () => void
}
export type Store<T> = Readable<T> & {
  readonly set: (value: T) => void
  readonly update: (step: (was: T) => T) => void
}

export const createStore = <T>(initial: T): Store<T> => {
  const listeners = new Set<(value: T) => void>()
  let value = initial
  const set = (next: T): void => {
    if (Object.is(next, value)) return
    value = next
    for (const listener of [...listeners]) listener(next)
  }
  return {
    get value() {
      return value
    },
    set,
    update: (step) => set(step(value)),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

/** The state of a request. `failed` keeps the earlier value, if there is one. */
export type Loaded<T> =
  | { readonly phase: "loading" }
  | { readonly phase: "ready"; readonly value: T; readonly atMs: number }
  | { readonly phase: "failed"; readonly error: Error }
