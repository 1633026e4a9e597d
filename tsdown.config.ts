import { defineConfig, type UserConfig } from 'tsdown'

const root: UserConfig = { format: 'esm', deps: { neverBundle: ['@holdfast/embedded', 'pg'] } }

/** What browsers load from the server, each in one file. */
const asset = (name: string, source: string): UserConfig => ({
  ...{ format: 'esm', platform: 'browser', minify: true, dts: false, clean: false },
  ...{ entry: { [name]: source }, outDir: 'dist/assets', outExtensions: () => ({ js: '.js' }) },
  plugins: [
    {
      name: 'the element is a file of its own',
      resolveId: id =>
        id === '@holdfast/client/element' ? { id: '/element.js', external: true } : undefined,
    },
  ],
})

export const assets = [
  asset('element', 'client/src/element/index.ts'),
  asset('store', 'src/demo/store/page/main.ts'),
]

export default defineConfig([
  {
    // The libraries of server and command line are bundled: they are devDependencies, so that a
    // shop which installs the library gets pg and nothing else.
    ...root,
    entry: { index: 'src/index.ts', cli: 'src/cli/main.ts', server: 'src/server/index.ts' },
    dts: false,
    clean: true,
    copy: [
      {
        from: 'node_modules/@scalar/api-reference/dist/browser/standalone.js',
        to: 'dist/assets',
        rename: 'scalar.js',
      },
    ],
  },
  {
    // The types of the two doors name nothing of those libraries.
    ...root,
    entry: { index: 'src/index.ts', server: 'src/server/index.ts' },
    deps: { neverBundle: [/^[^./]/] },
    dts: { emitDtsOnly: true },
    clean: false,
  },
  ...assets,
])
