/** The two packages: which part of the sources, which units and settings, what they depend on. */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { MAINTAINER, writeChangelog } from "./changelog.ts"
import { writeLicences, writeSbom } from "./contents.ts"
import { type Architecture, buildDeb, type Control } from "./deb.ts"
import { writeAgentManual, writeManual } from "./manual.ts"
import { copyModules, copyNode } from "./modules.ts"
import { maintainerScripts } from "./scripts.ts"
import type { Source } from "./source.ts"

const FILES = join(import.meta.dirname, "files")

export type PackageName = "ispvm" | "ispvm-agent"
type Recipe = {
  /** The workspace whose modules are installed. */
  readonly workspace: string
  /** Files and folders of the sources that are installed. */
  readonly sources: readonly string[]
  readonly units: readonly string[]
  readonly dataDirs: readonly string[]
  readonly conffile: string
  /** The line in the list of packages, then the text below it. */
  readonly description: readonly [short: string, ...long: string[]]
  readonly relations: Control
}

export const RECIPES: Readonly<Record<PackageName, Recipe>> = {
  ispvm: {
    workspace: "appliance",
    sources: [
      "package.json",
      "appliance/package.json",
      "appliance/src",
      "appliance/migrations",
      "appliance/rca",
      "appliance/discovery",
      "agent/wire",
      "pki/package.json",
      "pki/src",
      "routeros-scripts/package.json",
      "routeros-scripts/src",
      "ui/dist",
    ],
    units: [
      "ispvm-database.service",
      "ispvm.service",
      "ispvm-local-agent.path",
      "ispvm-update-recover.service",
      "ispvm-update-undo.service",
      "ispvm-update.path",
    ],
    dataDirs: [
      ...["/var/lib/ispvm", "/var/lib/ispvm-database", "/var/lib/ispvm-update"],
      ...["/var/cache/ispvm", "/var/cache/ispvm-console"],
    ],
    conffile: "etc/ispvm/ispvm.conf",
    description: [
      "ISP Visual Monitor, the appliance",
      "Says what is broken in an Internet provider's network, since when, which one",
      "thing explains it and which customers are affected. Serves the browser UI and",
      "takes what agents and routers report.",
    ],
    relations: {
      Depends:
        "libc6 (>= 2.36), libstdc++6, systemd (>= 252), postgresql-17 | postgresql-16 | postgresql-15",
      Recommends: "ispvm-agent",
      Suggests: "postgresql-17-timescaledb",
    },
  },
  "ispvm-agent": {
    workspace: "agent",
    sources: ["package.json", "agent/package.json", "agent/LICENSE", "agent/src", "agent/wire"],
    units: ["ispvm-agent.service", "ispvm-agent-recover.service", "ispvm-agent-update.path"],
    dataDirs: ["/var/lib/ispvm-agent", "/var/lib/ispvm-agent-update", "/var/cache/ispvm-agent"],
    conffile: "etc/ispvm-agent/agent.conf",
    description: [
      "ISP Visual Monitor, the agent",
      "Polls and probes the routers near it, receives their syslog, and reports to the",
      "appliance. Keeps what it measures on disk while the appliance is out of reach.",
    ],
    relations: {
      Depends: "libc6 (>= 2.36), libstdc++6, systemd (>= 252), fping",
    },
  },
}

/** Tests, what only they read, and the gallery of components are not installed. */
const isInstalled = (path: string): boolean =>
  !/\.test\.ts$/.test(path) && !["test", "fixtures", "golden", "gallery"].includes(basename(path))

const copyTree = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true, filter: isInstalled })
}

const copyTo = (from: string, to: string, mode: number): void => {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to)
  chmodSync(to, mode)
}

/** What the system finds at fixed places: units, users, commands, settings. */
const stageSystemFiles = (name: PackageName, release: string, root: string): void => {
  const own = join(FILES, name)
  const places = {
    units: "usr/lib/systemd/system",
    "sysctl.d": "usr/lib/sysctl.d",
    "sysusers.d": "usr/lib/sysusers.d",
    "tmpfiles.d": "usr/lib/tmpfiles.d",
    overrides: "usr/share/lintian/overrides",
  }
  for (const [folder, place] of Object.entries(places)) {
    if (!existsSync(join(own, folder))) continue
    for (const file of readdirSync(join(own, folder)))
      copyTo(join(own, folder, file), join(root, place, file), 0o644)
  }
  const libs = join(own, "lib")
  for (const file of existsSync(libs) ? readdirSync(libs) : [])
    copyTo(join(libs, file), join(root, "usr/lib", name, file), 0o755)
  for (const file of readdirSync(join(own, "bin"))) {
    const isCommand = file === name
    const place = isCommand ? join(root, "usr/bin") : join(release, "bin")
    copyTo(join(own, "bin", file), join(place, file), 0o755)
  }
  const { conffile } = RECIPES[name]
  copyTo(join(own, "etc", basename(conffile)), join(root, conffile), 0o644)
}

const control = (name: PackageName, { version }: Source, architecture: Architecture): Control => {
  const { description, relations } = RECIPES[name]
  return {
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: MAINTAINER,
    Section: "net",
    Priority: "optional",
    ...relations,
    Description: description.join("\n "),
  }
}

export type Build = {
  readonly source: Source
  /** A copy of the sources with the modules of this package and the built UI. */
  readonly tree: string
  readonly architecture: Architecture
  /** The folder of the pinned Node for it. */
  readonly node: string
  /** An empty folder to work in. */
  readonly work: string
  readonly outDir: string
  /** The program that lists what a package contains. */
  readonly sbomProgram: string
  /** A level of zstd. */
  readonly compression: number
}

const TERMS: Readonly<Record<PackageName, string>> = {
  ispvm: "ISP Visual Monitor, the appliance. All rights reserved.",
  "ispvm-agent":
    "ISP Visual Monitor, the agent. Apache License 2.0: /usr/share/common-licenses/Apache-2.0",
}

const stageDocumentation = (
  name: PackageName,
  release: string,
  { tree, sbomProgram, source: { version, epochS } }: Build,
  root: string,
): void => {
  const folder = join(root, "usr/share/doc", name)
  mkdirSync(folder, { recursive: true })
  writeLicences(release, TERMS[name], join(folder, "copyright"))
  writeChangelog(join(tree, "docs/changelog.md"), { name, version, epochS }, folder)
  if (name === "ispvm") writeManual(root, version)
  else writeAgentManual(root, version, tree)
  writeSbom(sbomProgram, tree, RECIPES[name].workspace, join(folder, "sbom.cdx.json"))
}

/** Builds one package and returns its file. */
export const buildPackage = (name: PackageName, build: Build): string => {
  const { source, tree, architecture, node, work, outDir, compression } = build
  const { sources, units, dataDirs, conffile } = RECIPES[name]
  const { version } = source
  const root = join(work, "root")
  const release = join(root, "opt", name, "releases", version)
  for (const path of sources) copyTree(join(tree, path), join(release, path))
  copyModules(tree, release)
  copyNode(node, release)
  writeFileSync(
    join(release, "release.json"),
    `${JSON.stringify({ name, version, commit: source.commit, architecture }, null, 2)}\n`,
  )
  stageSystemFiles(name, release, root)
  stageDocumentation(name, release, build, root)
  const file = join(outDir, `${name}_${version}_${architecture}.deb`)
  buildDeb({
    control: control(name, source, architecture),
    scripts: maintainerScripts({ name, version, units, dataDirs }),
    conffiles: [`/${conffile}`],
    root,
    file,
    epochS: source.epochS,
    compression,
  })
  return file
}
