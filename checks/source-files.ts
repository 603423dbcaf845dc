import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** One TypeScript source of the project. */
export interface SourceFile {
  /** From the project's root, with slashes. */
  readonly path: string
  readonly text: string
  readonly lineCount: number
  /** Own files that it imports, as paths from the root. */
  readonly imports: readonly string[]
}

const skipped = new Set(['node_modules', 'dist', '.builds', '.git', 'samsa-data'])

const importPattern = /^(?:import|export)\b[^'"]*?from\s+'(\.[^']+)'|^import\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm

/** All sources below `root`, tests included. */
export const sourceFiles = (root: string): readonly SourceFile[] => {
  const files: SourceFile[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) visit(path)
      } else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) {
        files.push(read(root, path))
      }
    }
  }
  visit('')
  return files
}

const read = (root: string, path: string): SourceFile => {
  const text = readFileSync(join(root, path), 'utf8')
  const imports = [...text.matchAll(importPattern)].map(match =>
    normalize(join(dirname(path), match[1] ?? match[2] ?? match[3] ?? '')).replaceAll('\\', '/'),
  )
  return { path, text, lineCount: text.split('\n').length - 1, imports }
}
