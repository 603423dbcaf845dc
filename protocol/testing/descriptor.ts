/** Kafka's own description of a message, and how a declaration differs from it. */
import type { AnyMessage } from '../every-message.ts'
import { layout, parseRange, type Slot } from '../schema/layout.ts'
import type { Field, Fields, Range } from '../schema/notation.ts'

/** A line of `facts/descriptors.jsonl`. */
export interface Descriptor {
  readonly name: string
  readonly apiKey?: number
  readonly validVersions: Range
  readonly flexibleVersions: Range | 'none'
  readonly fields: readonly DescribedField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly DescribedField[] }[]
}

interface DescribedField {
  readonly name: string
  readonly type: string
  readonly versions: Range
  readonly nullableVersions?: Range
  readonly taggedVersions?: Range
  readonly flexibleVersions?: 'none'
  readonly tag?: number
  readonly default?: string
  readonly ignorable?: boolean
  readonly fields?: readonly DescribedField[]
}

/** Everything in which `message` differs from `descriptor`, a line each. */
export function differencesFrom(descriptor: Descriptor, message: AnyMessage): string[] {
  const valid = parseRange(descriptor.validVersions)
  const comparison = new Comparison(descriptor, valid.min, valid.max)
  comparison.same(message.name, 'api key', message.key, descriptor.apiKey ?? null)
  comparison.same(message.name, 'versions', message.versions, valid)
  comparison.sameVersions(message.name, 'flexible', message.flexible, descriptor.flexibleVersions)
  comparison.fields(message.name, message.fields, descriptor.fields)
  return comparison.differences
}

class Comparison {
  readonly differences: string[] = []
  readonly #structs: ReadonlyMap<string, readonly DescribedField[]>
  readonly #min: number
  readonly #max: number

  constructor(descriptor: Descriptor, min: number, max: number) {
    this.#structs = new Map(descriptor.commonStructs?.map(struct => [struct.name, struct.fields]))
    this.#min = min
    this.#max = max
  }

  same(path: string, what: string, ours: unknown, theirs: unknown): void {
    const [a, b] = [show(ours), show(theirs)]
    if (a !== b) this.differences.push(`${path}: ${what} ${a}, not ${b}`)
  }

  /** Compares ranges as far as the message's versions go. */
  sameVersions(path: string, what: string, ours: Range | 'none', theirs: Range | 'none'): void {
    this.same(path, what, this.#within(ours), this.#within(theirs))
  }

  #within(range: Range | 'none'): number[] {
    const { min, max } = parseRange(range)
    const versions: number[] = []
    for (let v = this.#min; v <= this.#max; v++) if (v >= min && v <= max) versions.push(v)
    return versions
  }

  fields(path: string, ours: Fields, theirs: readonly DescribedField[]): void {
    const wanted = theirs.map(each => (each.name[0] as string).toLowerCase() + each.name.slice(1))
    this.same(path, 'fields', Object.keys(ours), wanted)
    const slots = layout(ours, this.#max, true)
    for (const [i, described] of theirs.entries()) {
      const name = wanted[i] as string
      const field = ours[name]
      const slot = slots.find(each => each.name === name)
      if (field !== undefined && slot !== undefined) this.#field(`${path}.${name}`, field, slot, described)
    }
  }

  #field(path: string, field: Field<unknown>, slot: Slot, described: DescribedField): void {
    const { options } = field
    // Of a tagged field Kafka counts only the versions in which it is tagged.
    const versions = described.taggedVersions ?? described.versions
    this.sameVersions(path, 'versions', field.versions, versions)
    this.sameVersions(path, 'nullable', options.nullable ?? 'none', described.nullableVersions ?? 'none')
    this.same(path, 'tag', options.tag, described.tag)
    this.same(path, 'ignorable', options.ignorable ?? false, described.ignorable ?? false)
    this.same(path, 'flexible', options.flexible, described.flexibleVersions)
    this.same(path, 'default', slot.default, defaultOf(described))
    this.#type(path, field, described)
  }

  #type(path: string, field: Field<unknown>, described: DescribedField): void {
    const isArray = described.type.startsWith('[]')
    const element = isArray ? described.type.slice(2) : described.type
    const isStruct = /^[A-Z]/.test(element)
    let type: string = field.type
    if (isArray && field.type === 'array') {
      const body = field.body as Fields | Field<unknown>
      type = typeof body.type === 'string' ? `[]${body.type}` : '[]struct'
    }
    if (isArray || field.type !== 'array') this.same(path, 'type', type, expectedType(described, isArray, element))
    else this.differences.push(`${path}: an array, not ${described.type}`)
    if (!isStruct) return
    const theirs = described.fields ?? this.#structs.get(element)
    if (theirs === undefined) throw new TypeError(`${path}: nothing says what ${element} is`)
    this.fields(path, (field.body ?? {}) as Fields, theirs)
  }
}

const int64Max = '9223372036854775807'

function expectedType(described: DescribedField, isArray: boolean, element: string): string {
  if (/^[A-Z]/.test(element)) return isArray ? '[]struct' : 'struct'
  // What a safe integer can't hold keeps all its bits.
  return described.default === int64Max ? 'bigint64' : described.type
}

function defaultOf({ type, default: text }: DescribedField): unknown {
  if (text === 'null' || type === 'records') return null
  if (type.startsWith('[]') || /^[A-Z]/.test(type)) return undefined
  if (text === int64Max) return BigInt(text)
  switch (type) {
    case 'bool':
      return text?.toLowerCase() === 'true'
    case 'string':
      return text ?? ''
    case 'uuid':
      return 'AAAAAAAAAAAAAAAAAAAAAA'
    case 'bytes':
      return Buffer.alloc(0)
    default:
      return Number(text ?? 0)
  }
}

const show = (value: unknown): string =>
  typeof value === 'bigint' ? `${value}n` : value === undefined ? 'none' : JSON.stringify(value)
