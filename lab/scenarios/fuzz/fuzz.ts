/**
 * Runs one parser on inputs made from its seeds, and measures whether its time grows only with the
 * bytes.
 */
import { mutated, randomOf } from "./mutate.ts"
import type { Parser } from "./parser.ts"

/** Processor time that one input may take, whatever else runs on the machine. */
const MAX_INPUT_MS = 250
/** Memory held after all inputs, beyond that held after the first tenth of them. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024

export type Fault = { readonly parser: string; readonly what: string; readonly input: string }
export type Run = {
  readonly inputs: number
  readonly bytes: number
  readonly cpuUs: number
  readonly grownBytes: number
  readonly heapBytes: number
  /** Of one input, on the wall clock: other programs count as well. */
  readonly longestMs: number
  readonly faults: readonly Fault[]
}

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}
const heapBytes = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
const shown = (bytes: Buffer): string => bytes.subarray(0, 400).toString("base64")

/** A crash, an input that takes too long, and growing memory are faults. */
export const fuzz = async (parser: Parser, inputs: number, seed: number): Promise<Run> => {
  const random = randomOf(seed)
  const seeds = parser.seeds()
  const faults: Fault[] = []
  const fault = (what: string, input: Buffer): void => {
    if (faults.length < 10) faults.push({ parser: parser.name, what, input: shown(input) })
  }
  let bytes = 0
  let heapAfterTenth = 0
  let longestMs = 0
  const beganUs = cpuUs()
  for (let n = 0; n < inputs; n += 1) {
    const input = mutated(seeds, random)
    bytes += input.length
    const beganMs = performance.now()
    try {
      const running = parser.run(input)
      if (running !== undefined) await running
    } catch (error) {
      fault(error instanceof Error ? `${error.name}: ${error.message}` : String(error), input)
    }
    const tookMs = performance.now() - beganMs
    longestMs = Math.max(longestMs, tookMs)
    // The wall clock only selects an input; processor time of a second run decides.
    if (tookMs > MAX_INPUT_MS && (await rerunMs(parser, input)) > MAX_INPUT_MS)
      fault("takes too long", input)
    if (n === Math.floor(inputs / 10)) heapAfterTenth = heapBytes()
  }
  const tookUs = cpuUs() - beganUs
  const heap = heapBytes()
  const grownBytes = heap - heapAfterTenth
  if (grownBytes > MAX_GROWTH_BYTES)
    fault(`holds ${grownBytes} bytes more than after the first tenth`, Buffer.alloc(0))
  return { inputs, bytes, cpuUs: tookUs, grownBytes, heapBytes: heap, longestMs, faults }
}

const rerunMs = async (parser: Parser, input: Buffer): Promise<number> => {
  const beganUs = cpuUs()
  try {
    await parser.run(input)
  } catch {
    // counted by the first run
  }
  return (cpuUs() - beganUs) / 1_000
}

/**
 * The fastest of a few runs by processor time: garbage collection does not count against the
 * parser.
 */
const quickestUs = async (parser: Parser, input: Buffer, times: number): Promise<number> => {
  let minUs = Number.POSITIVE_INFINITY
  for (let n = 0; n < times; n += 1) {
    const beganUs = cpuUs()
    try {
      await parser.run(input)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error // too deep is an answer for this measure; a fault for the other
    }
    minUs = Math.min(minUs, cpuUs() - beganUs)
  }
  return minUs
}

const SMALL_BYTES = 4_000
const TIMES = 16
/**
 * Quadratic would be 16 times as long per byte; warm-up, caches and garbage collection cause up to
 * two or three.
 */
const MAX_FACTOR = 6
/** Below this, processor time is too coarse. */
const MEASURABLE_US = 20_000

export type Growth = {
  readonly at: number
  readonly smallUs: number
  readonly largeUs: number
  readonly isLinear: boolean
}

/** Time per byte of an input 16 times as large, for each hostile input of the parser. */
export const growth = async (parser: Parser): Promise<readonly Growth[]> => {
  const large = parser.hostile(SMALL_BYTES * TIMES)
  const found: Growth[] = []
  for (const [at, small] of parser.hostile(SMALL_BYTES).entries()) {
    const big = large[at] ?? small
    await quickestUs(parser, small, 3)
    const smallUs = await quickestUs(parser, small, 5)
    const largeUs = await quickestUs(parser, big, 3)
    const ratio = big.length / Math.max(1, small.length)
    const isLinear =
      largeUs < MEASURABLE_US || largeUs <= Math.max(smallUs, 200) * ratio * MAX_FACTOR
    found.push({ at, smallUs, largeUs, isLinear })
  }
  return found
}
