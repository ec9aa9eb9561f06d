/**
 * `npm run test:timescale`: the tests of series, ingest and queries on Debian's Postgres, with
 * partitions and with hypertables; or the conversion of a large database from one to the other.
 */
import { spawn } from "node:child_process"
import { globSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { environment } from "../config.ts"
import { ensureRoot, type Release, reasonToSkip } from "../nspawn/root.ts"
import { type DebianPostgres, startDebianPostgres } from "./server.ts"

const HELP = `npm run test:timescale [-- --release RELEASE] [--engine ENGINE] [--convert SIZE | --serve] [PATH …]

Makes a Debian root once (root and mmdebstrap needed), starts its Postgres in a mount namespace and
runs the tests of series, ingest and queries on it: on hypertables where it has TimescaleDB, and on
partitions. Prints a table of what ran.

--release RELEASE  trixie (PostgreSQL 17 with TimescaleDB; default) or bookworm (PostgreSQL 15)
--engine ENGINE    only timescale or only plain
--convert SIZE     in place of the tests: fills partitions with SIZE of values (500MB, 10GB), makes
                   hypertables of them while values are written, kills it again and again, compares
--serve            in place of the tests: commits reach the disk, and the server runs until a signal;
                   prints the folder of its socket and of database.json
PATH               only test files whose path contains it`

const repository = join(import.meta.dirname, "../..")
const EXIT = { fine: 0, failed: 1, usage: 2 } as const
type Engine = "timescale" | "plain"
/** Characters of what failed. */
const MAX_REPORT = 20_000

/** Whatever stores, reads, drops or migrates values over time. */
const TESTS = [
  "appliance/src/flow/{series,ingest,push,events}/**/*.test.ts",
  "appliance/src/flow/*.test.ts",
  "appliance/src/operate/fleet/*.test.ts",
  "appliance/src/platform/postgres/{db,migrate,postgres-types,roles}.test.ts",
  "appliance/test/{first-agent,first-release,isolation,recorded-pushes}.test.ts",
]

type Totals = { readonly passed: number; readonly failed: number; readonly skipped: number }
type Row = Totals & {
  readonly engine: Engine
  readonly files: number
  readonly seconds: number
}

const totalsIn = (report: string): Totals => {
  const figure = (word: string): number =>
    Number(new RegExp(`^ℹ ${word} (\\d+)`, "m").exec(report)?.[1] ?? Number.NaN)
  return { passed: figure("pass"), failed: figure("fail"), skipped: figure("skipped") }
}

/** Runs Node in the repository with the server as the one that tests use; answers what it printed. */
const runNode = (
  server: DebianPostgres,
  engine: Engine,
  args: readonly string[],
  onText: (text: string) => void,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repository,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...environment(),
        NODE_NO_WARNINGS: "1",
        ISPVM_TEST_POSTGRES: server.folder,
        ISPVM_TEST_ENGINE: engine === "plain" ? "plain" : "auto",
      },
    })
    const kill = (): void => void child.kill()
    process.once("exit", kill)
    child.stdout.setEncoding("utf8").on("data", onText)
    child.on("error", reject)
    child.on("close", (code) => {
      process.removeListener("exit", kill)
      resolve(code ?? 1)
    })
  })

const runTests = async (
  server: DebianPostgres,
  engine: Engine,
  files: readonly string[],
): Promise<Row> => {
  console.log(`── ${files.length} files on PostgreSQL ${server.version}, engine ${engine}`)
  let report = ""
  const began = performance.now()
  const args = ["--test", "--test-isolation=none", "--test-reporter=spec", ...files]
  const code = await runNode(server, engine, args, (text) => {
    report += text
    for (const [line] of text.matchAll(/^ *✖.*$/gm)) console.log(line)
  })
  const totals = totalsIn(report)
  if (code !== 0)
    console.log(
      report.slice(Math.max(0, report.lastIndexOf("✖ failing tests:"))).slice(0, MAX_REPORT),
    )
  const seconds = Math.round((performance.now() - began) / 1_000)
  return { engine, files: files.length, seconds, ...totals, failed: code === 0 ? 0 : totals.failed }
}

const printTable = (release: Release, version: string, rows: readonly Row[]): void => {
  console.log(`\nDebian ${release}, PostgreSQL ${version}`)
  console.log("engine      files  passed  failed  skipped  seconds")
  for (const { engine, files, passed, failed, skipped, seconds } of rows)
    console.log(
      `${engine.padEnd(10)} ${String(files).padStart(6)} ${String(passed).padStart(7)} ${String(failed).padStart(7)} ${String(skipped).padStart(8)} ${String(seconds).padStart(8)}`,
    )
}

const testAll = async (
  server: DebianPostgres,
  release: Release,
  wanted: string | undefined,
  paths: readonly string[],
): Promise<number> => {
  const files = globSync(TESTS, { cwd: repository })
    .filter((file) => paths.length === 0 || paths.some((path) => file.includes(path)))
    .sort()
  if (files.length === 0) throw new Error(`no test file matches ${paths.join(" ")}`)
  const all: readonly Engine[] = server.hasTimescale ? ["timescale", "plain"] : ["plain"]
  const engines = all.filter((each) => wanted === undefined || each === wanted)
  if (engines.length === 0) throw new Error(`there is no engine ${wanted} on this Debian`)
  const rows: Row[] = []
  for (const engine of engines) rows.push(await runTests(server, engine, files))
  printTable(release, server.version, rows)
  if (!server.hasTimescale) console.log("This Debian has no TimescaleDB: hypertables did not run.")
  return rows.every(({ failed, passed }) => failed === 0 && passed > 0) ? EXIT.fine : EXIT.failed
}

const convert = (server: DebianPostgres, size: string): Promise<number> => {
  if (!server.hasTimescale) throw new Error("this Debian has no TimescaleDB")
  const program = join(repository, "appliance/test/conversion.ts")
  return runNode(server, "timescale", [program, size], (text) => process.stdout.write(text))
}

/** Ends with the process. */
const serve = async (server: DebianPostgres): Promise<never> => {
  console.log(`serves ${server.folder}`)
  // A promise alone keeps no process alive.
  setInterval(() => undefined, 60_000)
  return await new Promise(() => undefined)
}

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      release: { type: "string", default: "trixie" },
      engine: { type: "string" },
      convert: { type: "string" },
      serve: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  const { release, engine, convert: size, help } = values
  if (help || (release !== "trixie" && release !== "bookworm")) {
    console.log(HELP)
    return help ? EXIT.fine : EXIT.usage
  }
  const reason = reasonToSkip()
  if (reason !== null) throw new Error(`cannot run Debian's Postgres here: ${reason}`)
  const root = ensureRoot(release, (text) => console.log(text))
  const server = await startDebianPostgres(root, {
    isDurable: size !== undefined || values.serve,
  })
  try {
    if (values.serve) return await serve(server)
    return size === undefined
      ? await testAll(server, release, engine, positionals)
      : await convert(server, size)
  } finally {
    await server.stop()
  }
}

// The server and its tests end with this program (`exit` of server.ts and of runNode).
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => process.exit(EXIT.failed))

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return EXIT.failed
})
