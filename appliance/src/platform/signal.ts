/** Events inside the process. A listener that throws affects neither the emitter nor others. */
export type Signal<T> = {
  readonly emit: (news: T) => void
  /** Returns the function that stops listening. */
  readonly on: (listener: (news: T) => void) => () => void
}

/** `onError` gets what a listener throws. */
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
