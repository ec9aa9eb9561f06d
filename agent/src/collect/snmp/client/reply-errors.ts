/** What prevented an answer, for the message that explains why there is none. */
export type ReplyErrors = {
  malformed: number
  "wrong-digest": number
  "not-decrypted": number
  "less-secure": number
}
