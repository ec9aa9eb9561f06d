/** A parser of external text, as `npm run fuzz` runs it. */
export type Parser = {
  readonly name: string
  readonly seeds: () => readonly Buffer[]
  /** Accepts any bytes; throws only where the parser has a fault. */
  readonly run: (bytes: Buffer) => void | Promise<void>
  /**
   * Where a seed could be rejected early: whether it is accepted, so that mutations reach the inner
   * code.
   */
  readonly accepts?: (seed: Buffer) => boolean
  /** Inputs of about this many bytes, made to be slow. */
  readonly hostile: (size: number) => readonly Buffer[]
}
