/**
 * What keeps the tree as docs/architecture.md describes it: the arrows between folders, sizes and names of files,
 * handlers beside the messages they answer, words on every export.
 */
import { existsSync } from 'node:fs'
import test from 'ava'
import { handlers } from '../broker/handlers/index.ts'
import { type SourceFile, sourceFiles } from './source-files.ts'

const root = process.cwd()
const files = sourceFiles(root)
const isTest = (file: SourceFile): boolean => file.path.endsWith('.test.ts') || file.path.includes('/testing/')

/** What the product's code of a folder may import, besides itself. */
const arrows: Readonly<Record<string, readonly RegExp[]>> = {
  protocol: [],
  storage: [/^protocol\/records\/(batch|crc32c)\.ts$/, /^protocol\/errors\.ts$/],
  broker: [/^protocol\//, /^storage\//],
  cli: [/^broker\//, /^storage\//, /^protocol\//],
  console: [/^broker\//],
}

/** Files over 400 lines, each with the reason why it isn't split. */
const longFiles: Readonly<Record<string, string>> = {}

const badNames = /(^|\/)(utils?|helpers?|managers?|types|common|misc)(\/|\.ts$)/

test('imports between folders point down only', t => {
  const wrong: string[] = []
  for (const file of files) {
    const folder = file.path.split('/')[0] ?? ''
    const allowed = arrows[folder]
    if (allowed === undefined || isTest(file)) continue
    for (const target of file.imports) {
      if (!target.startsWith(`${folder}/`) && !allowed.some(pattern => pattern.test(target))) {
        wrong.push(`${file.path} imports ${target}`)
      }
    }
  }
  t.deepEqual(wrong, [])
})

test('no file imports in a circle', t => {
  const byPath = new Map(files.map(file => [file.path, file]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (done.has(path) || trail.includes(path)) return
    const file = byPath.get(path)
    // Types alone make no circle at run time.
    const code = file?.text.replace(/^(?:import|export) type\b[^'"]*?from\s+'[^']+'/gm, '') ?? ''
    for (const target of file?.imports ?? []) {
      if (code.includes(`'./${target.split('/').at(-1)}'`) || code.includes(`/${target.split('/').at(-1)}'`)) {
        visit(target, [...trail, path])
      }
    }
    done.add(path)
  }
  for (const file of files) visit(file.path, [])
  t.deepEqual(circles, [])
})

test('a file fits in the head: at most 400 lines, or it is listed with a reason', t => {
  const long = files.filter(file => file.lineCount > 400).map(file => file.path)
  t.deepEqual(long, Object.keys(longFiles))
})

test('files are named in kebab case after what they hold', t => {
  const wrong = files
    .filter(file => badNames.test(file.path) || !/^[a-z0-9.-]+\.ts$/.test(file.path.split('/').at(-1) ?? ''))
    .map(file => file.path)
  t.deepEqual(wrong, [])
})

test('every export has a doc comment', t => {
  const wrong: string[] = []
  for (const file of files.filter(file => !isTest(file))) {
    const lines = file.text.split('\n')
    lines.forEach((line, index) => {
      if (!/^export (?:abstract |async )?(?:class|function|const|let|interface|type) \w/.test(line)) return
      let above = index - 1
      while (/^(?:\/\/ biome-ignore|@)/.test(lines[above] ?? '')) above--
      if (!/\*\/\s*$/.test(lines[above] ?? '') && !isOverloadOrGroup(lines, index))
        wrong.push(`${file.path}:${index + 1}`)
    })
  }
  t.deepEqual(wrong, [])
})

/** A further overload, or a one-line declaration directly below a documented one of the same kind. */
const isOverloadOrGroup = (lines: readonly string[], index: number): boolean => {
  const name = /^export (?:async )?function (\w+)/.exec(lines[index] ?? '')?.[1]
  if (name !== undefined && lines.slice(0, index).some(line => line.startsWith(`export function ${name}`))) return true
  return /^export (?:const|type) .*$/.test(lines[index - 1] ?? '') && /^export (?:const|type) /.test(lines[index] ?? '')
}

test('each handler stands in the file that is named like its messages, and is registered once', t => {
  const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()
  const registered = handlers.map(handler => kebab(handler.api.name)).sort()
  const machinery = ['each', 'handler', 'index']
  const present = files
    .filter(file => /^broker\/handlers\/[^/]+\.ts$/.test(file.path) && !isTest(file))
    .map(file => file.path.slice('broker/handlers/'.length, -'.ts'.length))
    .filter(name => !machinery.includes(name))
    .sort()
  t.deepEqual(present, registered)
  for (const name of registered) t.true(existsSync(`${root}/protocol/messages/${name}.ts`), name)
})

test('tests neither sleep nor silence the compiler', t => {
  const wrong = files
    .filter(file => file.path.endsWith('.test.ts') && file.path !== 'checks/tidy.test.ts')
    // A test that only one system can run says so with `process.platform` on the same line.
    .filter(file =>
      /\b(?:sleep|delay)\(|^(?!.*process\.platform).*test\.(?:skip|todo|failing)|@ts-(?:ignore|nocheck)/m.test(
        file.text,
      ),
    )
    .map(file => file.path)
  t.deepEqual(wrong, [])
})
