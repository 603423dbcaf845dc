/** Generates the writing half of a codec: JavaScript source, one function per struct and array. */
import { fixedBytes, type Slot } from './layout.ts'
import { literal, type Source } from './source.ts'

/** Adds to `source` a function that writes a struct of `slots` to a Writer, and gives its name. */
export function generateWriter(source: Source, slots: readonly Slot[], flexible: boolean, path: string): string {
  const name = source.name('write')
  const lines: string[] = [`if (o === undefined || o === null) bad('${path}', 'object', o)`]
  for (const slot of slots) if (slot.place === 'absent' && !slot.ignorable) lines.push(refuseUnless(slot))
  const tagged = slots.filter(slot => slot.place === 'tagged').sort((a, b) => a.tag - b.tag)
  const run: Slot[] = []
  const flush = (tail: number) => {
    if (run.length + tail > 0) lines.push(...writeRun(source, run, tail))
    run.length = 0
  }
  for (const slot of slots) {
    if (slot.place !== 'inline') continue
    if (fixedBytes[slot.type] !== undefined) {
      run.push(slot)
      continue
    }
    flush(0)
    lines.push(...takeField(slot), ...writeOne(source, slot, local(slot)))
  }
  flush(flexible && tagged.length === 0 ? 1 : 0)
  if (tagged.length > 0) lines.push(...writeTags(source, tagged))
  source.add(name, 'w, o', lines)
  return name
}

const local = (slot: Slot): string => `_${slot.name}`

/** Brings the author's value into a local variable, or the default where there is none. */
function takeField(slot: Slot): string[] {
  if (!slot.optional) return [`const ${local(slot)} = o.${slot.name}`]
  return [`let ${local(slot)} = o.${slot.name}`, `if (${local(slot)} === undefined) ${local(slot)} = ${literal(slot)}`]
}

/** Fixed-size fields that follow each other get their room at once; `tail` zero bytes follow (no tagged fields). */
function writeRun(source: Source, run: readonly Slot[], tail: number): string[] {
  const view = source.name('v')
  const start = source.name('p')
  const lines: string[] = []
  let offset = 0
  for (const slot of run) {
    lines.push(...takeField(slot), check(slot, local(slot)))
    lines.push(putFixed(slot, view, offset === 0 ? start : `${start} + ${offset}`, local(slot)))
    offset += fixedBytes[slot.type] as number
  }
  if (tail > 0) lines.push(`${view}.setInt8(${start} + ${offset}, 0)`)
  offset += tail
  return [
    `if (w.position + ${offset} > w.buffer.length) w.need(${offset})`,
    `const ${view} = w.view, ${start} = w.position`,
    ...lines,
    `w.position = ${start} + ${offset}`,
  ]
}

const setters: { readonly [type: string]: string } = {
  int8: 'setInt8',
  int16: 'setInt16',
  uint16: 'setUint16',
  int32: 'setInt32',
  uint32: 'setUint32',
  bigint64: 'setBigInt64',
  float64: 'setFloat64',
}

function putFixed(slot: Slot, view: string, position: string, value: string): string {
  if (slot.type === 'bool') return `${view}.setInt8(${position}, ${value} ? 1 : 0)`
  if (slot.type === 'int64') return `setInt64(${view}, ${position}, ${value})`
  return `${view}.${setters[slot.type]}(${position}, ${value})`
}

/** What a value must be; a value that isn't is a bug of its author. */
const conditions: { readonly [type: string]: (value: string) => string } = {
  bool: value => `typeof ${value} === 'boolean'`,
  int8: value => `${value} << 24 >> 24 === ${value}`,
  int16: value => `${value} << 16 >> 16 === ${value}`,
  uint16: value => `(${value} & 65535) === ${value}`,
  int32: value => `(${value} | 0) === ${value}`,
  uint32: value => `${value} >>> 0 === ${value}`,
  int64: value => `Number.isSafeInteger(${value})`,
  bigint64: value => `typeof ${value} === 'bigint' && BigInt.asIntN(64, ${value}) === ${value}`,
  float64: value => `typeof ${value} === 'number'`,
  string: value => `typeof ${value} === 'string'`,
  uuid: value => `typeof ${value} === 'string'`,
  bytes: value => `Buffer.isBuffer(${value})`,
  records: value => `Array.isArray(${value})`,
  array: value => `Array.isArray(${value})`,
}

