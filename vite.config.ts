// How web/ becomes dist/web: files of their own only, because the pages are served under a policy without inline script or style.
import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

/** What the first screen needs, in one file: twenty small ones would cost a slow connection more than their octets. */
const first = /\/web\/(parts|addresses|new-address|sign\/(sign-in-page|sign-frame|matches)|[^/]+\.tsx?$)|node_modules\/(?!uplot)/

export default defineConfig({
  root: 'web',
  plugins: [preact()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2024',
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: first }] } } },
  },
})
