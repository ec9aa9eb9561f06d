/**
 * Random histories that a test plays: how many, from which seed on, and how far it is. `npm run soak`
 * asks for more of them, and reads the notes.
 */
import { appendFileSync } from "node:fs"
import { relative } from "node:path"
import { fileURLToPath } from "node:url"
import { isQuickRun, soakHistories, soakNotesFile, soakSeed } from "./config.ts"

const NOTE_EVERY_MS = 2_000
const ROOT = fileURLToPath(new URL("../..", import.meta.url))

/** How many histories a property plays: a share of those that `npm run soak` asks for. */
export const historyRuns = (usual: number, share = 1): number => {
  const asked = soakHistories()
  return asked === null ? usual : Math.max(1, Math.ceil(asked * share))
}

/** Of a test that plays seeds one after another; fast-check scales its own. */
export const seededHistories = (usual: number, share = 1): number =>
  soakHistories() === null
    ? Math.ceil(isQuickRun() ? usual / 10 : usual)
    : historyRuns(usual, share)

/** Plays the history of each seed. `url`: of the test file. */
export const playHistories = (
  url: string,
  histories: number,
  play: (seed: number) => void,
): void => {
  const first = soakSeed() ?? 1
  const at = relative(ROOT, fileURLToPath(url))
  const seed = `${first}–${first + histories - 1}`
  const file = soakNotesFile()
  let notedMs = Number.NEGATIVE_INFINITY
  const note = (done: number, failed: string | null): void => {
    notedMs = performance.now()
    if (file === null) return
    appendFileSync(file, `${JSON.stringify({ at, done, of: histories, seed, failed })}\n`)
  }
  for (let index = 0; index < histories; index += 1) {
    if (performance.now() - notedMs > NOTE_EVERY_MS) note(index, null)
    try {
      play(first + index)
    } catch (error) {
      note(index + 1, `seed ${first + index}`)
      throw error
    }
  }
  note(histories, null)
}
