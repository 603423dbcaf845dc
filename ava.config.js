// The tests run from the compiler's output. SAMSA_BUILD names another output folder than dist.
const build = process.env.SAMSA_BUILD ?? 'dist'
export default {
  files: [`${build}/**/*.test.js`],
  workerThreads: true,
  timeout: '2m',
}
