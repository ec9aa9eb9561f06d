/** The levers of an attached simulated network, passed on to it. The network's address holds a secret and is never shown. */
import { z } from "zod"
import { type LabCommand, LabState } from "../../api/lab.ts"
import { HttpError } from "../../platform/http/http-error.ts"

export type Lab = {
  readonly state: () => Promise<LabState>
  readonly execute: (command: LabCommand) => Promise<LabState>
}

const DEADLINE_MS = 15_000
const LabError = z.object({ message: z.string() })

/** `url` null: there is none, and each question is answered so. */
export const createLab = ({
  url,
  fetcher = fetch,
}: {
  readonly url: string | null
  readonly fetcher?: typeof fetch
}): Lab => {
  const request = async (method: "GET" | "POST", command?: LabCommand): Promise<LabState> => {
    if (url === null)
      throw new HttpError(404, "no-lab", "No simulated network is attached to this appliance.")
    const { status, body } = await answerOf(fetcher, url, {
      method,
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(command === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(command) }),
    })
    const state = LabState.safeParse(body)
    if (status === 200 && state.success) return state.data
    const failure = LabError.safeParse(body)
    if (status >= 400 && status < 500 && failure.success)
      throw new HttpError(422, "lab-rejected", failure.data.message)
    throw new HttpError(
      502,
      "lab-failed",
      `The simulated network answered with ${status}${failure.success ? `: ${failure.data.message}` : ""}.`,
    )
  }
  return { state: () => request("GET"), execute: (command) => request("POST", command) }
}

const answerOf = async (
  fetcher: typeof fetch,
  url: string,
  init: RequestInit,
): Promise<{ status: number; body: unknown }> => {
  try {
    const response = await fetcher(url, init)
    return { status: response.status, body: await response.json().catch(() => null) }
  } catch (cause) {
    const slow = cause instanceof Error && cause.name === "TimeoutError"
    throw new HttpError(
      502,
      "lab-away",
      slow
        ? "The simulated network takes too long."
        : "The simulated network does not answer: is it running?",
      { cause },
    )
  }
}
