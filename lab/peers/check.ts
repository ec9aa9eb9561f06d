/** What was compared with an independent program, and how it came out. */
export type Check = {
  readonly peer: string
  readonly what: string
  readonly result: "ok" | "DIFFERENT" | "not run"
  readonly detail: string
}
/** A group of comparisons with one program. */
export type Peer = { readonly name: string; readonly run: () => Promise<readonly Check[]> }

export const compared = (
  peer: string,
  what: string,
  expected: unknown,
  got: unknown,
  detail = "",
): Check => {
  const [wanted, had] = [JSON.stringify(expected), JSON.stringify(got)]
  return wanted === had
    ? { peer, what, result: "ok", detail: detail || had.slice(0, 100) }
    : { peer, what, result: "DIFFERENT", detail: `expected ${wanted}, got ${had}`.slice(0, 300) }
}

export const notRun = (peer: string, what: string, why: string): Check => ({
  peer,
  what,
  result: "not run",
  detail: why,
})

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** The first answer that is right, or the last one. */
export const eventually = async <T>(
  get: () => Promise<T>,
  isRight: (value: T) => boolean,
  withinMs: number,
): Promise<T> => {
  const endMs = performance.now() + withinMs
  for (;;) {
    const value = await get()
    if (isRight(value) || performance.now() > endMs) return value
    await pause(250)
  }
}
