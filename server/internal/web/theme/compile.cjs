// Compiles mais.scss: node compile.cjs NPM writes the style sheet to standard output. NPM is
// the directory with node_modules. (The sass command would do, were it not for Node 18: it
// loads its watcher, which is too new for that, even when it watches nothing.)
const path = require('node:path')

const npm = path.resolve(process.argv[2])
const sass = require(path.join(npm, 'node_modules', 'sass'))
const { css } = sass.compile(path.join(__dirname, 'mais.scss'), {
  style: 'compressed',
  loadPaths: [npm, path.join(npm, 'node_modules')], // MoJ's own imports begin with node_modules
  logger: sass.Logger.silent // MoJ uses what GOV.UK Frontend deprecates; a fault is thrown
})
process.stdout.write(css + '\n')
