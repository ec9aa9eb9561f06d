/**
 * A router's console in a running lab, as `npm run lab -- import | console | export` reaches it.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { ConsoleAnswer } from "../simulator/commands.ts"
import { LAB_FILE } from "../simulator/lab.ts"

const Found = z.object({ url: z.url() })
/** `dataDir`: of the demo. Throws with the router's own text where it ended in an error. */
export const consoleOf = (dataDir: string) => {
  const { url } = Found.parse(JSON.parse(readFileSync(join(dataDir, "lab", LAB_FILE), "utf8")))
  return async (
    does: "import" | "console" | "export",
    router: string,
    text = "",
  ): Promise<string> => {
    const answer = await fetch(
      `${url}/${does}/${router}`,
      does === "export" ? {} : { method: "POST", body: text },
    )
    const { ok, output } = ConsoleAnswer.parse(await answer.json())
    if (!ok) throw new Error(`${does} on ${router}: ${output}`)
    return output
  }
}
