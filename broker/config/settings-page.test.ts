import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { brokerSettings } from './broker-settings.ts'
import type { Setting } from './setting.ts'
import { settingsPage } from './settings-page.ts'
import { topicSettings, topicSettingSynonyms } from './topic-settings.ts'

const sources = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'partitions.ts') // which only hands settings on
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join('\n')

const code = ['broker', 'storage', 'cli'].map(sources).join('\n')
const keeping = ['broker/partition', 'storage/file', 'storage/memory', 'storage'].map(sources).join('\n')

/** A setting without an effect must not be described as if it had one. */
const advice = 'describe it (doc) in its table in broker/config exactly if some code asks for it'

test('docs/settings.md is what the tables say', t => {
  t.is(readFileSync('docs/settings.md', 'utf8'), settingsPage(), 'run node dist/broker/config/write-settings-page.js')
})

test('a broker setting is honoured if and only if some code asks for it', t => {
  const asDefault = new Set(
    Object.entries(topicSettingSynonyms).flatMap(([key, synonyms]) =>
      topicSettings[key as keyof typeof topicSettings].honoured ? synonyms.map(synonym => synonym.key) : [],
    ),
  )
  for (const [key, setting] of Object.entries<Setting>(brokerSettings)) {
    const asked = code.includes(`get('${key}')`) || code.includes(`text('${key}')`)
    t.is(setting.honoured, asked || asDefault.has(key as never) || key === 'broker.id', `${key}: ${advice}`)
  }
})

test('a topic setting is honoured if and only if some code looks at it', t => {
  const camel = (key: string) => key.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase())
  const derived: Readonly<Record<string, string>> = { 'cleanup.policy': 'cleanupCompact' }
  for (const [key, setting] of Object.entries<Setting>(topicSettings)) {
    const name = derived[key] ?? camel(key)
    const looked = new RegExp(`\\.${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\} = `).test(keeping)
    t.is(setting.honoured, looked, `${key}: ${advice}`)
  }
})
