/** The bytes of a record: its value, and a filling by which a reader knows that they are whole. */

/** `value` (without `|`), filled up to `sizeBytes` where it is shorter. */
export function payloadOf(value: string, sizeBytes: number): Buffer {
  const fillingLength = Math.max(0, sizeBytes - value.length - 8)
  return Buffer.from(`${value}|${fillingLength}|${filling(value, fillingLength)}`)
}

/** The value of a record's bytes; other bytes than {@link payloadOf} makes give a text that no value has. */
export function valueIn(payload: Buffer | null): string {
  const text = payload?.toString() ?? ''
  const [value = '', length = '', rest] = text.split('|')
  if (rest !== undefined && rest === filling(value, Number(length))) return value
  return `damaged: ${text.slice(0, 100)}`
}

/** Repeats the value, so that bytes of another record aren't taken for it. */
function filling(value: string, length: number): string {
  return value.repeat(Math.ceil(length / Math.max(1, value.length))).slice(0, length)
}
