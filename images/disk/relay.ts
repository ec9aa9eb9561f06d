/** Joins standard input and output with a TCP port: QEMU starts it for each connection of a guest. */
import { connect } from "node:net"

const [host = "", port = ""] = process.argv.slice(2)
const socket = connect(Number(port), host)
socket.on("error", () => process.exit(1)).on("close", () => process.exit(0))
process.stdin.pipe(socket).pipe(process.stdout)
