/**
 * Compiles the Java of the compat tests and writes down its class path, unless that is done: with Maven, from the local repository where that
 * has everything, else from the registries that Maven is set up for. Without `java` or `mvn` there is nothing to do, and what needs them is skipped.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'java')
const stampFile = join(folder, 'target', '.installed')
const failureFile = join(folder, 'target', 'failure')
const classPathFile = join(folder, 'target', 'classpath')

/** Says whether a program can be started, and what it says of itself. */
const saysOf = (program, option) => {
  const { status, stdout, stderr } = spawnSync(program, [option], { encoding: 'utf8' })
  return status === 0 ? `${stdout}${stderr}` : undefined
}

/** What the compiled classes and the class path depend on. */
const stamp = java => {
  const hash = createHash('sha256')
    .update(java)
    .update(readFileSync(join(folder, 'pom.xml')))
  for (const { parentPath, name } of readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .sort((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1)))
    hash.update(name).update(readFileSync(join(parentPath, name)))
  return hash.digest('hex')
}

const isInstalled = java => {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp(java)) return false
  return readFileSync(classPathFile, 'utf8')
    .split(delimiter)
    .every(path => existsSync(path))
}

const maven = (...options) =>
  spawnSync('mvn', ['-q', '-B', ...options, 'compile', 'dependency:build-classpath'], { cwd: folder, encoding: 'utf8' })

/** Installs what is to be installed and says so. Where Maven fails, what needs Java will fail with its words. */
export const installJava = () => {
  const java = saysOf('java', '-version')
  const missing = java === undefined ? 'java' : saysOf('mvn', '-version') === undefined ? 'mvn' : undefined
  if (missing !== undefined) {
    console.log(`compat-tests: there is no ${missing}; what needs Java is skipped`)
    return
  }
  if (isInstalled(java)) {
    console.log('compat-tests: the Java classes are installed')
    return
  }
  console.log('compat-tests: compiling the Java classes')
  let run = maven('-o')
  if (run.status !== 0) run = maven()
  if (run.status === 0) {
    rmSync(failureFile, { force: true })
    writeFileSync(stampFile, stamp(java))
    return
  }
  const why = `${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`
  console.error(why)
  mkdirSync(dirname(failureFile), { recursive: true })
  rmSync(stampFile, { force: true })
  writeFileSync(failureFile, why)
}
