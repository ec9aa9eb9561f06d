/** The command as a process with pipes. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { test } from "node:test"
import { z } from "zod"

const Answer = z.strictObject({
  hypotheses: z
    .array(
      z.strictObject({
        components: z.array(z.string()),
        probability: z.number().min(0).max(1),
        classes: z.array(z.array(z.string())),
        explained: z.array(z.int()),
        contradicted: z.array(z.int()),
      }),
    )
    .max(10),
  recheck: z
    .array(
      z.strictObject({
        entity: z.string(),
        signal: z.enum(["reachable", "port", "adjacency"]),
        from: z.string().optional(),
        end: z.string().optional(),
      }),
    )
    .max(8),
  suppressed: z.array(z.strictObject({ entity: z.string(), because: z.string() })),
})
const Rejection = z.strictObject({ error: z.string().min(1), line: z.int() })

const begin = (args: readonly string[] = ["solve"], stdin: "pipe" | number = "pipe") =>
  spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    stdio: [stdin, "pipe", "pipe"],
  })

/** Runs it until it ends, with this input. */
const run = async (input: string | Uint8Array, args?: readonly string[]) => {
  const child = begin(args)
  let [out, errors] = ["", ""]
  child.stdout?.on("data", (chunk) => {
    out += chunk
  })
  child.stderr?.on("data", (chunk) => {
    errors += chunk
  })
  child.stdin?.end(input)
  const [code] = await once(child, "close")
  return {
    code,
    errors,
    lines: out.split("\n").slice(0, -1),
    isWhole: out === "" || out.endsWith("\n"),
  }
}

/** A chain of routers n0 … n(size - 1) probed from n0; everything from `cut` on reads down. */
const chain = (size: number, cut = size) =>
  JSON.stringify({
    nodes: Array.from({ length: size }, (_, n) => ({
      id: `n${n}`,
      kind: "router",
      monitored: true,
    })),
    links: Array.from({ length: size - 1 }, (_, n) => ({
      id: `l${n + 1}`,
      a: `n${n}`,
      b: `n${n + 1}`,
    })),
    groups: [],
    vantages: ["n0"],
    observations: Array.from({ length: size }, (_, n) => ({
      entity: `n${n}`,
      signal: "reachable",
      value: n < cut ? "up" : "down",
      from: "n0",
    })),
  })
const named = (line: string | undefined): string[] =>
  Answer.parse(JSON.parse(line ?? "")).hypotheses[0]?.components.map(String) ?? []

test("rca: documents are answered in order, invalid lines with an error", async () => {
  const input = [
    chain(4, 2),
    "nonsense",
    "",
    chain(4),
    '{"nodes":[{"id":"A"},{"id":"A"}],"links":[]}',
    chain(6, 3),
  ]
  const { code, errors, lines, isWhole } = await run(input.join("\r\n"))
  assert.deepEqual([code, errors, isWhole, lines.length], [0, "", true, 6])
  assert.ok(["l2", "n2"].includes(named(lines[0])[0] ?? ""))
  assert.equal(Rejection.parse(JSON.parse(lines[1] ?? "")).line, 2)
  assert.deepEqual(JSON.parse(lines[2] ?? ""), { error: "the line is empty", line: 3 })
  assert.deepEqual(named(lines[3]), [])
  assert.deepEqual(JSON.parse(lines[4] ?? ""), {
    error: 'node "A": the id is already used by a node',
    line: 5,
  })
  assert.ok(["l3", "n3"].includes(named(lines[5])[0] ?? ""))
})

test("rca: each line is answered at once, while the pipe stays open", async () => {
  const child = begin()
  const { stdin, stdout } = child
  assert.ok(stdin !== null && stdout !== null)
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]()
  for (const cut of [1, 2, 3]) {
    stdin.write(`${chain(4, cut)}\n`)
    const { value } = await answers.next()
    assert.ok([`l${cut}`, `n${cut}`].includes(named(value)[0] ?? ""), value)
  }
  stdin.end()
  assert.deepEqual(await once(child, "close"), [0, null])
})

test("rca: reads from a file, and the last line needs no line end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-rca-"))
  const file = join(folder, "documents")
  writeFileSync(file, `\uFEFF${chain(3, 2)}\n\n${chain(3)}`)
  const input = openSync(file, "r")
  try {
    const child = begin(["solve"], input)
    let out = ""
    child.stdout?.on("data", (chunk) => {
      out += chunk
    })
    assert.deepEqual(await once(child, "close"), [0, null])
    const [first, empty, last] = out.trimEnd().split("\n")
    assert.equal(empty, '{"error":"the line is empty","line":2}')
    assert.equal([first, last].map((line) => named(line ?? "")).length, 2)
  } finally {
    closeSync(input)
    rmSync(folder, { recursive: true })
  }
})

