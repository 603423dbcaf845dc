import { readFileSync } from 'node:fs'
import test from 'ava'
import { everyMessage, messagesByName } from './every-message.ts'
import { type Descriptor, differencesFrom } from './testing/descriptor.ts'
import { factsFile } from './testing/facts.ts'

const descriptors = readFileSync(factsFile('descriptors.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Descriptor)

test('every message that Kafka describes is declared, and no other', t => {
  t.deepEqual(everyMessage.map(each => each.name).sort(), descriptors.map(each => each.name).sort())
})

test('every declaration says the same as its descriptor, field by field', t => {
  const differences: string[] = []
  for (const descriptor of descriptors) {
    const message = messagesByName.get(descriptor.name)
    if (message !== undefined) differences.push(...differencesFrom(descriptor, message))
  }
  t.deepEqual(differences, [])
})
