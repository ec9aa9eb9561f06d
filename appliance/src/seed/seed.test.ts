/** What a seed sets, and how each of its mistakes is named while the rest is still applied. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { SeedProblem } from "./model.ts"
import { parseSeedFiles, type SeedFiles } from "./seed-files.ts"

const HASH = `scrypt$32768$8$3$${"a".repeat(22)}$${"b".repeat(43)}`
const KEY = `ssh-ed25519 ${"A".repeat(68)} ada@example.net`
const cloud = (text: string): string => `#cloud-config\n${text}`
const faults = (files: SeedFiles): readonly string[] =>
  parseSeedFiles(files).problems.map(({ key, fault, detail }: SeedProblem) =>
    [key, fault, ...(detail === null ? [] : [detail])].join(" | "),
  )

const WHOLE = cloud(`
hostname: NOC1
manage_etc_hosts: true
ssh_authorized_keys: ["${KEY}"]
ntp: {enabled: true, servers: [192.0.2.123], pools: [pool.example.net]}
ispvm:
  network:
    addresses: [192.0.2.10/24, "2001:db8::10/64"]
    gateways: 192.0.2.1
    dns: [192.0.2.53]
    search: [example.net]
  organisation: Example ISP
  administrator: {name: Ada, email: Ada@Example.net, password_hash: "${HASH}"}
  agents:
    - {name: pop-1, secret: ${"x".repeat(43)}}
`)

test("every key of a seed is read, with cloud-init's own beside ours", () => {
  assert.deepEqual(parseSeedFiles({ "user-data": WHOLE }), {
    seed: {
      hostname: "noc1",
      sshKeys: [KEY],
      ntp: ["192.0.2.123", "pool.example.net"],
      network: [
        {
          match: null,
          dhcp: false,
          addresses: ["192.0.2.10/24", "2001:db8::10/64"],
          gateways: ["192.0.2.1"],
          dns: ["192.0.2.53"],
          search: ["example.net"],
        },
      ],
      organisation: "Example ISP",
      administrator: { name: "Ada", email: "ada@example.net", passwordHash: HASH },
      agents: [{ name: "pop-1", secret: "x".repeat(43), validHours: 24 }],
    },
    problems: [],
    ignored: ["manage_etc_hosts"],
  })
})

const MISTAKES: readonly (readonly [string, string, readonly string[]])[] = [
  ["an unknown key of ours", "ispvm: {hostnam: x}", ["hostnam | unknown-key"]],
  ["an unknown key beside ours", "isvpm: {hostname: x}", ["isvpm | unknown-key"]],
  [
    "an address that is none",
    "ispvm: {network: {addresses: [192.0.2.300/24]}}",
    ["network.addresses[0] | wrong-value | 192.0.2.300/24"],
  ],
  [
    "an address without its prefix",
    "ispvm: {network: {addresses: 192.0.2.10}}",
    ["network.addresses[0] | wrong-value | 192.0.2.10"],
  ],
  [
    "an unknown key of a group",
    "ispvm: {network: {adresses: [192.0.2.10/24]}}",
    ["network.adresses | unknown-key"],
  ],
  ["a host name with a blank", "hostname: my host", ["hostname | wrong-value | my host"]],
  [
    "a password in place of its hash, which is not repeated",
    "ispvm: {organisation: X, administrator: {name: A, email: a@b.example, password_hash: secret}}",
    ["administrator.password_hash | wrong-value", "administrator | wrong-value | missing"],
  ],
  [
    "a hash that is too cheap",
    `ispvm: {organisation: X, administrator: {name: A, email: a@b.example, password_hash: "${HASH.replace("32768", "01024")}"}}`,
    ["administrator.password_hash | wrong-value", "administrator | wrong-value | missing"],
  ],
  ["an organisation alone", "ispvm: {organisation: X}", ["administrator | wrong-value | missing"]],
  [
    "a private key among the SSH keys, which is not repeated",
    'ssh_authorized_keys: ["-----BEGIN OPENSSH PRIVATE KEY-----"]',
    ["ssh_authorized_keys[0] | wrong-value"],
  ],
  [
    "a certificate without its key",
    "ispvm: {certificate: {chain: x, key: y}}",
    ["certificate | wrong-value | key and certificate"],
  ],
  ["no map at all", "- a\n- b", ["user-data | unreadable | not a map of keys"]],
  ["broken YAML", "hostname: [a", ["user-data | unreadable | line 2: BAD_INDENT"]],
]
for (const [name, text, expected] of MISTAKES)
  test(`named: ${name}`, () => assert.deepEqual(faults({ "user-data": cloud(text) }), expected))

test("the rest of a seed with mistakes is applied", () => {
  const { seed } = parseSeedFiles({
    "user-data": cloud(
      "hostname: noc2\nispvm: {network: {addresses: [nonsense]}, ntp: [192.0.2.1], x: 1}",
    ),
  })
  assert.deepEqual(seed, { hostname: "noc2", ntp: ["192.0.2.1"] })
})

test("a script in place of cloud-config is named", () => {
  assert.deepEqual(faults({ "user-data": "#!/bin/sh\nreboot\n" }), [
    "user-data | unreadable | the first line is not #cloud-config",
  ])
})

test("host name and keys of meta-data are used, those of user-data before them", () => {
  const meta = `instance-id: i-1\nlocal-hostname: from-meta\npublic-keys: ["${KEY}"]\n`
  assert.deepEqual(parseSeedFiles({ "meta-data": meta }).seed, {
    hostname: "from-meta",
    sshKeys: [KEY],
  })
  const { seed } = parseSeedFiles({ "meta-data": meta, "user-data": cloud("hostname: mine") })
  assert.equal(seed.hostname, "mine")
})

test("networks of cloud-init, version 1 as Proxmox writes it and version 2", () => {
  const first = `version: 1
config:
    - type: physical
      name: eth0
      mac_address: 'bc:24:11:00:00:01'
      subnets:
      - type: static
        address: '192.168.1.10'
        netmask: '255.255.255.0'
        gateway: '192.168.1.1'
    - type: nameserver
      address: ['192.168.1.1']
      search: ['example.com']
`
  const second = `network:
  version: 2
  ethernets:
    eth0:
      match: {macaddress: "bc:24:11:00:00:01"}
      addresses: [192.168.1.10/24]
      routes: [{to: default, via: 192.168.1.1}]
      nameservers: {addresses: [192.168.1.1], search: [example.com]}
`
  const expected = [
    {
      match: "bc:24:11:00:00:01",
      dhcp: false,
      addresses: ["192.168.1.10/24"],
      gateways: ["192.168.1.1"],
      dns: ["192.168.1.1"],
      search: ["example.com"],
    },
  ]
  for (const text of [first, second]) {
    const { seed, problems } = parseSeedFiles({ "network-config": text })
    assert.deepEqual(problems, [])
    assert.deepEqual(seed.network, expected)
  }
})

test("parts of a network that are not supported are named", () => {
  assert.deepEqual(
    faults({
      "network-config":
        "version: 2\nbonds: {b0: {}}\nethernets: {eth0: {dhcp4: true, mtu: 9000}}\n",
    }),
    ["network-config: bonds | not-supported", "network-config: ethernets.eth0.mtu | not-supported"],
  )
  assert.deepEqual(faults({ "network-config": "version: 3\n" }), [
    "network-config: version 3 | not-supported",
  ])
})

test("properties of an OVF", () => {
  const xml = `<?xml version="1.0"?><Environment xmlns:oe="http://schemas.dmtf.org/ovf/environment/1">
<PropertySection>
<Property oe:key="hostname" oe:value="noc3"/>
<Property oe:key="addresses" oe:value="192.0.2.10/24, 2001:db8::10/64"/>
<Property oe:key="gateways" oe:value="192.0.2.1"/>
<Property oe:key="ntp" oe:value=""/>
<Property oe:value='A &amp; B' oe:key='organisation'/>
<Property oe:key="administrator_name" oe:value="Ada"/>
<Property oe:key="administrator_email" oe:value="ada@example.net"/>
<Property oe:key="administrator_password_hash" oe:value="${HASH}"/>
<Property oe:key="colour" oe:value="red"/>
</PropertySection></Environment>`
  const { seed, problems } = parseSeedFiles({ "ovf-env.xml": xml })
  assert.equal(seed.hostname, "noc3")
  assert.deepEqual(seed.network?.[0]?.addresses, ["192.0.2.10/24", "2001:db8::10/64"])
  assert.equal(seed.organisation, "A & B")
  assert.equal(seed.administrator?.passwordHash, HASH)
  assert.deepEqual(problems, [{ key: "colour", fault: "unknown-key", detail: null }])
  const inside = Buffer.from(cloud("hostname: noc4")).toString("base64")
  const { seed: other } = parseSeedFiles({
    "ovf-env.xml": `<Property oe:key="user-data" oe:value="${inside}"/>`,
  })
  assert.equal(other.hostname, "noc4")
})

test("no text makes the parser throw", () => {
  fc.assert(
    fc.property(fc.string(), fc.json(), (text, json) => {
      parseSeedFiles({
        "user-data": cloud(text),
        "meta-data": json,
        "network-config": text,
        "ovf-env.xml": `<Property oe:key="${text}" oe:value="${json}"/>`,
      })
      parseSeedFiles({ "user-data": cloud(`ispvm: ${json}`), "network-config": json })
    }),
    { numRuns: 300 },
  )
})
