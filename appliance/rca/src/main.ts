/** Root cause as a command: what it takes and gives is in `HELP`. Answers on stdout, troubles on stderr with exit code 1 (2: wrong usage). */
import { parseArgs } from "node:util"
import { answerLines } from "./cli/answers.ts"
import { solve } from "./rca.ts"

const HELP = `Usage: npm run --silent rca -- solve [< FILE]

One JSON document a line on standard input, one answer a line on standard output, in the same order, each as soon as it is there.

A document:
  {"nodes":[{"id","kind","monitored"}], "links":[{"id","a","b"}], "groups":[{"id","members":[…]}], "vantages":["node id",…],
   "observations":[{"entity","signal","value","from"?,"end"?}]}
  kind      router, site, upstream, switch, customer or service; any other counts as router
  monitored whether it tells of its ports; left out: no
  members   nodes, links, other groups
  signal    reachable (of a node, "from" a vantage; may be left out where there is one), port or adjacency (of a link, told by its node "end")
  value     up or down; what is not listed was not observed, and what is listed twice was looked at twice
  Ids are unique over nodes, links and groups. Groups, vantages and observations may be left out; fields not named here are passed over.

An answer:
  {"hypotheses":[{"components":["id",…],"probability":p,"classes":[["id",…],…],"explained":[i,…],"contradicted":[i,…]}],
   "recheck":[{"entity","signal","from"?,"end"?}], "suppressed":[{"entity","because":"id"}]}
  hypotheses  at most 10, best first; no components: nothing has failed; "@uplink:ID": the way out of that vantage
  probability of all sets together that show exactly the same things
  classes     for each component what could stand in for it without any visible difference
  explained   indexes of the down observations it accounts for; contradicted: of those that read otherwise
  recheck     at most 8 looks that would decide most if taken again, most valuable first
  suppressed  what is down only because of a component of the first hypothesis

A line that cannot be used is answered {"error":"…","line":N}, and the rest go on. Empty lines are counted and not answered.
`

const EXIT = { fine: 0, fault: 1, usage: 2 } as const

class Usage extends Error {}

type Command = "help" | "solve"
const readArguments = (): Command => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h", default: false } },
  })
  if (values.help) return "help"
  const [name, ...more] = positionals
  if (name === undefined) throw new Usage("what to do is missing")
  if (name !== "solve") throw new Usage(`there is no command ${name}`)
  if (more.length > 0)
    throw new Usage(`what is ${more.join(" ")}? documents come on standard input`)
  return name
}

const isUsage = (error: unknown): boolean =>
  error instanceof Usage ||
  (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))

const isClosed = (error: Error): boolean =>
  "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED")

/** Written once the other side has taken it, so that neither side has to hold what the other is slow to read. */
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
    return EXIT.fine
  }
  if (process.stdin.isTTY)
    process.stderr.write("reading one JSON document a line from the keyboard; Ctrl-D ends\n")
  await answerLines({
    source: process.stdin,
    write,
    solve,
    report: (text) => process.stderr.write(text),
  })
  return EXIT.fine
}

// An unread stream raises this besides telling the write that failed.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)
try {
  process.exitCode = await run()
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : error}\n${isUsage(error) ? `\n${HELP}` : ""}`,
  )
  process.exitCode = isUsage(error) ? EXIT.usage : EXIT.fault
}
