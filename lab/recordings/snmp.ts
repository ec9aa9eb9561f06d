/**
 * SNMP walks: what the agent reads of a device compared with what LibreNMS made of the same walk.
 */
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { Facts, Sample } from "@ispvm/wire"
import { parseSnmprec } from "../simulator/routers/recordings.ts"
import type { Value } from "../simulator/routers/snmp-message.ts"
import type { Cause, Finding, RecordingKind } from "./result.ts"
import { type Played, play } from "./snmp-play.ts"
import { NOT_COLLECTED, OTHER_UNITS } from "./snmp-purpose.ts"
import { amountsOf, CLASSES, isRepeated, RADIO_CLASSES, take } from "./snmp-values.ts"

type Row = Readonly<Record<string, unknown>>
type Expected = Readonly<Record<string, Readonly<Record<"discovery" | "poller", unknown>>>>
/** One expected value, before its device is known. */
type Found = Omit<Finding, "device" | "vendor">

/** Polled rows if they differ from the discovered ones. */
const rowsOf = (expected: Expected, module: string, table: string): readonly Row[] => {
  const phases = expected[module]
  if (phases === undefined) return []
  for (const phase of [phases.poller, phases.discovery])
    if (typeof phase === "object" && phase !== null) {
      const rows = (phase as Readonly<Record<string, unknown>>)[table]
      if (Array.isArray(rows)) return rows as Row[]
    }
  return []
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? "" : String(value)
const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^v(?=\d)/, "")
    .replace(/[^a-z0-9]/g, "")

/** `<private>`, `355654XXXXXXXXX`: replaced by the people who gave the recording. */
const isMasked = (text: string): boolean => /^<private>$|x{4,}|^\*+$/i.test(text)
/** One contains the other, but for case and punctuation. */
const isAlike = (a: string, b: string): boolean =>
  bare(a) !== "" && bare(b) !== "" && (bare(a).includes(bare(b)) || bare(b).includes(bare(a)))

const identity = (expected: Expected, facts: Facts | null): Found[] => {
  const [device = {}] = rowsOf(expected, "os", "devices")
  const pairs = [
    ["model", device.hardware, facts?.board],
    ["version", device.version, facts?.version],
    ["serial", device.serial, facts?.serial],
  ] as const
  return pairs.flatMap(([what, wanted, got]): Found[] => {
    const text = textOf(wanted)
    if (text === "") return []
    const cause: Cause | null = isAlike(text, textOf(got))
      ? null
      : isMasked(text)
        ? "masked"
        : "ours"
    return [
      { family: "identity", what: `${what} ${text}`, cause, expected: text, got: textOf(got) },
    ]
  })
}

/** What the recording holds, as text. */
type Walk = ReadonlyMap<string, string>

const oidsOf = (row: Row): readonly string[] => {
  const list = textOf(row.sensor_oids)
  return (list === "" ? [textOf(row.sensor_oid)] : (JSON.parse(list) as string[])).map((oid) =>
    oid.replace(/^\./, ""),
  )
}

/** 0 ok, 1 warning, 2 critical, 3 unknown: of a state's value. */
const genericOf = (states: readonly Row[], name: string, value: number): number | null => {
  const found = states.find(
    (state) => textOf(state.state_name) === name && Number(state.state_value) === value,
  )
  return found === undefined ? null : Number(found.state_generic_value)
}

const UNKNOWN = 3

/** A class, its value in the product's unit, and what its state means. */
const wantedOf = (row: Row, states: readonly Row[], isRadio: boolean) => {
  const kind = textOf(row.sensor_class)
  const type = textOf(row.sensor_type)
  const [unit, factor] = (isRadio ? RADIO_CLASSES : CLASSES)[kind] ?? [kind, 1]
  const current = Number(row.sensor_current)
  const generic = genericOf(states, textOf(row.state_name ?? type), current)
  const isUnknown = unit === "state" && (generic === UNKNOWN || generic === null)
  return {
    kind,
    type,
    unit,
    isUnknown,
    value: unit === "state" ? Number(generic === 0) : current * factor,
  }
}

