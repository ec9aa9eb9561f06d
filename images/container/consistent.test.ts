/** What the containers set, open and keep is what the product reads, and what its units have. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { fillIn, readCompose, runArguments } from "./compose.ts"

const REPOSITORY = join(import.meta.dirname, "../..")
const read = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8")
const containerfile = read("images/container/Containerfile")
const compose = readCompose()

/** Of Node, not of ours. */
const FOREIGN = new Set(["NODE_NO_WARNINGS", "NODE_OPTIONS", "DEBIAN_FRONTEND"])

const settingsOf = (program: string): ReadonlySet<string> => {
  const { stdout } = spawnSync(process.execPath, [join(REPOSITORY, program), "--help"], {
    encoding: "utf8",
  })
  return new Set(stdout.match(/\b[A-Z][A-Z_]+[A-Z]\b/g))
}
/** The lines of one image, with continued lines joined. */
const imageOf = (target: string): string => {
  const [, body] =
    new RegExp(`^FROM \\S+ AS ${target}\\n([\\s\\S]*?)(?=^FROM |$(?![\\s\\S]))`, "m").exec(
      containerfile.replaceAll("\\\n", " "),
    ) ?? []
  assert.ok(body !== undefined, `${target} is no image of the Containerfile`)
  return body
}
const environmentOf = (target: string): ReadonlyMap<string, string> =>
  new Map(
    [...imageOf(target).matchAll(/^ENV (.*)$/gm)].flatMap(([, line = ""]) =>
      line
        .trim()
        .split(/\s+/)
        .map((pair): [string, string] => {
          const at = pair.indexOf("=")
          return [pair.slice(0, at), pair.slice(at + 1)]
        }),
    ),
  )
const unitEnvironment = (path: string): ReadonlyMap<string, string> =>
  new Map(
    [...read(path).matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = ""]) =>
      line.split(" ").map((pair): [string, string] => {
        const at = pair.indexOf("=")
        // A unit writes % twice.
        return [pair.slice(0, at), pair.slice(at + 1).replaceAll("%%", "%")]
      }),
    ),
  )

const PROGRAMS = [
  {
    target: "appliance",
    program: "appliance/src/main.ts",
    unit: "images/package/files/ispvm/units/ispvm.service",
    // A container is updated by its image, and keeps no compiled code.
    differs: ["ISPVM_UPDATE_DIR", "NODE_COMPILE_CACHE"],
  },
  {
    target: "agent",
    program: "agent/src/main.ts",
    unit: "images/package/files/ispvm-agent/units/ispvm-agent.service",
    // Another container is the appliance, a token may be a secret of compose, and see above.
    differs: ["ISPVM_URL", "ISPVM_TOKEN_FILE", "ISPVM_AGENT_UPDATE_DIR", "NODE_COMPILE_CACHE"],
  },
] as const

for (const { target, program, unit, differs } of PROGRAMS) {
  test(`${target}: every setting of image and compose is one that the program reads`, () => {
    const known = settingsOf(program)
    const given = [
      ...environmentOf(target).keys(),
      ...Object.keys(compose.services[target]?.environment ?? {}),
    ]
    assert.ok(given.length > 4)
    assert.deepEqual(
      given.filter((name) => !FOREIGN.has(name) && !known.has(name)),
      [],
    )
  })

  test(`${target}: the image has the settings of the unit`, () => {
    const image = environmentOf(target)
    const names = [...unitEnvironment(unit)].filter(
      ([name]) => !differs.some((each) => each === name),
    )
    assert.ok(names.length > 1)
    for (const [name, value] of names) assert.equal(image.get(name), value, name)
  })
}

test("the agent looks for its token where the appliance writes it", () => {
  const file = environmentOf("appliance").get("ISPVM_LOCAL_AGENT_TOKEN_FILE")
  assert.ok(
    environmentOf("agent")
      .get("ISPVM_TOKEN_FILE")
      ?.split(":")
      .includes(file ?? "-"),
  )
})

test("each volume is declared, and mounted where its image has a folder with the right owner", () => {
  const used = Object.entries(compose.services).flatMap(([name, { volumes }]) =>
    volumes.map((volume) => ({ name, parts: volume.split(":") })),
  )
  for (const { name, parts } of used) {
    const [volume = "", path = ""] = parts
    assert.ok(volume in compose.volumes, `${name}: ${volume} is not declared`)
    // Those of users are made in a loop.
    const user = path.replace(/^\/var\/lib\//, "")
    const isMade = containerfile.includes(` ${user}:98`) || containerfile.includes(` ${path}`)
    assert.ok(isMade, `${name}: no image has ${path}`)
  }
  const mounted = new Set(used.map(({ parts }) => parts[0]))
  assert.deepEqual(
    Object.keys(compose.volumes).filter((name) => !mounted.has(name)),
    [],
  )
})

test("published ports are those that the image exposes", () => {
  for (const target of ["appliance", "agent"] as const) {
    const [, exposed = ""] = /^EXPOSE (.*)$/m.exec(imageOf(target)) ?? []
    const published = (compose.services[target]?.ports ?? []).map((port) =>
      fillIn(port, {}).split(":").at(-1),
    )
    assert.deepEqual(published, exposed.trim().split(" "))
  }
})

test("no service is root, writes to its root or keeps a capability that it does not need", () => {
  for (const [name, service] of Object.entries(compose.services)) {
    assert.match(service.user, /^(?:ispvm(?:-database|-agent)?|www-data)$/, name)
    assert.deepEqual(service.cap_add, name === "agent" ? ["NET_RAW"] : [], name)
    assert.equal(service.security_opt.includes("no-new-privileges"), name !== "agent", name)
  }
})

test("a setting of .env reaches the container that it is for", () => {
  const { appliance } = compose.services
  assert.ok(appliance !== undefined)
  const place = { given: { ISPVM_IMAGE: "mine:1" }, namespace: "net", more: ["--init"] }
  const args = runArguments(appliance, place)
  assert.ok(args.includes("ns:/run/netns/net"))
  assert.deepEqual(args.slice(-2), ["--init", "mine:1"])
})

test("no value is taken from a setting of the same name: podman-compose 1.3 leaves it as it is", () => {
  for (const [name, { environment }] of Object.entries(compose.services))
    for (const [setting, value] of Object.entries(environment))
      assert.doesNotMatch(value, /\$/, `${name}: ${setting}`)
})
