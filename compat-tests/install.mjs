/**
 * Installs what the compat tests need, unless it is there already: `node compat-tests/install.mjs`.
 * Java's part is in install-java.mjs.
 * node-rdkafka is compiled on the way (two to three minutes), for which node-gyp wants Node's headers. It would download them,
 * which not every machine can, so where this Node came with its headers (as Debian's and the official archives do) it gets these.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installJava } from './install-java.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const stampFile = join(folder, 'node_modules', '.installed')

/** What the installed packages depend on: their versions and the Node that they were compiled for. */
function stamp() {
  const lock = readFileSync(join(folder, 'package-lock.json'))
  return `${createHash('sha256').update(lock).digest('hex')} ${process.version} ${process.platform}-${process.arch}`
}

function isInstalled() {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp()) return false
  try {
    createRequire(import.meta.url)('node-rdkafka')
    return true
  } catch {
    return false
  }
}

/** The folder above `include/node` with the headers of this very Node; undefined where there is none. */
function headersFolder() {
  const [major, minor, patch] = process.versions.node.split('.')
  const candidates = [process.env.npm_config_nodedir, dirname(dirname(process.execPath)), '/usr', '/usr/local']
  return candidates.find(candidate => {
    const file = join(candidate ?? '', 'include', 'node', 'node_version.h')
    if (candidate === undefined || !existsSync(file)) return false
    const header = readFileSync(file, 'utf8')
    const number = name => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(header)?.[1]
    return number('MAJOR') === major && number('MINOR') === minor && number('PATCH') === patch
  })
}

if (isInstalled()) {
  console.log('compat-tests: the packages are installed')
} else {
  const nodedir = headersFolder()
  const env = nodedir === undefined ? process.env : { ...process.env, npm_config_nodedir: nodedir }
  console.log(
    `compat-tests: installing, with ${nodedir === undefined ? 'headers that node-gyp finds' : `headers of ${nodedir}`}`,
  )
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, error } = spawnSync(npm, ['ci', '--no-fund', '--no-audit'], { cwd: folder, env, stdio: 'inherit' })
  if (error !== undefined) throw error
  if (status === 0) writeFileSync(stampFile, stamp())
  process.exitCode = status ?? 1
}

installJava()
