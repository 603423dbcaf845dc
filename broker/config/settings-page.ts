/**
 * docs/settings.md, written from the tables.
 */
import { brokerSettingThemes } from './broker-settings.ts'
import { groupSettings } from './group-settings.ts'
import type { Setting, Settings } from './setting.ts'
import { topicSettings } from './topic-settings.ts'

const intro = `# Settings

This page is written from the tables in \`broker/config\` by \`node dist/broker/config/write-settings-page.js\`.

Broker settings come from a \`server.properties\` file (\`--config\`), from \`--set key=value\`, from the \`settings\` of the embedded
API, or, while the broker runs, from Kafka's tools (IncrementalAlterConfigs). Names, types and meanings are Kafka's; defaults
are Kafka's except where one broker for development needs another. A value that isn't allowed stops the start with a
message that names the key. A key that isn't known is ignored with a log line in a file, and an error in \`--set\`.

A setting marked *live* can be changed while the broker runs. Each section first lists the settings that Samsa honours, and
then names those that it accepts, keeps and shows so that files and tools made for Kafka work, and that **have no effect**.
`

const cell = (text: string): string => text.replaceAll('|', '\\|')

const row = (key: string, setting: Setting, live: boolean): string => {
  const initial =
    setting.defaultText === null ? '—' : setting.defaultText === '' ? 'empty' : `\`${setting.defaultText}\``
  return `| \`${key}\` | ${initial} | ${cell(setting.allowed)} | ${cell(setting.doc)}${live ? ' *Live.*' : ''} |`
}

const section = (title: string, settings: Settings, isLive: (setting: Setting) => boolean): string => {
  const all = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
  const honoured = all.filter(([, setting]) => setting.honoured)
  const idle = all.filter(([, setting]) => !setting.honoured).map(([key]) => `\`${key}\``)
  const parts = [`## ${title}`]
  if (honoured.length > 0) {
    const rows = honoured.map(([key, setting]) => row(key, setting, isLive(setting)))
    parts.push(['| Setting | Default | Allowed | What it does |', '|---|---|---|---|', ...rows].join('\n'))
  }
  if (idle.length > 0) parts.push(`Without effect: ${idle.join(', ')}.`)
  return parts.join('\n\n')
}

/** The whole page, in Markdown. */
export const settingsPage = (): string =>
  `${[
    intro.trimEnd(),
    section('Topics’ own settings, all live', topicSettings, () => false),
    section('Groups’ own settings, all live', groupSettings, () => false),
    ...Object.entries<Settings>(brokerSettingThemes).map(([title, settings]) =>
      section(`Broker: ${title}`, settings, setting => setting.update !== 'read-only'),
    ),
    '',
  ]
    .join('\n\n')
    .trimEnd()}\n`
