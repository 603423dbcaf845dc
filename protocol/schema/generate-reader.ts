/** Generates the reading half of a codec: JavaScript source, one function per struct and array. */
import { fixedBytes, minimumBytes, type Slot } from './layout.ts'
import { literal, type Source } from './source.ts'

/** Adds to `source` a function that reads a struct of `slots` from a Reader, and gives its name. */
export function generateReader(source: Source, slots: readonly Slot[], flexible: boolean): string {
  const name = source.name('read')
  const lines: string[] = []
  const run: Slot[] = []
  const flush = () => {
    if (run.length > 0) lines.push(...readRun(source, run))
    run.length = 0
  }
  for (const slot of slots) {
    if (slot.place === 'tagged') lines.push(`let ${local(slot)} = ${literal(slot)}`)
    if (slot.place !== 'inline') continue
    if (fixedBytes[slot.type] !== undefined) {
      run.push(slot)
      continue
    }
    flush()
    lines.push(`const ${local(slot)} = ${readOne(source, slot)}`)
  }
  flush()
  if (flexible) lines.push(...readTags(source, slots))
  const properties = slots.map(slot => `${slot.name}: ${slot.place === 'absent' ? literal(slot) : local(slot)}`)
  lines.push(`return { ${properties.join(', ')} }`)
  source.add(name, 'r', lines)
  return name
}

const local = (slot: Slot): string => `_${slot.name}`

/** Fixed-size fields that follow each other: one check against the end for all. */
function readRun(source: Source, run: readonly Slot[]): string[] {
  const view = source.name('v')
  const start = source.name('p')
  const lines: string[] = []
  let offset = 0
  for (const slot of run) {
    lines.push(`const ${local(slot)} = ${getFixed(slot, view, offset === 0 ? start : `${start} + ${offset}`)}`)
    offset += fixedBytes[slot.type] as number
  }
  return [
    `const ${view} = r.view, ${start} = r.position`,
    `if (${start} + ${offset} > r.end) r.short(${offset})`,
    `r.position = ${start} + ${offset}`,
    ...lines,
  ]
}

const getters: { readonly [type: string]: string } = {
  int8: 'getInt8',
  int16: 'getInt16',
  uint16: 'getUint16',
  int32: 'getInt32',
  uint32: 'getUint32',
  bigint64: 'getBigInt64',
  float64: 'getFloat64',
}

function getFixed(slot: Slot, view: string, position: string): string {
  if (slot.type === 'bool') return `${view}.getInt8(${position}) !== 0`
  if (slot.type === 'int64') return `getInt64(${view}, ${position})`
  return `${view}.${getters[slot.type]}(${position})`
}

/** An expression that reads one value of `slot`. */
function readOne(source: Source, slot: Slot): string {
  const { type, compact, nullable, path } = slot
  switch (type) {
    case 'array':
      return `${readArray(source, slot)}(r)`
    case 'struct': {
      const read = `${generateReader(source, slot.body, compact)}(r)`
      // The presence of a struct in the tagged section is a varint, elsewhere an int8; observed with Kafka 4.3.
      if (!nullable) return read
      return slot.place === 'tagged' ? `r.uvarint() === 0 ? null : ${read}` : `r.int8() < 0 ? null : ${read}`
    }
    case 'string':
    case 'bytes':
    case 'records': {
      const method = compact ? `compact${type[0]?.toUpperCase()}${type.slice(1)}` : type
      return nullable ? `r.${method}()` : `r.${method}() ?? r.refuse('${path} is null')`
    }
    default:
      return `r.${type}()`
  }
}

function readArray(source: Source, slot: Slot): string {
  const name = source.name('list')
  const element = slot.body[0] as Slot
  const least = minimumBytes(element)
  if (least === 0) throw new TypeError(`an element of ${slot.path} takes no bytes`)
  const fixed = fixedBytes[element.type]
  const elements =
    fixed === undefined
      ? [`for (let i = 0; i < n; i++) a[i] = ${readOne(source, element)}`]
      : [
          'const v = r.view',
          'let p = r.position',
          `for (let i = 0; i < n; i++, p += ${fixed}) a[i] = ${getFixed(element, 'v', 'p')}`,
          'r.position = p',
        ]
  source.add(name, 'r', [
    `const n = r.${slot.compact ? 'compactArrayLength' : 'arrayLength'}(${least})`,
    slot.nullable ? 'if (n < 0) return null' : `if (n < 0) r.refuse('${slot.path} is null')`,
    'const a = new Array(n)',
    ...elements,
    'return a',
  ])
  return name
}

/** The tagged fields at the end of a struct: known ones within their own size, unknown ones skipped. */
function readTags(source: Source, slots: readonly Slot[]): string[] {
  const tagged = slots.filter(slot => slot.place === 'tagged')
  if (tagged.length === 0) return ['r.skipTags()']
  return [
    'for (let n = r.uvarint(); n > 0; n--) {',
    '  const tag = r.uvarint(), outer = r.openTag()',
    '  switch (tag) {',
    ...tagged.map(slot => `    case ${slot.tag}: ${local(slot)} = ${readOne(source, slot)}; break`),
    '    default: r.position = r.end',
    '  }',
    '  r.closeTag(outer)',
    '}',
  ]
}
