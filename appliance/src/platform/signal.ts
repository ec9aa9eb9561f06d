/** News inside the process: one tells, many may listen; a listener that throws harms neither the teller nor the others. */
export type Signal<T> = {
  readonly emit: (news: T) => void
  /** Returns the function that stops listening. */
  readonly on: (listener: (news: T) => void) => () => void
}

/** `onError` is told what a listener threw. */
export const createSignal = <T>(onError: (error: unknown) => void): Signal<T> => {
  const listeners = new Set<(news: T) => void>()
  return {
    emit: (news) => {
      for (const listener of [...listeners]) {
        try {
          listener(news)
        } catch (error) {
          onError(error)
        }
      }
    },
    on: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
