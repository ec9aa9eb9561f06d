/** Fetches and reads outlines beside the page: megabytes of coasts would hold up its frames. */
import { type Outlines, readOutlines } from "./outlines.ts"

export type OutlinesAnswer =
  | { readonly url: string; readonly outlines: Outlines }
  | { readonly url: string; readonly error: string }

const read = async (url: string): Promise<OutlinesAnswer> => {
  const answer = await fetch(url)
  if (!answer.ok) return { url, error: `the outlines answered with ${answer.status}` }
  return { url, outlines: readOutlines(await answer.json()) }
}

addEventListener("message", ({ data }: MessageEvent<string>) => {
  void read(data)
    .catch((error: unknown): OutlinesAnswer => ({ url: data, error: String(error) }))
    .then((answer) => {
      const shapes =
        "outlines" in answer ? [...answer.outlines.land, ...answer.outlines.borders] : []
      postMessage(answer, { transfer: shapes.map(({ points }) => points.buffer) })
    })
})
