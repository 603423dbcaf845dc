/**
 * Answers as text: compact, lossless but for what may differ between two brokers, and good to read in a diff. A field that
 * has its default is left out, but not an error code; those are shown by name.
 */
import { nameOf } from '../../protocol/errors.ts'
import { isFlexible } from '../../protocol/schema/codec.ts'
import { layout, type Slot } from '../../protocol/schema/layout.ts'
import type { Api, ResponseRead } from '../../protocol/schema/notation.ts'
import type { Names } from './names.ts'
import { renderRecords } from './render-records.ts'
import { bytesText, timeText } from './scalar-text.ts'

/**
 * Texts for people: Kafka's own words are not ours, so only whether there are any counts. Beside an error not even that:
 * Kafka has words for some errors only.
 */
const words = new Set(['errorMessage', 'batchIndexErrorMessage', 'documentation'])

/** Numbers drawn by the broker, by field, with what they number. */
const drawn: Readonly<Record<string, string>> = {
  producerId: 'producer',
  ongoingTxnProducerId: 'producer',
  sessionId: 'session',
}

/** Where the broker is, not what it does. */
const places: Readonly<Record<string, string>> = {
  host: 'HOST',
  port: 'PORT',
  clusterId: 'CLUSTER',
  logDir: 'DIRECTORY',
  totalBytes: 'SOME',
  usableBytes: 'SOME',
  finalizedFeaturesEpoch: 'SOME',
  transactionStartTimeMs: 'SOME',
}

/**
 * The text of an answer. Lists of structs are sorted by their text unless `ordered`, as Kafka keeps many of them in hash
 * maps.
 */
export const render = <A extends Api>(
  api: A,
  version: number,
  answer: ResponseRead<A>,
  names: Names,
  ordered = false,
): string => struct(layout(api.response, version, isFlexible(api, version)), answer, { names, ordered })

interface Context {
  readonly names: Names
  readonly ordered: boolean
}

type Struct = { readonly [name: string]: unknown }

const struct = (slots: readonly Slot[], value: object, context: Context): string => {
  const shown: string[] = []
  for (const slot of slots) {
    if (slot.place === 'absent' || slot.name === 'throttleTimeMs') continue
    const field = (value as Struct)[slot.name]
    if (slot.name === 'errorMessage' && (value as Struct).errorCode !== 0) continue
    if (isDefault(slot, field) && slot.name !== 'errorCode') continue
    shown.push(`${slot.name}: ${valueText(slot, slot.name, field, context)}`)
  }
  return `{${shown.join(', ')}}`
}

const isDefault = (slot: Slot, value: unknown): boolean => {
  if (value === null) return slot.default === null
  if (slot.type === 'array') return slot.default !== null && (value as readonly unknown[]).length === 0
  if (slot.type === 'struct') {
    return slot.default !== null && slot.body.every(inner => isDefault(inner, (value as Struct)[inner.name]))
  }
  if (slot.type === 'bytes') return (value as Buffer).length === 0
  return value === slot.default
}

const valueText = (slot: Slot, name: string, value: unknown, context: Context): string => {
  if (value === null) return 'null'
  if (slot.type === 'array') return arrayText(slot.body[0]!, name, value as readonly unknown[], context)
  if (slot.type === 'struct') return struct(slot.body, value as object, context)
  if (slot.type === 'records') return renderRecords(Buffer.concat(value as readonly Buffer[]), context.names)
  if (slot.type === 'bytes') return bytesText(value as Buffer)
  if (slot.type === 'uuid') return context.names.id(value as string)
  if (slot.type === 'string') return stringText(name, value as string, context.names)
  if (typeof value === 'number') return numberText(name, value, context.names)
  return String(value)
}

const arrayText = (element: Slot, name: string, values: readonly unknown[], context: Context): string => {
  const texts = values.map(value => valueText(element, name, value, context))
  if (element.type === 'struct' && !context.ordered) texts.sort()
  return `[${texts.join(', ')}]`
}

const stringText = (name: string, value: string, names: Names): string => {
  if (value === '') return "''"
  if (words.has(name)) return 'WORDS'
  const shown = names.text(value)
  return places[name] ?? (shown.length > 80 ? `'${shown.slice(0, 40)}…' (${shown.length})` : `'${shown}'`)
}

const numberText = (name: string, value: number, names: Names): string => {
  if (name.endsWith('rrorCode')) return nameOf(value)
  if (drawn[name] !== undefined) return names.number(drawn[name], value)
  if (places[name] !== undefined && value >= 0) return places[name]
  return /imestamp|AppendTime/.test(name) ? timeText(value) : String(value)
}
