/**
 * Further releases for tests, made from the built packages: unpacked, named anew, changed in one
 * place, packed again. The faults are the test's own; what updates to them is the product.
 */
import { execFileSync } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { writeBundle } from "../package/bundle.ts"
import { md5sums } from "../package/deb.ts"
import type { SigningKey } from "../package/sign.ts"

const PACKAGES = ["ispvm", "ispvm-agent"] as const
const COMMIT = "0".repeat(40)

export const newKey = (): SigningKey => ({
  key: generateKeyPairSync("ed25519").privateKey,
  isDevelopment: true,
})

/** `ispvm_0.1.0_amd64.deb`: the version of the built packages. */
export const builtVersion = (folder: string): string => {
  const name = readdirSync(folder).find((each) => /^ispvm_.*_amd64\.deb$/.test(each))
  if (name === undefined) throw new Error(`no package in ${folder}`)
  return name.split("_")[1] ?? ""
}

const replaceIn = (file: string, from: string, to: string): void =>
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to))

/** What is wrong with a release. Each gets the folder of the release. */
export const FAULTS = {
  none: () => undefined,
  /** It serves, and its self-test fails until the gate gives up. */
  "self-test": (release: string) => {
    const file = join(release, "appliance/src/compose/self-test.ts")
    replaceIn(
      file,
      "  withDiscardedChanges(deps",
      '  Promise.reject(new Error("as the test wants")) ?? withDiscardedChanges(deps',
    )
  },
  /** It serves for a while, and then ends. */
  ends: (release: string) => {
    const file = join(release, "appliance/src/compose/self-test.ts")
    replaceIn(
      file,
      "  withDiscardedChanges(deps",
      "  delay(8_000).then(() => process.exit(1)) ?? withDiscardedChanges(deps",
    )
  },
  migration: (release: string) =>
    writeFileSync(
      join(release, "appliance/migrations/9000-fails.sql"),
      "-- expand\ncreate table orgs.before_the_fault (id int);\nselect 1 / 0;\n",
    ),
  /** It writes more than a small disk has. */
  "large-migration": (release: string) =>
    writeFileSync(
      join(release, "appliance/migrations/9002-large.sql"),
      `-- expand
create table orgs.large as
  select string_agg(md5(n::text || m::text), '') from generate_series(1, 60000) n, generate_series(1, 400) m group by n;
`,
    ),
  "never-ready": (release: string) =>
    appendFileSync(
      join(release, "appliance/src/compose/database.ts"),
      "\nawait new Promise((resolve) => setTimeout(resolve, 86_400_000))\n",
    ),
  /** Its migration is not marked, so the release before does not run on it. */
  contract: (release: string) => {
    writeFileSync(
      join(release, "appliance/migrations/9001-not-marked.sql"),
      "create table orgs.not_marked (id int);\n",
    )
    FAULTS.ends(release)
  },
} as const satisfies Record<string, (release: string) => void>
/** `agent-silent`: the agent starts and never sends a heartbeat. */
export type Fault = keyof typeof FAULTS | "agent-silent"

const silenceAgent = (release: string): void =>
  replaceIn(
    join(release, "agent/src/tasks/heartbeat.ts"),
    "await uplink().heartbeat(",
    "await new Promise<never>(() => undefined) ?? await uplink().heartbeat(",
  )

export type Derived = {
  readonly built: string
  readonly work: string
  readonly key: SigningKey
}
let unpacked = 0

const derivePackage = (
  { built, work }: Derived,
  name: (typeof PACKAGES)[number],
  version: string,
  fault: Fault,
  to: string,
): string => {
  const was = builtVersion(built)
  const root = join(work, `unpacked-${unpacked++}`)
  execFileSync("dpkg-deb", ["--raw-extract", join(built, `${name}_${was}_amd64.deb`), root])
  const releases = join(root, "opt", name, "releases")
  if (version !== was) renameSync(join(releases, was), join(releases, version))
  const release = join(releases, version)
  for (const file of ["DEBIAN/control", "DEBIAN/postinst"])
    replaceIn(join(root, file), was, version)
  replaceIn(join(release, "release.json"), was, version)
  if (fault === "agent-silent") {
    if (name === "ispvm-agent") silenceAgent(release)
  } else if (name === "ispvm") FAULTS[fault](release)
  writeFileSync(join(root, "DEBIAN/md5sums"), md5sums(root))
  const file = join(to, `${name}_${version}_amd64.deb`)
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zzstd", "-z1", "--build", root, file], {
    stdio: "ignore",
  })
  execFileSync("rm", ["--recursive", root])
  return file
}

/** A bundle of both packages. The agent of a version is the same whatever is wrong with the appliance. */
export const deriveBundle = async (
  derived: Derived,
  version: string,
  fault: Fault = "none",
): Promise<string> => {
  const { work, key } = derived
  const folder = join(work, `${version}-${fault}`)
  const agents = join(work, version)
  for (const each of [folder, agents]) mkdirSync(each, { recursive: true })
  const agent = join(folder, `ispvm-agent_${version}_amd64.deb`)
  const shared = join(agents, `ispvm-agent_${version}_amd64.deb`)
  if (fault === "agent-silent") derivePackage(derived, "ispvm-agent", version, fault, folder)
  else {
    if (!existsSync(shared)) derivePackage(derived, "ispvm-agent", version, "none", agents)
    execFileSync("ln", ["--force", shared, agent])
  }
  const appliance = derivePackage(derived, "ispvm", version, fault, folder)
  const epochS = Math.floor(Date.now() / 1_000)
  return await writeBundle({ version, commit: COMMIT, epochS }, "amd64", [appliance, agent], key)
}
