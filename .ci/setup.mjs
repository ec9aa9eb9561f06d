// What a fresh clone needs before a command can run. Plain JavaScript for any Node >= 20: it runs before anything is installed.
//   node .ci/setup.mjs [--lab] [--peers]
// Installs the packages when the lock file changed, builds the screens when their sources changed, and sees to the system programs:
// as root on Debian or Ubuntu it installs them, elsewhere it prints the one line to type and carries on with what works.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

if (process.argv.includes("--help")) {
  process.stdout.write(`npm run setup [-- --lab] [-- --peers]

Installs the packages, builds the UI, and installs or names the system programs that are missing.

--lab     also what the simulated network needs
--peers   also the programs that tests exchange data with
`)
  process.exit(0)
}

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
      for (const name of readdirSync(path).sort())
        if (name !== "node_modules" && name !== "dist") add(join(path, name))
    } else hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0")
  }
  for (const path of paths) add(join(root, path))
  return hash.digest("hex")
}
const noted = (file, hash) => existsSync(file) && readFileSync(file, "utf8") === hash

const checkNode = () => {
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major < 20) stop(`Node ${process.versions.node} is too old; any Node from 20 on will do.`)
  const carried =
    process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64")
  // import.meta.main came with 24.2.
  if (!carried && (major < 24 || (major === 24 && minor < 2)))
    stop(
      `on ${process.platform} ${process.arch} the Node of the host is used, and it has to be 24.2 or newer (this is ${process.versions.node}).`,
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
  const hash = hashOf(["ui", "appliance/src/api", "appliance/src/messages", "package-lock.json"])
  if (noted(note, hash)) return
  say("building the screens …")
  if (
    !run(
      node(),
      [join(root, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"],
      { cwd: join(root, "ui") },
    )
  )
    stop("the screens did not build; the reason is above.")
  mkdirSync(dirname(note), { recursive: true })
  writeFileSync(note, hash)
}

const onPath = (program) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].some(
    (folder) => folder !== "" && existsSync(join(folder, program)),
  )

// `peer`: a program that only tests speak with. It brings a service along, so a person's machine gets it by hand and only CI by itself.
const PROGRAMS = [
  {
    program: "fping",
    from: "fping",
    use: "ping (without it, devices are probed by TCP)",
    wanted: true,
  },
  {
    program: "ip",
    from: "iproute2",
    use: "the simulated network as a namespace",
    wanted: wants.has("--lab"),
  },
  {
    program: "nft",
    from: "nftables",
    use: "the simulated network as a namespace",
    wanted: wants.has("--lab"),
  },
  {
    program: "snmpd",
    from: "snmpd",
    use: "a test against a real SNMP agent",
    wanted: wants.has("--peers"),
    peer: true,
  },
  {
    program: "snmpbulkwalk",
    from: "snmp",
    use: "a test against a real SNMP client",
    wanted: wants.has("--peers"),
    peer: true,
  },
  {
    path: "/usr/lib/python3/dist-packages/librouteros",
    from: "python3-librouteros",
    use: "a test against an independent RouterOS client",
    wanted: wants.has("--peers"),
    peer: true,
  },
]
const isThere = ({ program, path }) => (program ? onPath(program) : existsSync(path))

/** As root on Debian or Ubuntu. One failed try is not repeated at each start: the note goes with node_modules. */
const aptInstall = (packages) => {
  const isDebian =
    process.platform === "linux" && existsSync("/etc/debian_version") && onPath("apt-get")
  if (
    packages.length === 0 ||
    !isDebian ||
    process.getuid?.() !== 0 ||
    process.env.ISPVM_SETUP_PROGRAMS === "off"
  )
    return
  const tried = join(root, "node_modules", ".ispvm-programs")
  if (noted(tried, packages.join(" "))) return
  say(`installing ${packages.join(", ")} …`)
  const apt = (...args) =>
    run("apt-get", args, {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", 2],
    })
  const install = () => apt("install", "-y", "-qq", "--no-install-recommends", ...packages)
  if (install() || (apt("update", "-qq") && install())) rmSync(tried, { force: true })
  else writeFileSync(tried, packages.join(" "))
}

const seeToPrograms = () => {
  const wanted = PROGRAMS.filter((each) => each.wanted && !isThere(each))
  aptInstall(wanted.filter(({ peer }) => !peer || process.env.CI).map(({ from }) => from))
  const missing = wanted.filter((each) => !isThere(each))
  if (missing.length === 0) return
  for (const { from, use } of missing) say(`${from} is missing: ${use}.`)
  const sudo = process.getuid?.() === 0 ? "" : "sudo "
  say(
    `to have ${missing.length === 1 ? "it" : "them"}:  ${sudo}apt-get install ${missing.map(({ from }) => from).join(" ")}`,
  )
}

checkNode()
installPackages()
buildScreens()
seeToPrograms()
