import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { everyMessage } from '../every-message.ts'
import { parseRange } from '../schema/layout.ts'
import type { Field, Fields, Range } from '../schema/notation.ts'
import { storedMessages } from '../state/index.ts'
import { factsFile } from '../testing/facts.ts'
import { apis, apisByKey } from './index.ts'

/** Every field of a message with the struct around it, and where it stands. */
function* fieldsOf(path: string, fields: Fields): Generator<{ path: string; field: Field<unknown>; siblings: Fields }> {
  for (const [name, field] of Object.entries(fields)) {
    yield { path: `${path}.${name}`, field, siblings: fields }
    const { body } = field
    if (body !== undefined && typeof body.type !== 'string') yield* fieldsOf(`${path}.${name}`, body as Fields)
  }
}

const everyField = everyMessage.flatMap(message =>
  [...fieldsOf(message.name, message.fields)].map(each => ({ ...each, message })),
)

/** Whether `range` is one, and has a version in common with the other. */
const overlaps = (range: Range, { min, max }: { min: number; max: number }): boolean => {
  const versions = parseRange(range)
  return versions.min >= 0 && versions.min <= max && versions.max >= min && versions.min <= versions.max
}

/** OffsetForLeaderEpoch is in offset-for-leader-epoch.ts. */
const fileOf = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()

test("every API that Kafka's broker listener knows is declared, under its key", t => {
  const [, ...lines] = readFileSync(factsFile('apis.tsv'), 'utf8').trimEnd().split('\n')
  const expected = lines
    .map(line => line.split('\t'))
    .filter(cells => cells[6]?.includes('broker'))
    .map(([key, name]) => `${key} ${name}`)
  t.true(expected.length > 70)
  t.deepEqual(
    apis.map(({ key, name }) => `${key} ${fileOf(name).replaceAll('-', '_').toUpperCase()}`),
    expected,
  )
})

test('each API has a key of its own, and a file that bears its name', t => {
  t.is(apisByKey.size, apis.length)
  const files = readdirSync(import.meta.dirname).filter(file => /^[a-z-]+\.(js|ts)$/.test(file))
  const others = new Set(['consumer-protocol', 'every-api', 'index'])
  const found = files.map(file => file.slice(0, -3)).filter(file => !others.has(file))
  t.deepEqual(found.sort(), apis.map(({ name }) => fileOf(name)).sort())
})

test('every field is in some version of its message', t => {
  t.true(everyField.length > 1600)
  for (const { path, field, message } of everyField) {
    t.true(overlaps(field.versions, message.versions), `${path}: ${field.versions}`)
    const { nullable } = field.options
    if (nullable !== undefined) t.true(overlaps(nullable, parseRange(field.versions)), `${path}: nullable ${nullable}`)
  }
})

test('a field that is null by default may be null', t => {
  for (const { path, field } of everyField) {
    if (field.options.default === null) t.not(field.options.nullable, undefined, path)
  }
})

test('tags are unique in their struct, without gaps, and only in flexible versions', t => {
  for (const { path, field, siblings, message } of everyField) {
    if (field.options.tag === undefined) continue
    const tags = Object.values(siblings).flatMap(({ options }) => (options.tag === undefined ? [] : [options.tag]))
    t.deepEqual(
      tags.toSorted((a, b) => a - b),
      tags.map((_, i) => i),
      path,
    )
    t.not(message.flexible, 'none', path)
    t.true(parseRange(field.versions).min >= parseRange(message.flexible as Range).min, path)
  }
})

test('stored records come as key and value of one type, and a topic has each type once', t => {
  for (const [topic, messages] of storedMessages) {
    const names = (suffix: string) =>
      messages
        .filter(({ name }) => name.endsWith(suffix))
        .map(({ name, key }) => `${key} ${name.slice(0, -suffix.length)}`)
    t.is(names('Key').length * 2, messages.length, topic)
    t.deepEqual(names('Key').sort(), names('Value').sort(), topic)
    t.is(new Set(messages.map(({ key }) => key)).size * 2, messages.length, topic)
  }
})
