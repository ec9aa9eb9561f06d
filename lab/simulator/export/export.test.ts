import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { checkScript } from "@ispvm/routeros-scripts/check"
import { releaseNamed } from "@ispvm/routeros-scripts/check/product"
import { parse } from "yaml"
import { z } from "zod"
import { containerlabSchema } from "../../config.ts"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { containerlabFiles } from "./containerlab.ts"
import { eveNgFiles } from "./eve-ng.ts"
import { linksOf, nodesOf } from "./nodes.ts"

const topology = readTopology(ANATOLIA)
const nodes = nodesOf(topology)
const links = linksOf(topology, nodes)
const clab = containerlabFiles(topology)
const unl = eveNgFiles(topology)
const text = (files: ReadonlyMap<string, string>, name: string): string => {
  const found = files.get(name)
  assert.ok(found !== undefined, `no file ${name}`)
  return found
}

/** What containerlab's schema requires of the parts that are used here. */
const Name = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-._]*$/)
const Clab = z.strictObject({
  name: Name,
  topology: z.strictObject({
    kinds: z.strictObject({ mikrotik_ros: z.strictObject({ memory: z.string() }) }),
    nodes: z.record(
      Name,
      z.strictObject({
        kind: z.literal("mikrotik_ros"),
        image: z.string(),
        "startup-config": z.string(),
      }),
    ),
    links: z
      .array(
        z.strictObject({
          // ether1 is management, and containerlab rejects it in a link.
          endpoints: z.array(z.string().regex(/^[\w.-]+:ether([2-9]|[1-9]\d+)$/)).length(2),
        }),
      )
      .min(1),
  }),
})

test("a topology becomes a file of containerlab, with each cable once", () => {
  const lab = Clab.parse(parse(text(clab, "anatolia.clab.yml")))
  assert.deepEqual(
    Object.keys(lab.topology.nodes),
    topology.routers.filter(({ roles }) => !roles.includes("cpe")).map(({ name }) => name),
  )
  for (const node of Object.values(lab.topology.nodes))
    assert.ok(clab.has(node["startup-config"]), node["startup-config"])
  const ends = lab.topology.links.flatMap(({ endpoints }) => endpoints)
  assert.equal(new Set(ends).size, ends.length, "two cables in one port")
  const routed = new Set(Object.keys(lab.topology.nodes))
  const cables = topology.links.filter(({ a, b }) => routed.has(a.router) && routed.has(b.router))
  assert.equal(lab.topology.links.length, cables.length)
})

const schema = containerlabSchema()
const VALIDATE = `
import json, sys, jsonschema
schema, lab = (json.load(open(path)) for path in sys.argv[1:3])
jsonschema.Draft7Validator(schema).validate(lab)`
test("containerlab's own schema accepts the file", {
  skip: schema === undefined && "ISPVM_CONTAINERLAB_SCHEMA names no clab.schema.json",
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-clab-"))
  const validate = (lab: unknown): number | null => {
    writeFileSync(join(folder, "lab.json"), JSON.stringify(lab))
    const args = ["-c", VALIDATE, schema ?? "", join(folder, "lab.json")]
    return spawnSync("python3", args).status
  }
  const lab: unknown = parse(text(clab, "anatolia.clab.yml"))
  assert.equal(validate(lab), 0)
  assert.notEqual(validate({ ...Object(lab), other: 1 }), 0, "the validation can fail")
  rmSync(folder, { recursive: true })
})

test("a topology becomes a lab of EVE-NG: every interface is in one network, every network has two", () => {
  const xml = text(unl, "anatolia.unl")
  const ids = [...xml.matchAll(/<node id="(\d+)" name="([\w-]+)" type="qemu" template="mikrotik"/g)]
  assert.deepEqual(
    ids.map(([, id, name]) => [Number(id), name]),
    nodes.map(({ name }, n) => [n + 1, name]),
  )
  const used = [
    ...xml.matchAll(/<interface id="\d+" name="ether\d+" type="ethernet" network_id="(\d+)"\/>/g),
  ]
  const networks = [...xml.matchAll(/<network id="(\d+)" type="bridge" name="([\w-]+)"/g)]
  assert.equal(networks.length, links.length)
  for (const [, id] of networks)
    assert.equal(used.filter(([, network]) => network === id).length, 2, `network ${id}`)
  const configs = [...xml.matchAll(/<config id="(\d+)">([A-Za-z0-9+/=]+)<\/config>/g)]
  assert.deepEqual(
    configs.map(([, , base64]) => Buffer.from(base64 ?? "", "base64").toString()),
    nodes.map(({ name }) => text(unl, `configs/${name}.rsc`)),
  )
})

