#!/usr/bin/env node
/**
 * The `samsa` command. Each subcommand is a file of its own, loaded when it is asked for, so that starting stays quick.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { packageVersion } from './package-version.ts'

const port = (text: string): number => {
  const value = Number(text)
  if (!/^\d{1,5}$/.test(text) || value > 65535)
    throw new InvalidArgumentError('It must be a port, 0 to 65535; 0 picks a free one.')
  return value
}

const setting = (text: string, previous: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> => {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('It must be KEY=VALUE, for instance num.partitions=3.')
  return new Map([...previous, [text.slice(0, equals).trim(), text.slice(equals + 1)]])
}

const program = new Command('samsa')
  .description('An Apache Kafka broker: every Kafka client works against it unchanged.')
  .version(packageVersion())
  .showHelpAfterError('(samsa --help and samsa COMMAND --help tell more)')
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride(error => {
    // Commander's own exits with 1; a command line that can't be used is 2, as for a bad setting.
    process.exit(error.exitCode === 0 ? 0 : 2)
  })

program
  .command('start')
  .description('Run a broker until Ctrl-C or SIGTERM.')
  .option('-p, --port <port>', 'port to listen on; 0 picks a free one (default: 9092)', port)
  .option('-H, --host <host>', 'address to listen on (default: all interfaces)')
  .addOption(new Option('-e, --engine <name>', 'where records are kept (default: file)').choices(['file', 'memory']))
  .option('-d, --data-dir <dir>', 'directory of the file engine (default: ./samsa-data)')
  .addOption(
    new Option(
      '--durability <level>',
      'what an answer promises: os, as Kafka, or fsync, safe from a loss of power',
    ).choices(['os', 'fsync']),
  )
  .option('-c, --config <file>', "a server.properties of Kafka's form")
  .option('-s, --set <key=value>', "a setting by Kafka's name; may be given often and wins over the file", setting)
  .addOption(
    new Option('-l, --log-level <level>', 'least serious messages to log')
      .choices(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('warn'),
  )
  .addHelpText(
    'after',
    `
Examples:
  samsa start                                      on port 9092, data in ./samsa-data
  samsa start --engine memory --port 0             nothing kept, any free port
  samsa start --config server.properties           Kafka's own settings file
  samsa start --set num.partitions=3 --set auto.create.topics.enable=false`,
  )
  .action(async options => {
    const { start } = await import('./start.ts')
    await start(options)
  })

program
  .command('import-kafka')
  .description("Import a real Kafka's data: topics with their settings, records, offsets, groups and producers.")
  .argument('[dirs...]', "Kafka's data directories (its log.dirs); Kafka must be stopped")
  .option('-d, --data-dir <dir>', 'where to import to (default: ./samsa-data)')
  .option('-m, --metadata-dir <dir>', "directory with Kafka's __cluster_metadata-0, if it is another one")
  .option('-c, --config <file>', "Kafka's server.properties: its log.dirs and the defaults of its topics")
  .option('-s, --set <key=value>', "a setting by Kafka's name, for instance node.id=2", setting)
  .option('-t, --topic <name...>', 'import these topics and no others')
  .option('-x, --except <name...>', 'leave these topics out')
  .option('--copy', 'copy all segments; without it those that are never written again become hard links')
  .option('--keep-damage', 'take logs with damage in the middle, of which that cannot be read; see samsa check')
  .option('--recover', 'take directories of a Kafka that was killed, without what that tore at the ends of logs')
  .addOption(
    new Option(
      '--retention <what>',
      'for topics without a retention of their own, of which the default would drop records: keep them for ever, or let the default apply',
    ).choices(['keep', 'default']),
  )
  .option('-n, --dry-run', 'read and check everything, and change nothing')
  .option('-q, --quiet', 'no lines about progress')
  .addHelpText(
    'after',
    `
Examples:
  samsa import-kafka /var/lib/kafka --dry-run            is all of it sound, and what would come over?
  samsa import-kafka /var/lib/kafka                      into ./samsa-data
  samsa import-kafka --config /etc/kafka/server.properties --data-dir /var/lib/samsa
  samsa import-kafka /data1 /data2 --metadata-dir /meta --topic orders payments
Exit code 0: imported; 1: refused or failed, and nothing was imported; 2: the command line can't be used.`,
  )
  .action(async (directories, options) => {
    const { importFromKafka } = await import('./import-kafka.ts')
    await importFromKafka(directories, options)
  })

program
  .command('check')
  .description('Read a data directory whole, and say what in it is not as it was written. Nothing is changed.')
  .argument('<dir>', "a data directory of Samsa's, or of a Kafka that is stopped")
  .option('-r, --records', 'open every batch and read the records inside, too')
  .option('-l, --live', 'while a broker has the directory: what it writes meanwhile is not looked at')
  .option('-j, --json', 'print one JSON object, for programs')
  .addHelpText(
    'after',
    `
Examples:
  samsa check samsa-data                 every batch and index, with checksums
  samsa check samsa-data --records       the records as well: slower, as it decompresses
  samsa check /var/lib/kafka --json      also a directory that Kafka wrote
Exit code 0: all sound; 1: something is damaged; 2: the directory can't be read, or a broker has it.`,
  )
  .action(async (directory, options) => {
    const { check } = await import('./check.ts')
    await check(directory, options)
  })

await program.parseAsync()
