// What a fresh clone needs before a command can run. Plain JavaScript for any Node >= 20: it runs before anything is installed.
//   node .ci/setup.mjs [--lab] [--peers]
// Installs the packages when the lock file changed, builds the screens when their sources changed, and sees to the system programs:
// as root on Debian or Ubuntu it installs them, elsewhere it prints the one line to type and carries on with what works.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wants = new Set(process.argv.slice(2))
const say = (text) => process.stderr.write(`set-up: ${text}\n`)
const stop = (text) => {
  process.stderr.write(`\nset-up cannot go on: ${text}\n`)
  process.exit(1)
}

/** Standard output stays clean for the command that follows; standard input stays unread for it. */
const run = (command, args, options = {}) =>
  spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options }).status === 0

const hashOf = (paths) => {
  const hash = createHash("sha256")
  const add = (path) => {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) if (name !== "node_modules" && name !== "dist") add(join(path, name))
    } else hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0")
  }
  for (const path of paths) add(join(root, path))
  return hash.digest("hex")
}
const noted = (file, hash) => existsSync(file) && readFileSync(file, "utf8") === hash

const checkNode = () => {
  const major = Number(process.versions.node.split(".")[0])
  if (major < 20) stop(`Node ${process.versions.node} is too old; any Node from 20 on will do.`)
  const carried = process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64")
  if (!carried && major < 24)
    stop(
      `on ${process.platform} ${process.arch} the Node of the host is used, and it has to be 24 or newer (this is ${process.versions.node}).`,
    )
}

const installPackages = () => {
  const note = join(root, "node_modules", ".ispvm-setup")
  const hash = hashOf(["package-lock.json", "package.json"])
  if (noted(note, hash)) return
  say("installing packages (once; some 20 s) …")
  const npm = process.env.npm_execpath
  const ok = npm?.endsWith(".js")
    ? run(process.execPath, [npm, "ci", "--loglevel=error"])
    : run("npm", ["ci", "--loglevel=error"])
  if (!ok) stop("npm ci failed; its own words are above.")
  writeFileSync(note, hash)
}

/** The pinned Node where it is carried by a package, the host's elsewhere. */
const node = () => {
  const pinned = join(root, "node_modules", ".bin", "node")
  return existsSync(pinned) ? pinned : process.execPath
}

const buildScreens = () => {
  const note = join(root, "ui", "dist", ".built")
  const hash = hashOf(["ui", "appliance/src/api", "package-lock.json"])
  if (noted(note, hash)) return
  say("building the screens …")
  if (
    !run(node(), [join(root, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"], { cwd: join(root, "ui") })
  )
    stop("the screens did not build; the reason is above.")
  mkdirSync(dirname(note), { recursive: true })
  writeFileSync(note, hash)
}

const onPath = (program) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].some(
    (folder) => folder !== "" && existsSync(join(folder, program)),
  )

// program, the Debian package that brings it, what for, when it is wanted
const PROGRAMS = [
  ["fping", "fping", "ping (without it, devices are probed by TCP)", true],
  ["ip", "iproute2", "the simulated network as a namespace", wants.has("--lab")],
  ["nft", "nftables", "the simulated network as a namespace", wants.has("--lab")],
  ["snmpd", "snmpd", "a test against a real SNMP agent", wants.has("--peers")],
  ["snmpbulkwalk", "snmp", "a test against a real SNMP client", wants.has("--peers")],
  [
    null,
    "python3-librouteros",
    "a test against an independent RouterOS client",
    wants.has("--peers"),
    "/usr/lib/python3/dist-packages/librouteros",
  ],
]

const seeToPrograms = () => {
  const missing = PROGRAMS.filter(([program, , , wanted, path]) => wanted && !(program ? onPath(program) : existsSync(path)))
  if (missing.length === 0) return
  const packages = missing.map(([, name]) => name)
  const line = `apt-get install ${packages.join(" ")}`
  const isRoot = process.getuid?.() === 0
  if (isRoot && process.platform === "linux" && onPath("apt-get") && process.env.ISPVM_SETUP_PROGRAMS !== "off") {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
    // One failed try is not repeated at each start: the note goes with node_modules.
    const tried = join(root, "node_modules", ".ispvm-programs")
    if (!noted(tried, packages.join(" "))) {
      say(`installing ${packages.join(", ")} …`)
      const install = () =>
        run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env, stdio: ["ignore", "ignore", 2] })
      if (install() || (run("apt-get", ["update", "-qq"], { env, stdio: ["ignore", "ignore", 2] }) && install())) {
        rmSync(tried, { force: true })
        return
      }
      writeFileSync(tried, packages.join(" "))
    }
  }
  for (const [, name, use] of missing) say(`${name} is missing: ${use}.`)
  say(`to have ${missing.length === 1 ? "it" : "them"}:  ${isRoot ? "" : "sudo "}${line}`)
}

checkNode()
installPackages()
buildScreens()
seeToPrograms()