test("what containerlab would reject, the check of the file rejects", () => {
  const lab: unknown = parse(text(clab, "anatolia.clab.yml"))
  const own = Clab.parse(lab)
  const [first = ""] = Object.keys(own.topology.nodes)
  const node = own.topology.nodes[first]
  for (const wrong of [
    { ...own, other: 1 },
    { ...own, name: "with space" },
    { ...own, topology: { ...own.topology, links: [{ endpoints: [`${first}:ether2`] }] } },
    {
      ...own,
      topology: {
        ...own.topology,
        links: [{ endpoints: [`${first}:ether1`, `${first}:ether2`] }],
      },
    },
    { ...own, topology: { ...own.topology, nodes: { [first]: { ...node, kind: "router" } } } },
  ])
    assert.equal(Clab.safeParse(wrong).success, false, JSON.stringify(wrong).slice(0, 80))
})

/** What EVE-NG reads of each element: its parent, and the form of each attribute. */
const N = /^\d+$/
const WORD = /^[\w.-]+$/
const UNL: Readonly<Record<string, readonly [parent: string, Readonly<Record<string, RegExp>>]>> = {
  lab: ["", { name: WORD, version: N, scripttimeout: N, lock: /^[01]$/ }],
  topology: ["lab", {}],
  nodes: ["topology", {}],
  node: [
    "nodes",
    {
      ...{ id: N, name: WORD, type: /^qemu$/, template: /^mikrotik$/, image: /^mikrotik-/ },
      ...{ console: /^telnet$/, cpu: N, cpulimit: /^[01]$/, ram: N, ethernet: N },
      ...{ uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, delay: N, icon: /^\w+\.png$/ },
      ...{ config: /^[01]$/, left: N, top: N },
    },
  ],
  interface: ["node", { id: N, name: /^ether\d+$/, type: /^ethernet$/, network_id: /^[1-9]\d*$/ }],
  networks: ["topology", {}],
  network: [
    "networks",
    { id: N, type: /^bridge$/, name: WORD, left: N, top: N, visibility: /^[01]$/ },
  ],
  objects: ["lab", {}],
  configs: ["objects", {}],
  config: ["configs", { id: N }],
}
/** Elements that are not as above. */
const unlProblems = (xml: string): readonly string[] => {
  const problems: string[] = []
  const open: string[] = [""]
  for (const [, end, name = "", rest = "", empty] of xml.matchAll(
    /<(\/)?(\w+)((?: \w+="[^"<]*")*)(\/)?>/g,
  )) {
    if (end !== undefined) {
      if (open.pop() !== name) problems.push(`</${name}> without its beginning`)
      continue
    }
    const [parent, expected] = UNL[name] ?? ["?", {}]
    if (parent !== open.at(-1)) problems.push(`<${name}> in <${open.at(-1)}>`)
    const given = new Map(
      [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    )
    for (const [key, form] of Object.entries(expected))
      if (!form.test(given.get(key) ?? "")) problems.push(`${name} ${key}=${given.get(key)}`)
    for (const key of given.keys())
      if (!Object.hasOwn(expected, key ?? "")) problems.push(`${name} has ${key}`)
    if (empty === undefined) open.push(name)
  }
  return open.length === 1 ? problems : [...problems, `open: ${open.join()}`]
}
test("each element of EVE-NG's file has the attributes that EVE-NG reads, in their form", () => {
  const xml = text(unl, "anatolia.unl")
  assert.deepEqual(unlProblems(xml), [])
  for (const [was, wrong] of [
    ['type="qemu"', 'type="docker"'],
    ["<networks>", "<nets>"],
    [' network_id="1"', ' network_id="0"'],
    ["</nodes>", ""],
  ] as const)
    assert.notDeepEqual(unlProblems(xml.replace(was, wrong)), [], wrong)
})

test("EVE-NG's file is well-formed XML", {
  skip: spawnSync("python3", ["-c", ""]).status !== 0 && "python3 is not installed",
}, () => {
  const read = (input: string) =>
    spawnSync("python3", ["-c", "import sys, xml.dom.minidom as m; m.parse(sys.stdin)"], { input })
      .status
  assert.equal(read(text(unl, "anatolia.unl")), 0)
  assert.notEqual(read("<lab><a></lab>"), 0)
})

test("each script is accepted by the release of its router", () => {
  const shapes = new Set<string>()
  for (const { name, version } of nodes) {
    const release = releaseNamed(version)
    assert.ok(release !== undefined, version)
    // The product's own table has no BFD; `rsc:check` with recorded command trees checks it too.
    const source = text(clab, `configs/${name}.rsc`).replace(
      /^\/routing bfd configuration\n(?:add .*\n)*/m,
      "",
    )
    const result = checkScript(source, release)
    assert.ok(result.ok, `${name}: ${JSON.stringify(result)}`)
    shapes.add(version)
  }
  assert.ok(shapes.size >= 7, [...shapes].join(" "))
})

test("both ends of a cable are in one network, and no address is used twice", () => {
  const addresses = nodes.flatMap(({ router }) => [
    router.routerId,
    router.address,
    ...router.interfaces.map(({ address }) => address),
  ])
  assert.equal(new Set(addresses).size, addresses.length)
  for (const { router } of nodes)
    for (const { link, address, peerAddress } of router.interfaces) {
      const other = nodes
        .flatMap((node) => node.router.interfaces)
        .find((each) => each.link === link && each.address !== address)
      assert.deepEqual([other?.address, other?.peerAddress], [peerAddress, address])
    }
})
