// `npm test`: types, lint, unit tests, then the clients' stories; ends with `N passed, M failed`.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const totals = { passed: 0, failed: 0 }

/** Runs a command, shows its output as it comes, and resolves to its exit code and output. */
const run = (title, command, args) =>
  new Promise(resolve => {
    console.log(`\n── ${title}: ${command} ${args.join(' ')}`)
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: process.env })
    let output = ''
    const take = stream => chunk => {
      output += chunk
      stream.write(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', take(process.stdout))
    child.stderr.setEncoding('utf8').on('data', take(process.stderr))
    child.on('error', error => resolve({ code: 127, output: String(error) }))
    child.on('close', code => resolve({ code: code ?? 1, output }))
  })

/** A step that passes or fails as a whole. */
const step = async (title, command, args) => {
  const { code } = await run(title, command, args)
  totals[code === 0 ? 'passed' : 'failed']++
  return code === 0
}

/** A step that counts its tests itself; one that fails without a count is one failure. */
const counted = async (title, command, args, count) => {
  const { code, output } = await run(title, command, args)
  const { passed, failed, skipped = 0 } = count(output)
  totals.passed += passed
  totals.failed += failed === 0 && (code !== 0 || passed + skipped === 0) ? 1 : failed
}

const lastNumber = (output, pattern) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0)
const tap = output => ({
  passed: lastNumber(output, /^# pass (\d+)/gm),
  failed: lastNumber(output, /^# fail (\d+)/gm),
})
const closing = output => ({
  passed: lastNumber(output, /^(\d+) passed, \d+ failed/gm),
  failed: lastNumber(output, /^\d+ passed, (\d+) failed/gm),
  skipped: lastNumber(output, /^\d+ passed, \d+ failed, (\d+) skipped/gm),
})

if (await step('build', 'npm', ['run', '--silent', 'build'])) {
  await step('lint', 'npx', ['biome', 'ci', '.'])
  await counted(
    'unit tests',
    'npx',
    ['ava', '--tap', 'dist/{protocol,storage,broker,checks,compat-tests}/**/*.test.js'],
    tap,
  )
  // One at a time: they start brokers, and one of them says how soon a broker answers.
  await counted('whole brokers', 'npx', ['ava', '--tap', '--concurrency=1', 'dist/cli/*.test.js'], tap)
  if (await step('clients', 'npm', ['run', '--silent', 'compat:install'])) {
    await counted('compatibility stories', 'npm', ['run', '--silent', 'compat'], closing)
    await counted("beside Kafka's own software", 'npm', ['run', '--silent', 'compat:kafka'], closing)
    // Windows has no way to stop a process and let it go on.
    if (process.platform !== 'win32') {
      const chaos = ['run', '--silent', '--prefix', 'compat-tests', 'chaos', '--', '--size', 'small', '--seconds', '20']
      await step('chaos', 'npm', [...chaos, '--seed', '19', '--durability', 'os'])
      await step('chaos', 'npm', [...chaos, '--seed', '36', '--durability', 'fsync'])
    }
  }
}

console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = totals.failed === 0 ? 0 : 1
