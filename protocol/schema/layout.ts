/**
 * What a declaration means in one version: which fields are there, where, in which form, with which default. The
 * generators of readers and writers work on this and know nothing of version ranges.
 */
import type { Field, Fields, Range, ScalarType } from './notation.ts'

/** Values that a scalar or null default may have. */
export type Default = boolean | number | bigint | string | Buffer | null | undefined

/** A field as one version of a message has it. */
export interface Slot {
  readonly name: string
  /** Names from the message down, for error messages: `topics.partitions.partition`. */
  readonly path: string
  readonly type: ScalarType | 'array' | 'struct'
  /** `absent`: this version doesn't have it. */
  readonly place: 'inline' | 'tagged' | 'absent'
  /** Of a tagged field; −1 otherwise. */
  readonly tag: number
  /** Lengths are varints, structs end in tagged fields (KIP-482). */
  readonly compact: boolean
  /** Null is allowed on the wire. */
  readonly nullable: boolean
  readonly ignorable: boolean
  /** The author may leave it out. */
  readonly optional: boolean
  /** Of a scalar its default; null or undefined (which is: empty, or all fields' defaults) for arrays and structs. */
  readonly default: Default
  /** Of a struct its fields; of an array the one element, whose name is empty; of a scalar nothing. */
  readonly body: readonly Slot[]
}

/** A range of versions, both ends included; `max` is Infinity for `'4+'`. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** Parses `'4'`, `'4+'`, `'4-9'`, `'none'`; TypeError for anything else. */
export function parseRange(range: Range | 'none'): Bounds {
  if (range === 'none') return { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(range)
  if (match === null) throw new TypeError(`'${range}' is not a range of versions`)
  const min = Number(match[1])
  return { min, max: match[2] ? Number.POSITIVE_INFINITY : Number(match[3] ?? min) }
}

/** Whether `version` lies in `range`. */
export function inRange(range: Range | 'none', version: number): boolean {
  const { min, max } = parseRange(range)
  return version >= min && version <= max
}

const zeroes: { readonly [type in ScalarType]: Default } = {
  bool: false,
  int8: 0,
  int16: 0,
  uint16: 0,
  int32: 0,
  uint32: 0,
  int64: 0,
  bigint64: 0n,
  float64: 0,
  string: '',
  bytes: Buffer.alloc(0),
  records: null,
  uuid: 'AAAAAAAAAAAAAAAAAAAAAA',
}

/** Lays out the fields of a message or struct for `version`; `path` is what stands before their names. */
export function layout(fields: Fields, version: number, flexible: boolean, path = ''): readonly Slot[] {
  return Object.entries(fields).map(([name, field]) => slotOf(name, `${path}${name}`, field, version, flexible))
}

function slotOf(name: string, path: string, field: Field<unknown>, version: number, flexible: boolean): Slot {
  const { type, versions, options } = field
  const tag = options.tag ?? -1
  const here = inRange(versions, version) && (tag < 0 || flexible)
  return {
    name,
    path,
    type,
    place: !here ? 'absent' : tag < 0 ? 'inline' : 'tagged',
    tag,
    compact: flexible && options.flexible !== 'none',
    nullable: options.nullable !== undefined && inRange(options.nullable, version),
    ignorable: options.ignorable === true,
    optional: versions !== '0+' || 'default' in options || tag >= 0 || options.ignorable === true,
    default: defaultOf(field),
    body: bodyOf(path, field, version, flexible),
  }
}

function defaultOf({ type, options }: Field<unknown>): Default {
  if (options.default === null) return null
  if (type === 'array' || type === 'struct') return undefined
  return (options.default as Default) ?? zeroes[type]
}

function bodyOf(path: string, field: Field<unknown>, version: number, flexible: boolean): readonly Slot[] {
  const { type, body } = field
  if (body === undefined) return []
  if (type === 'struct') return layout(body as Fields, version, flexible, `${path}.`)
  const element = isField(body) ? body : ({ type: 'struct', versions: '0+', options: {}, body } as Field<unknown>)
  return [slotOf('', path, element, version, flexible)]
}

const isField = (body: Fields | Field<unknown>): body is Field<unknown> =>
  typeof (body as Field<unknown>).type === 'string'

/** Bytes of the types whose size is fixed and whose value stands in the view. */
export const fixedBytes: { readonly [type: string]: number | undefined } = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  bigint64: 8,
  float64: 8,
}

/** The least bytes that a value of `slot` takes on the wire. */
export function minimumBytes(slot: Slot): number {
  const fixed = fixedBytes[slot.type]
  if (fixed !== undefined) return fixed
  if (slot.type === 'uuid') return 16
  if (slot.type === 'string') return slot.compact ? 1 : 2
  if (slot.type !== 'struct') return slot.compact ? 1 : 4
  if (slot.nullable) return 1
  let bytes = slot.compact ? 1 : 0
  for (const field of slot.body) if (field.place === 'inline') bytes += minimumBytes(field)
  return bytes
}