const check = (slot: Slot, value: string): string =>
  `if (!(${conditions[slot.type]?.(value)})) bad('${slot.path}', '${slot.type}', ${value})`

/** Statements that write the value in the variable `value`. */
function writeOne(source: Source, slot: Slot, value: string): string[] {
  const present = writePresent(source, slot, value)
  if (!slot.nullable) return present
  return [`if (${value} === null) ${writeNull(slot)}`, 'else {', ...present.map(line => `  ${line}`), '}']
}

function writeNull(slot: Slot): string {
  if (slot.type === 'struct') return slot.place === 'tagged' ? 'w.uvarint(0)' : 'w.int8(-1)'
  if (slot.compact) return 'w.uvarint(0)'
  return slot.type === 'string' ? 'w.int16(-1)' : 'w.int32(-1)'
}

function writePresent(source: Source, slot: Slot, value: string): string[] {
  const { type, compact, path } = slot
  switch (type) {
    case 'array':
      return [check(slot, value), `${writeArray(source, slot)}(w, ${value})`]
    case 'struct': {
      const write = `${generateWriter(source, slot.body, compact, path)}(w, ${value})`
      return slot.nullable ? ['w.int8(1)', write] : [write]
    }
    case 'string': {
      const method = compact ? 'compactString' : 'string'
      return [check(slot, value), `if (!w.${method}(${value})) bad('${path}', 'string', ${value})`]
    }
    case 'uuid':
      return [check(slot, value), `if (!w.uuid(${value})) bad('${path}', 'uuid', ${value})`]
    case 'bytes':
    case 'records':
      return [check(slot, value), `w.${compact ? `compact${type[0]?.toUpperCase()}${type.slice(1)}` : type}(${value})`]
    default:
      return [check(slot, value), `w.${type}(${value})`]
  }
}

function writeArray(source: Source, slot: Slot): string {
  const name = source.name('list')
  const element = slot.body[0] as Slot
  const fixed = fixedBytes[element.type]
  const length = slot.compact ? 'w.uvarint(a.length + 1)' : 'w.int32(a.length)'
  if (fixed === undefined) {
    source.add(name, 'w, a', [
      length,
      'for (let i = 0; i < a.length; i++) {',
      '  const e = a[i]',
      ...writeOne(source, element, 'e').map(line => `  ${line}`),
      '}',
    ])
  } else {
    source.add(name, 'w, a', [
      length,
      `w.need(${fixed} * a.length)`,
      'const v = w.view',
      'let p = w.position',
      `for (let i = 0; i < a.length; i++, p += ${fixed}) {`,
      '  const e = a[i]',
      `  ${check(element, 'e')}`,
      `  ${putFixed(element, 'v', 'p', 'e')}`,
      '}',
      'w.position = p',
    ])
  }
  return name
}

/** The tagged fields that aren't their default, in ascending order of tag. */
function writeTags(source: Source, tagged: readonly Slot[]): string[] {
  const lines: string[] = []
  const flag = (slot: Slot) => `t${slot.tag}`
  for (const slot of tagged) {
    lines.push(`const ${local(slot)} = o.${slot.name}, ${flag(slot)} = ${differs(slot, local(slot))} ? 1 : 0`)
  }
  lines.push(`w.uvarint(${tagged.map(flag).join(' + ')})`)
  for (const slot of tagged) {
    lines.push(
      `if (${flag(slot)} === 1) {`,
      `  w.uvarint(${slot.tag})`,
      '  const place = w.openSize()',
      ...writeOne(source, slot, local(slot)).map(line => `  ${line}`),
      '  w.closeSize(place)',
      '}',
    )
  }
  return lines
}

/** A field that this version doesn't have may only have its default. */
const refuseUnless = (slot: Slot): string => `if (${differs(slot, `o.${slot.name}`)}) unsupported('${slot.path}')`

/** An expression: the author gave `value`, and it isn't the default. */
function differs(slot: Slot, value: string): string {
  const given = `${value} !== undefined`
  if (slot.default === null) return `(${given} && ${value} !== null)`
  switch (slot.type) {
    case 'array':
    case 'bytes':
      return `(${given} && (${value} === null || ${value}.length !== 0))`
    case 'struct': {
      const fields = slot.body.map(field => differs(field, `${value}.${field.name}`)).join(' || ')
      return `(${given} && (${value} === null || ${fields}))`
    }
    default:
      return `(${given} && ${value} !== ${literal(slot)})`
  }
}
