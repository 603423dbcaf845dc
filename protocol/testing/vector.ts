/**
 * Test vectors of the protocol: a message's name, version, value and bytes as another implementation wrote them, one
 * JSON object a line. `bytes` and `records` are base64, uuids base64url, integers beyond 2^53 plain digits or a string.
 */
import { isDeepStrictEqual } from 'node:util'
import type { AnyMessage } from '../every-message.ts'
import { messagesByName } from '../every-message.ts'
import { inRange, layout, type Slot } from '../schema/layout.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'

interface Vector {
  readonly message: string
  readonly version: number
  readonly value: unknown
  readonly hex: string
}

/** Checks one line: encoding the value gives the bytes, decoding the bytes the value. Null, or what is wrong. */
export function checkVector(line: string): string | null {
  let title = 'a line that is not a vector'
  try {
    const { message, version, value, hex } = JSON.parse(quoteLongIntegers(line)) as Vector
    title = `${message} version ${version}`
    const declared = messagesByName.get(message)
    if (declared === undefined) return `${title}: no such message`
    return check(declared, version, value, hex) ?? null
  } catch (error) {
    return `${title}: ${error instanceof Error ? error.message : error}`
  }
}

function check(message: AnyMessage, version: number, json: unknown, hex: string): string | undefined {
  const title = `${message.name} version ${version}`
  const codec = message.codec(version)
  const slots = layout(message.fields, version, inRange(message.flexible, version))
  const expected = structOf(slots, json)
  const writer = new Writer()
  codec.encode(writer, expected)
  const encoded = writer.finishBuffer().toString('hex')
  if (encoded !== hex) return `${title}: encodes to ${firstDifference(encoded, hex)}`
  const reader = new Reader(Buffer.from(hex, 'hex'))
  const decoded = codec.decode(reader)
  if (reader.remaining > 0) return `${title}: decoding leaves ${reader.remaining} bytes`
  return difference(slots, expected, decoded, title)
}

/** JSON.parse rounds integers beyond 2^53: puts them in quotes first. */
function quoteLongIntegers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, token => (/^-?\d{16,}$/.test(token) ? `"${token}"` : token))
}

function structOf(slots: readonly Slot[], json: unknown): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(json as object)) {
    const slot = slots.find(each => each.name === name)
    if (slot === undefined) throw new TypeError(`no field ${name}`)
    value[name] = fromJson(slot, field)
  }
  return value
}

function fromJson(slot: Slot, json: unknown): unknown {
  if (json === null) return null
  switch (slot.type) {
    case 'array':
      return (json as unknown[]).map(element => fromJson(slot.body[0] as Slot, element))
    case 'struct':
      return structOf(slot.body, json)
    case 'bytes':
      return Buffer.from(json as string, 'base64')
    case 'records':
      return [Buffer.from(json as string, 'base64')]
    case 'bigint64':
      return BigInt(json as string)
    case 'bool':
    case 'string':
    case 'uuid':
      return json
    default:
      return Number(json)
  }
}

/** What differs between the fields of `expected` and those of `decoded`, which also has those of other versions. */
function difference(slots: readonly Slot[], expected: unknown, decoded: unknown, path: string): string | undefined {
  for (const [name, wanted] of Object.entries(expected as object)) {
    const slot = slots.find(each => each.name === name) as Slot
    const found = differenceOf(slot, wanted, (decoded as Record<string, unknown>)[name], `${path} ${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

function differenceOf(slot: Slot, expected: unknown, decoded: unknown, path: string): string | undefined {
  const element = slot.body[0]
  if (element !== undefined && expected !== null && decoded !== null) {
    if (slot.type === 'struct') return difference(slot.body, expected, decoded, path)
    const [wanted, found] = [expected as unknown[], decoded as unknown[]]
    if (wanted.length !== found.length) return `${path}: decodes to ${found.length} elements, not ${wanted.length}`
    for (const [i, each] of wanted.entries()) {
      const different = differenceOf(element, each, found[i], `${path}[${i}]`)
      if (different !== undefined) return different
    }
    return undefined
  }
  return isDeepStrictEqual(expected, decoded) ? undefined : `${path}: decodes to ${decoded}, not ${expected}`
}

function firstDifference(encoded: string, wanted: string): string {
  let at = 0
  while (at < encoded.length && encoded[at] === wanted[at]) at++
  at -= at % 2
  const shown = (hex: string) => hex.slice(at, at + 16) || 'the end'
  return `${shown(encoded)} where ${shown(wanted)} is wanted, at byte ${at / 2}`
}
