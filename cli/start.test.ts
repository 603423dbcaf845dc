import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { RawClient } from '../broker/testing/raw-client.ts'
import { ApiVersions } from '../protocol/messages/api-versions.ts'
import { BrokerProcess, runToEnd } from './testing/broker-process.ts'

const temporary = (): string => mkdtempSync(join(tmpdir(), 'samsa-cli-'))

test('start prints one line with its address, answers, and stops on SIGTERM within a second', async t => {
  const dir = temporary()
  const broker = await BrokerProcess.start(['--data-dir', dir])
  t.regex(broker.line, /^Samsa \d+\.\d+\.\d+ is listening on \S+:\d+ \(.*file.*\)$/)
  const client = await RawClient.connect(broker.address)
  const answer = await client.request(ApiVersions, 3, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
  t.is(answer.errorCode, 0)
  const began = performance.now()
  t.is(await broker.stop('SIGTERM'), 0)
  t.true(performance.now() - began < 1000)
  await client.closed
  t.is(broker.log, '')
  rmSync(dir, { recursive: true })
})

test('Ctrl-C stops it cleanly too, and the same data directory starts again', async t => {
  const dir = temporary()
  for (let round = 0; round < 2; round++) {
    const broker = await BrokerProcess.start(['--data-dir', dir])
    t.is(await broker.stop('SIGINT'), 0)
  }
  rmSync(dir, { recursive: true })
})

test('a second broker on the same data directory is refused, and told who holds it', async t => {
  const dir = temporary()
  const broker = await BrokerProcess.start(['--data-dir', dir])
  const second = await runToEnd(['start', '--port', '0', '--data-dir', dir])
  t.is(second.code, 1)
  t.regex(second.stderr, new RegExp(`\\b${broker.pid}\\b`))
  await broker.stop()
  rmSync(dir, { recursive: true })
})

test('a port that is taken is a clear message and exit code 1', async t => {
  const broker = await BrokerProcess.start(['--engine', 'memory'])
  const port = broker.address.split(':')[1] ?? ''
  const second = await runToEnd(['start', '--engine', 'memory', '--port', port])
  t.is(second.code, 1)
  t.regex(second.stderr, new RegExp(`${port}.*in use`))
  await broker.stop()
})

test('bad settings name the key and what is allowed, with exit code 2 and nothing started', async t => {
  const cases: readonly [readonly string[], RegExp][] = [
    [['--set', 'num.partitions=zero'], /num\.partitions.*zero.*integer/],
    [['--set', 'no.such.setting=1'], /no\.such\.setting/],
    [['--set', 'num.partitions'], /KEY=VALUE/],
    [['--port', '70000'], /0 to 65535/],
    [['--engine', 'tape'], /file.*memory/],
    [['--durability', 'hope'], /os.*fsync/],
    [['--log-level', 'loud'], /warn/],
    [['--config', '/no/such/file'], /\/no\/such\/file/],
    [['--set', 'listeners=SSL://:0'], /listeners.*SSL/],
    [['--nonsense'], /nonsense/],
  ]
  for (const [args, message] of cases) {
    const finished = await runToEnd(['start', ...args])
    t.is(finished.code, 2, args.join(' '))
    t.regex(finished.stderr, message)
    t.is(finished.stdout, '')
  }
})

test("a server.properties of Kafka's form is accepted, KRaft's keys and unknown ones with a log line", async t => {
  const dir = temporary()
  const path = join(dir, 'server.properties')
  writeFileSync(
    path,
    `process.roles=broker,controller\nnode.id=7\ncontroller.quorum.voters=7@localhost:9093\n` +
      `listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://:9093\ncontroller.listener.names=CONTROLLER\n` +
      `log.dirs=${join(dir, 'data')}\nsome.plugin.key=x\n`,
  )
  const args = ['start', '--config', path, '--set', 'samsa.engine=tape']
  t.is((await runToEnd(args)).code, 2)
  const broker = await BrokerProcess.start(['--config', path, '--host', '127.0.0.1'])
  t.regex(broker.log, /some\.plugin\.key/)
  await broker.stop()
  rmSync(dir, { recursive: true })
})

test('durability=fsync is said in the line of the start, and without effect in memory', async t => {
  const dir = temporary()
  const broker = await BrokerProcess.start(['--data-dir', dir, '--durability', 'fsync'])
  t.true(broker.line.endsWith(`(file engine, ${dir}, durability=fsync)`), broker.line)
  t.is(await broker.stop(), 0)
  const forgetful = await BrokerProcess.start(['--engine', 'memory', '--durability', 'fsync'])
  t.regex(forgetful.log, /samsa\.durability=fsync has no effect/)
  t.true(forgetful.line.endsWith('(memory engine)'), forgetful.line)
  await forgetful.stop()
  rmSync(dir, { recursive: true })
})

test('help has examples', async t => {
  const { stdout, code } = await runToEnd(['start', '--help'])
  t.is(code, 0)
  t.regex(stdout, /samsa start --engine memory --port 0/)
})
