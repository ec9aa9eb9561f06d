/**
 * Root-cause analysis as a command; `HELP` describes its input and output. Answers go to stdout,
 * errors to stderr. Exit code 1: an error; 2: wrong usage.
 */
import { parseArgs } from "node:util"
import { answerLines } from "./cli/answers.ts"
import { solve } from "./rca.ts"

const HELP = `Usage: npm run --silent rca -- solve [< FILE]

Reads one JSON document per line from standard input. Writes one answer per line to standard output,
in the same order, each as soon as it is ready.

Document:
  {"nodes":[{"id","kind","monitored"}], "links":[{"id","a","b"}],
   "groups":[{"id","members":[...]}], "vantages":["node id",...],
   "observations":[{"entity","signal","value","from"?,"end"?}]}
  kind       router, site, upstream, switch, customer or service; any other counts as router
  monitored  whether the node reports its ports; default false
  members    nodes, links, other groups
  signal     reachable: of a node, probed by vantage "from" (optional with one vantage);
             port or adjacency: of a link, reported by its node "end"
  value      up or down
  What is not listed was not observed; what is listed twice was observed twice.
  Ids are unique over nodes, links and groups. Groups, vantages and observations are optional.
  Unknown fields are ignored.

Answer:
  {"hypotheses":[{"components":["id",...],"probability":p,"classes":[["id",...],...],
                  "explained":[i,...],"contradicted":[i,...]}],
   "recheck":[{"entity","signal","from"?,"end"?}], "suppressed":[{"entity","because":"id"}]}
  hypotheses    at most 10, best first
  components    what has failed; empty: nothing; "@uplink:ID": the uplink of that vantage
  probability   of all sets of components with exactly the same visible effects
  classes       for each component, what could replace it without any visible difference
  explained     indexes of the down observations that the components explain
  contradicted  indexes of the observations that read otherwise
  recheck       at most 8 observations that would decide most if made again, most valuable first
  suppressed    what is down only because of a component of the first hypothesis

An invalid line is answered with {"error":"...","line":N}, also an empty one.
`

const EXIT = { ok: 0, error: 1, usage: 2 } as const

class Usage extends Error {}

type Command = "help" | "solve"
const readArguments = (): Command => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h", default: false } },
  })
  if (values.help) return "help"
  const [name, ...more] = positionals
  if (name === undefined) throw new Usage("no command given")
  if (name !== "solve") throw new Usage(`unknown command: ${name}`)
  if (more.length > 0)
    throw new Usage(
      `unexpected argument: ${more.join(" ")}. Documents are read from standard input.`,
    )
  return name
}

const isUsage = (error: unknown): boolean =>
  error instanceof Usage ||
  (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))

const isClosed = (error: Error): boolean =>
  "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED")

/** Resolves once the reader has taken the text, so that a slow reader does not fill memory. */
const write = (text: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === null || error === undefined) resolve(true)
      else if (isClosed(error)) resolve(false)
      else reject(new Error(`standard output: ${error.message}`, { cause: error }))
    })
  })

const run = async (): Promise<number> => {
  if (readArguments() === "help") {
    await write(HELP)
    return EXIT.ok
  }
  if (process.stdin.isTTY)
    process.stderr.write("Reading one JSON document per line from the terminal. Ctrl-D ends.\n")
  await answerLines({
    source: process.stdin,
    write,
    solve,
    report: (text) => process.stderr.write(text),
  })
  return EXIT.ok
}

// A closed stream emits this as well as failing the write.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)
try {
  process.exitCode = await run()
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : error}\n${isUsage(error) ? `\n${HELP}` : ""}`,
  )
  process.exitCode = isUsage(error) ? EXIT.usage : EXIT.error
}