const sensorCause = (
  row: Row,
  { kind, type, unit, value, isUnknown }: ReturnType<typeof wantedOf>,
  amounts: ReturnType<typeof amountsOf>,
  walk: Walk,
): Cause | null => {
  const name = textOf(row.sensor_descr)
  if (row.sensor_current === null) return "masked"
  if (take(amounts, name, unit, value) !== null) return null
  const other = OTHER_UNITS.find(({ match }) => match.test(`radio ${kind} ${type}`))
  if (other !== undefined && take(amounts, name, unit, value * other.factor) !== null) return "unit"
  const raw = oidsOf(row).flatMap((oid) => walk.get(oid) ?? [])
  // "0.03 mW (-14.61 dBm)": the other reader takes the first number of a text.
  const inText = raw.flatMap((text) => /\((-?\d+(?:\.\d+)?) dBm\)/.exec(text)?.[1] ?? [])
  if (inText.some((text) => take(amounts, name, unit, Number(text)) !== null)) return "unit"
  if (isUnknown) return "purpose"
  if (raw.length === 0) return "masked"
  return isRepeated(amounts, unit, value) ? "purpose" : "ours"
}

const sensors = (
  expected: Expected,
  amounts: ReturnType<typeof amountsOf>,
  walk: Walk,
  isRadio: boolean,
): Found[] => {
  const [module, table] = isRadio ? ["wireless", "wireless_sensors"] : ["sensors", "sensors"]
  const states = rowsOf(expected, "sensors", "state_indexes")
  return rowsOf(expected, module, table).map((row): Found => {
    const wanted = wantedOf(row, states, isRadio)
    const { kind, type, unit, value } = wanted
    const near = amounts.filter((each) => each.unit === unit).slice(0, 4)
    return {
      family: isRadio ? "radio" : kind === "state" ? "state" : "sensor",
      what: `${kind} ${type} ${textOf(row.sensor_descr)}`,
      cause: sensorCause(row, wanted, amounts, walk),
      expected: `${value} ${unit}`,
      got: near.map((each) => `${each.name} ${each.value}`).join(", ") || "nothing",
    }
  })
}

const health = (samples: readonly Sample[]) => samples.find((sample) => sample.kind === "health")

const processors = (expected: Expected, samples: readonly Sample[]): Found[] => {
  const rows = rowsOf(expected, "processors", "processors")
  if (rows.length === 0) return []
  const loads = rows.map((row) => Number(row.processor_usage))
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length
  const got = health(samples)?.cpuRatio ?? null
  const percent = got === null ? null : got * 100
  const named = samples.flatMap((sample) =>
    sample.kind === "sensor" && sample.unit === "%" ? [sample.value] : [],
  )
  return rows.map((row, i): Found => {
    const load = loads[i] ?? 0
    const isRight =
      named.some((value) => Math.abs(value - load) <= 1) ||
      (percent !== null &&
        [load, ...(rows.length > 1 ? [mean] : [])].some((each) => Math.abs(each - percent) <= 1))
    return {
      family: "processor",
      what: textOf(row.processor_descr),
      cause: isRight ? null : "ours",
      expected: `${load} %`,
      got: `${percent} %, ${named.join(" ")}`,
    }
  })
}

const memories = (expected: Expected, samples: readonly Sample[]): Found[] => {
  const got = health(samples)
  const percent =
    got?.memoryUsedByte == null || got.memoryTotalByte == null || got.memoryTotalByte === 0
      ? null
      : (got.memoryUsedByte / got.memoryTotalByte) * 100
  const named = samples.flatMap((sample) =>
    sample.kind === "sensor" && sample.unit === "%" ? [sample.value] : [],
  )
  return rowsOf(expected, "mempools", "mempools").map((row): Found => {
    const wanted = Number(row.mempool_perc)
    const isRight = [percent, ...named].some(
      (each) => each !== null && Math.abs(each - wanted) <= 1,
    )
    const what = textOf(row.mempool_descr)
    return {
      family: "memory",
      what,
      cause: isRight ? null : "ours",
      expected: `${wanted} %`,
      got: `${percent} %`,
    }
  })
}

