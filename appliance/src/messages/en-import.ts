/** Why a line of an imported list is rejected, in English. */
import type { Message, Params } from "../api/messages.ts"
import type { Catalogue, ImportCode } from "./catalogue.ts"

const BROKEN: Readonly<Record<Params["import.not-a-table"]["why"], string>> = {
  "quote-open": "a quotation mark is opened and never closed",
  "quote-inside":
    "a quotation mark is in the middle of a cell: quote the whole cell, and double the mark inside",
  "text-after-quote":
    "text follows the closing quotation mark of a cell: double a quotation mark inside a cell",
  other: "cannot be read as a table",
}

/** `text` renders a message within another. */
export const enImport = (text: (message: Message) => string): Pick<Catalogue, ImportCode> => ({
  "import.too-many": ({ limit }) => `at most ${limit} lines at once`,
  "import.unreadable-character": () => "contains an unreadable character: save the list as UTF-8",
  "import.fingerprint-without-tls": () =>
    "contradicts api_tls no: without TLS a router has no certificate",
  "import.half-position": ({ other }) => `is empty, but ${other} is not`,
  "import.position-without-site": () => "is empty: latitude and longitude need a site",
  "import.name-twice": ({ name, line }) => `${name} is in line ${line} already`,
  "import.other-position": ({ line, latitude, longitude, site }) =>
    `line ${line} has ${latitude}, ${longitude} for ${site}`,
  "import.no-header": () => "the header is missing: the first line must contain the column names",
  "import.cell-without-column-name": ({ cell }) =>
    `${cell} is in a column without a name in the header`,
  "import.too-many-cells": ({ cells, columns, cell }) =>
    `has ${cells} cells, but the header has ${columns}: ${cell} has no column`,
  "import.column-missing": () => "is missing in the header",
  "import.column-unknown": ({ columns }) => `is not a column; expected ${columns}`,
  "import.column-twice": () => "is twice in the header",
  "import.not-a-table": ({ why }) => BROKEN[why],
  "import.not-found": ({ what, cell }) => `there is no ${what} ${cell}`,
  "import.text": ({ cell, why }) => {
    const faults = why.map(text).join(" and ")
    return cell === "" ? faults : `${cell} ${faults}`
  },
  "import.empty": () => "must not be empty",
  "import.address": ({ cell }) => `${cell} is neither an IP address nor a host name`,
  "import.degrees": ({ cell }) => `${cell} is not a number of degrees like 46.5`,
  "import.degrees-range": ({ cell, side, limit }) =>
    `${cell} is ${side === "above" ? "more" : "less"} than ${limit}`,
  "import.port": ({ cell }) => `${cell} is not a port; ports are 1 to 65535`,
  "import.yes-no": ({ cell }) => `${cell} is neither yes nor no`,
  "import.roles": ({ cells, roles }) =>
    `${cells.length === 1 ? "there is no role" : "there are no roles"} ${cells.join(", ")}; roles are ${roles}`,
  "import.tags": ({ cells }) =>
    `${cells.join(", ")} ${cells.length === 1 ? "is not a tag" : "are not tags"}: letters, digits and ._:- only, 64 at most, with ; between tags`,
  "import.too-many-tags": ({ tags, limit }) => `has ${tags} tags; at most ${limit}`,
  "import.tags-without-site": () => "is empty: site_tags needs a site",
  "import.other-tags": ({ line, tags, site }) => `line ${line} has ${tags} for ${site}`,
  "import.fingerprint": ({ cell }) =>
    `${cell} is not a SHA-256 fingerprint: 64 hex digits, with or without colons`,
  "import.capacity": ({ cell }) => `${cell} is not a number of bit/s above zero`,
  "import.choice": ({ cell, choices }) => `${cell} is none of ${choices}`,
  "import.same-device": () => "is the device of the other end",
  "import.link-twice": ({ line }) => `the same link is in line ${line} already`,
  "import.interface-linked": ({ cell }) => `${cell} is an end of another link`,
})
