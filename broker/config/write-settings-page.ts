/**
 * Writes docs/settings.md. Run from the repository's root after a build: `node dist/broker/config/write-settings-page.js`.
 */
import { writeFileSync } from 'node:fs'
import { settingsPage } from './settings-page.ts'

writeFileSync('docs/settings.md', settingsPage())