const sessions = (expected: Expected, samples: readonly Sample[]): Found[] => {
  const peers = samples.filter((sample) => sample.kind === "bgp")
  const peerOf = (row: Row) =>
    peers.find(({ peer }) => peer === addressOf(textOf(row.bgpPeerIdentifier)))
  const states = rowsOf(expected, "bgp-peers", "bgpPeers").map((row): Found => {
    const got = peerOf(row)
    const isRight =
      got?.state === textOf(row.bgpPeerState) && got.remoteAs === Number(row.bgpPeerRemoteAs)
    return {
      family: "bgp",
      what: textOf(row.bgpPeerIdentifier),
      cause: isRight ? null : "ours",
      expected: `${textOf(row.bgpPeerState)} AS${textOf(row.bgpPeerRemoteAs)}`,
      got: `${got?.state} AS${got?.remoteAs}`,
    }
  })
  const prefixes = rowsOf(expected, "bgp-peers", "bgpPeers_cbgp").flatMap((row): Found[] => {
    const [accepted, sent] = [row.AcceptedPrefixes, row.AdvertisedPrefixes].map(Number)
    const address = addressOf(textOf(row.bgpPeerIdentifier))
    const isRight = peers.some(
      ({ peer, prefixesReceived, prefixesSent }) =>
        (peer === address || peer.startsWith(`${address} `)) &&
        prefixesReceived === accepted &&
        (prefixesSent === sent || prefixesSent === null || sent === 0),
    )
    const isUnknown = accepted === 0 && sent === 0
    return [
      {
        family: "bgp prefixes",
        what: `${address} ${textOf(row.afi)} ${textOf(row.safi)}`,
        cause: isRight ? null : isUnknown ? "masked" : "ours",
        expected: `${accepted} received, ${sent} sent`,
        got: `${peerOf(row)?.prefixesReceived} received, ${peerOf(row)?.prefixesSent} sent`,
      },
    ]
  })
  return [...states, ...prefixes]
}
const addressOf = (text: string): string => text.toLowerCase()

const neighbours = (expected: Expected, samples: readonly Sample[]): Found[] => {
  const got = samples.filter((sample) => sample.kind === "ospf")
  return rowsOf(expected, "ospf", "ospf_nbrs").map((row): Found => {
    const router = textOf(row.ospfNbrRtrId)
    const wanted = textOf(row.ospfNbrState).toLowerCase()
    const own = got.filter(({ neighbour }) => neighbour.startsWith(`${router} `))
    const isRight = own.some(({ state }) => bare(state ?? "").startsWith(bare(wanted).slice(0, 8)))
    return {
      family: "ospf",
      what: router,
      cause: isRight ? null : "ours",
      expected: wanted,
      got: own.map(({ state }) => state).join(", "),
    }
  })
}

const links = (expected: Expected, { tables }: Played): Found[] =>
  rowsOf(expected, "links", "links").map((row): Found => {
    const host = textOf(row.remote_hostname)
    const port = textOf(row.remote_port)
    const known = tables.neighbours ?? []
    const isRight = known.some(
      (remote) =>
        isAlike(textOf(remote.identity ?? remote.chassisId), host) &&
        (port === "" ||
          [remote.remotePort, remote.remotePortDescription].some((each) =>
            isAlike(textOf(each), port),
          )),
    )
    return {
      family: "neighbours",
      what: `${textOf(row.protocol)} ${host}`,
      cause: isRight ? null : "ours",
      expected: `${host} ${port}`,
      got: known.map(({ identity: name, remotePort }) => `${name} ${remotePort}`).join(", "),
    }
  })

