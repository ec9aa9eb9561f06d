/** Packages of Debian for tests: small ones of our own, and later versions of installed ones. */
import { execFileSync } from "node:child_process"
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"

const SCRIPTS = ["preinst", "postinst", "prerm", "postrm"] as const
type Script = (typeof SCRIPTS)[number]
export type SmallPackage = {
  readonly name: string
  readonly version: string
  readonly depends?: string
  readonly scripts?: Partial<Readonly<Record<Script, string>>>
  /** Writes files into the root of the package. */
  readonly fill?: (root: string) => void
}

let built = 0
const buildIn = (work: string, root: string, name: string, version: string): string => {
  const file = join(work, `${name}_${version}_${built++}.deb`)
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", root, file], {
    stdio: "ignore",
  })
  rmSync(root, { recursive: true })
  return file
}

export const smallPackage = (work: string, small: SmallPackage): string => {
  const { name, version, depends, scripts = {}, fill = () => undefined } = small
  const root = join(work, `root-${built}`)
  mkdirSync(join(root, "DEBIAN"), { recursive: true })
  writeFileSync(
    join(root, "DEBIAN/control"),
    [
      ...[`Package: ${name}`, `Version: ${version}`, "Architecture: amd64"],
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
      ...["Maintainer: Test <test@example.net>", "Description: of a test", ""],
    ].join("\n"),
  )
  for (const [script, text] of Object.entries(scripts)) {
    writeFileSync(join(root, "DEBIAN", script), text)
    chmodSync(join(root, "DEBIAN", script), 0o755)
  }
  fill(root)
  return buildIn(work, root, name, version)
}

const UNIT = `[Unit]
Description=a service of a test
[Service]
ExecStart=/usr/lib/demo/wait infinity
[Install]
WantedBy=multi-user.target
`
/** A program that a service runs: `base`'s own sleep, different in each version. */
export const fillService =
  (base: string, version: string) =>
  (root: string): void => {
    const program = join(root, "usr/lib/demo/wait")
    mkdirSync(dirname(program), { recursive: true })
    cpSync(join(base, "usr/bin/sleep"), program, { dereference: true })
    appendFileSync(program, version)
    const units = join(root, "usr/lib/systemd/system")
    mkdirSync(join(units, "multi-user.target.wants"), { recursive: true })
    writeFileSync(join(units, "demo.service"), UNIT)
    execFileSync("ln", [
      ...["-s", "../demo.service", join(units, "multi-user.target.wants/demo.service")],
    ])
  }

const field = (base: string, name: string, of: string): string =>
  execFileSync("chroot", [base, "dpkg-query", "--show", `--showformat=\${${of}}`, name], {
    encoding: "utf8",
  })

export type Other = {
  readonly work: string
  readonly base: string
  readonly name: string
  /** From the version that is installed. */
  readonly version: (installed: string) => string
  readonly change?: (root: string) => void
}
/** The package that is installed in `base`, as another version; `change` works on its files. */
export const otherVersion = (other: Other): string => {
  const { work, base, name, change } = other
  const root = join(work, `root-${built}`)
  mkdirSync(join(root, "DEBIAN"), { recursive: true })
  const info = join(base, "var/lib/dpkg/info")
  for (const path of readFileSync(join(info, `${name}.list`), "utf8")
    .trim()
    .split("\n")) {
    const from = join(base, path)
    const stat = lstatSync(from, { throwIfNoEntry: false })
    if (path === "/." || stat === undefined || stat.isDirectory()) continue
    mkdirSync(dirname(join(root, path)), { recursive: true })
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from), join(root, path))
    else cpSync(from, join(root, path))
  }
  for (const script of [...SCRIPTS, "templates", "conffiles"]) {
    const from = join(info, `${name}.${script}`)
    if (existsSync(from)) cpSync(from, join(root, "DEBIAN", script))
  }
  const version = other.version(field(base, name, "Version"))
  const status = execFileSync("chroot", [base, "dpkg-query", "--status", name], {
    encoding: "utf8",
  })
  const control = status
    .replace(/^Status: .*\n/m, "")
    .replace(/^Conffiles:\n(?: .*\n)*/m, "")
    .replace(/^Version: .*$/m, `Version: ${version}`)
  writeFileSync(join(root, "DEBIAN/control"), control)
  change?.(root)
  return buildIn(work, root, name, version)
}

const INSTALLED = "2.19.3"
const EARLIER = "2.19.2"
export const LATER_TIMESCALE = "2.19.4"
const replaceIn = (file: string, from: string, to: string): void => {
  const bytes = readFileSync(file).toString("latin1").replaceAll(from, to)
  writeFileSync(file, Buffer.from(bytes, "latin1"))
}

/**
 * A later TimescaleDB, made from the one that is installed: another name of its library, and the
 * script that took the version before to it. Without the update of the extension no session of the
 * database works.
 */
export const changeTimescale = (root: string): void => {
  const [extension = ""] = globSync(join(root, "usr/share/postgresql/*/extension"))
  const [libraries = ""] = globSync(join(root, "usr/lib/postgresql/*/lib"))
  const library = join(libraries, `timescaledb-${INSTALLED}.so`)
  replaceIn(library, INSTALLED, LATER_TIMESCALE)
  renameSync(library, join(libraries, `timescaledb-${LATER_TIMESCALE}.so`))
  replaceIn(join(extension, "timescaledb.control"), INSTALLED, LATER_TIMESCALE)
  const script = join(extension, `timescaledb--${EARLIER}--${INSTALLED}.sql`)
  replaceIn(script, INSTALLED, LATER_TIMESCALE)
  replaceIn(script, EARLIER, INSTALLED)
  renameSync(script, join(extension, `timescaledb--${INSTALLED}--${LATER_TIMESCALE}.sql`))
  for (const file of globSync(join(extension, `timescaledb--*--${INSTALLED}.sql`))) {
    if (basename(file) !== `timescaledb--${INSTALLED}--${LATER_TIMESCALE}.sql`) rmSync(file)
  }
}

/** Its script is missing: the database cannot be taken to it. */
export const breakTimescale = (root: string): void => {
  changeTimescale(root)
  const script = `timescaledb--${INSTALLED}--${LATER_TIMESCALE}.sql`
  for (const file of globSync(join(root, "usr/share/postgresql/*/extension", script))) rmSync(file)
}