test("rca: empty input gives empty output", async () => {
  assert.deepEqual(await run(""), { code: 0, errors: "", lines: [], isWhole: true })
})

test("rca: hostile lines are answered and do not affect the next one", async () => {
  const hostile = [
    "[".repeat(2_000_000),
    `${"[".repeat(500_000)}${"]".repeat(500_000)}`,
    `{"nodes":[],"links":[],"more":${'{"a":'.repeat(500_000)}1${"}".repeat(500_000)}}`,
    '{"__proto__":{"nodes":[],"links":[]}}',
    '{"nodes":[],"links":[],"constructor":{"prototype":{"polluted":1}}}',
    '"\\ud800"',
    "\u0000",
  ]
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from(`${hostile.join("\n")}\n${chain(4, 2)}\n`),
  ])
  const { code, lines } = await run(bytes)
  assert.equal(code, 0)
  const answers = lines.map((line) =>
    "error" in JSON.parse(line) ? Rejection.parse(JSON.parse(line)).line : "answer",
  )
  assert.deepEqual(answers, [1, 2, 3, "answer", 5, "answer", 7, 8, "answer"])
})

test("rca: a document of 50,000 nodes on one line", async () => {
  // A star of stars: provider networks are wide.
  const nodes = Array.from({ length: 50_000 }, (_, n) => ({
    id: `node-${n}`,
    kind: n < 500 ? "router" : "customer",
    monitored: n < 500,
  }))
  const up = (n: number): number => (n < 500 ? 0 : n % 500)
  const links = nodes
    .slice(1)
    .map((_, n) => ({ id: `link-${n + 1}`, a: `node-${up(n + 1)}`, b: `node-${n + 1}` }))
  const observations = nodes.map(({ id }, n) => ({
    entity: id,
    signal: "reachable",
    value: n === 7 || up(n) === 7 ? "down" : "up",
    from: "node-0",
  }))
  const document = JSON.stringify({ nodes, links, groups: [], vantages: ["node-0"], observations })
  const { code, lines } = await run(`${document}\n${chain(3)}\n`)
  assert.deepEqual([code, lines.length], [0, 2])
  assert.ok(["node-7", "link-7"].includes(named(lines[0])[0] ?? ""))
})

test("rca: ends without an error when the reader closes the pipe", async () => {
  const child = begin()
  const { stdin, stdout, stderr } = child
  assert.ok(stdin !== null && stdout !== null && stderr !== null)
  let errors = ""
  stderr.on("data", (chunk) => {
    errors += chunk
  })
  stdin.on("error", () => undefined)
  const ended = once(child, "close")
  stdin.write(`${chain(4, 2)}\n`)
  await once(stdout, "data")
  stdout.destroy()
  // Standard input stays open; the process must end anyway.
  const writing = setInterval(() => stdin.write(`${chain(4, 2)}\n`), 20)
  assert.deepEqual(await ended, [0, null])
  clearInterval(writing)
  assert.equal(errors, "")
})

test("rca: a slow reader gets every answer, in order", async () => {
  const child = begin()
  const { stdin, stdout } = child
  assert.ok(stdin !== null && stdout !== null)
  const count = 3_000
  // 30 MB of input, and more answers than a pipe buffers.
  stdin.end(
    Array.from({ length: count }, (_, n) =>
      n % 2 === 0 ? `"${"x".repeat(20_000)}` : chain(8, 4),
    ).join("\n"),
  )
  await new Promise((resolve) => setTimeout(resolve, 300))
  const lines: number[] = []
  for await (const line of createInterface({ input: stdout })) {
    const value: unknown = JSON.parse(line)
    lines.push(
      lines.length % 2 === 0 ? Rejection.parse(value).line : Answer.parse(value).hypotheses.length,
    )
  }
  assert.equal(lines.length, count)
  assert.deepEqual(
    lines.filter((_, n) => n % 2 === 0),
    Array.from({ length: count / 2 }, (_, n) => 2 * n + 1),
  )
})

test("rca: prints its usage, and what is wrong with its arguments", async () => {
  for (const args of [["--help"], ["solve", "--help"], ["-h"]]) {
    const { code, errors, lines } = await run("", args)
    assert.deepEqual([code, errors], [0, ""])
    assert.match(lines[0] ?? "", /^Usage: npm run --silent rca -- solve/)
  }
  const invalid: readonly (readonly [string[], RegExp])[] = [
    [[], /^no command given\n/],
    [["guess"], /^unknown command: guess\n/],
    [
      ["solve", "file.json"],
      /^unexpected argument: file\.json\. Documents are read from standard input\.\n/,
    ],
    [["solve", "--fast"], /^Unknown option '--fast'/],
  ]
  for (const [args, message] of invalid) {
    const { code, errors, lines } = await run("", args)
    assert.deepEqual([code, lines], [2, []])
    assert.match(errors, message)
    assert.match(errors, /\nUsage: /)
  }
})