const vlans = (expected: Expected, { tables }: Played): Found[] =>
  rowsOf(expected, "vlans", "vlans").map((row): Found => {
    const id = textOf(row.vlan_vlan)
    const got = tables.vlans?.find(({ vlanId }) => vlanId === id)
    const name = textOf(row.vlan_name)
    const isRight =
      got !== undefined &&
      (got.name === undefined || isAlike(textOf(got.name), name) || name === "")
    return {
      family: "vlans",
      what: id,
      cause: isRight ? null : "ours",
      expected: name,
      got: textOf(got?.name),
    }
  })

const STATES = ["", "up", "down"]
const portCause = (row: Row, state: string, walk: Walk): Cause => {
  const recorded = walk.get(`1.3.6.1.2.1.2.2.1.8.${textOf(row.ifIndex)}`)
  if (recorded === undefined) return "masked"
  return STATES[Number(recorded)] === state ? "ours" : "purpose"
}

const ports = (expected: Expected, samples: readonly Sample[], walk: Walk): Found[] => {
  const got = samples.filter((sample) => sample.kind === "interface")
  const names = new Map(got.map((sample) => [bare(sample.interface), sample]))
  return rowsOf(expected, "ports", "ports").flatMap((row): Found[] => {
    const state = textOf(row.ifOperStatus)
    const name = textOf(row.ifName) || textOf(row.ifDescr)
    if (state === "" || name === "") return []
    const own =
      names.get(bare(name)) ??
      names.get(bare(textOf(row.ifDescr))) ??
      got.find((sample) => sample.interface.startsWith(`${name} (`))
    const isRight = own !== undefined && own.running === (state === "up")
    return [
      {
        family: "ports",
        what: name,
        cause: isRight ? null : portCause(row, state, walk),
        expected: state,
        got: own === undefined ? "nothing" : String(own.running),
      },
    ]
  })
}

const expectedOf = (folder: string, name: string): Expected | null => {
  const path = join(folder, "snmp", `${name}.expected.json`)
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Expected) : null
}

const compare = async (folder: string, name: string): Promise<readonly Finding[]> => {
  const expected = expectedOf(folder, name)
  if (expected === null) return []
  const mib = parseSnmprec(readFileSync(join(folder, "snmp", `${name}.snmprec`), "latin1"))
  const walk: Walk = new Map(mib.map(({ oid, read }) => [oid.join("."), shownOf(read(0))]))
  const played = await play(mib)
  const amounts = amountsOf(played.samples)
  const found = [
    ...identity(expected, played.facts),
    ...ports(expected, played.samples, walk),
    ...processors(expected, played.samples),
    ...memories(expected, played.samples),
    ...sensors(expected, amounts, walk, true),
    ...sensors(expected, amounts, walk, false),
    ...sessions(expected, played.samples),
    ...neighbours(expected, played.samples),
    ...links(expected, played),
    ...vlans(expected, played),
  ]
  const vendor = played.facts?.vendor ?? "unknown"
  const device = basename(name)
  const failed = played.failures.map((failure) => ({
    family: "collectors",
    what: failure,
    cause: "ours" as const,
  }))
  return [...found, ...failed].map((each) => {
    const isReasoned =
      each.cause === "ours" &&
      NOT_COLLECTED.some(
        (reason) =>
          (reason.vendor ?? vendor) === vendor && reason.match.test(keyOf(each.family, each.what)),
      )
    return { ...each, ...(isReasoned ? { cause: "purpose" as const } : {}), device, vendor }
  })
}

/** States have their class in what they are called. */
const keyOf = (family: string, what: string): string =>
  family === "state" || family === "sensor" ? what : `${family} ${what}`

const shownOf = (value: Value): string => {
  if (!("value" in value)) return ""
  return value.value instanceof Uint8Array
    ? Buffer.from(value.value).toString("latin1")
    : String(value.value)
}

export const snmpRecordings: RecordingKind = {
  name: "snmp",
  cases: (folder) =>
    globSync("snmp/*/*.expected.json", { cwd: folder })
      .map((file) => file.replace(/^snmp\//, "").replace(/\.expected\.json$/, ""))
      .toSorted(),
  compare,
}
