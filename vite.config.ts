// How web/ becomes dist/web: files of their own only, because the pages are served under a policy without inline script or style.
import preact from '@preact/preset-vite'
import { defineConfig, type Plugin } from 'vite'

/** What the first screen needs, in one file: twenty small ones would cost a slow connection more than their octets. */
const first = /\/web\/(parts|addresses|new-address|sign\/(sign-in-page|sign-frame|matches)|(?!main\.ts$)[^/]+\.tsx?$)|node_modules\/(?!uplot|uqr)/

/** The style is all that the first paint waits for, so it is asked for before the program, and the program is told to stand back. */
const styleFirst: Plugin = {
  name: 'style-first',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => {
      const [style = ''] = /\n *<link rel="stylesheet"[^>]*>/.exec(html) ?? []
      const behind = html.replace(style, '').replace(/\n *<script/, `${style}$&`)
      return behind.replaceAll(/<(?:script type="module"|link rel="modulepreload")/g, '$& fetchpriority="low"')
    },
  },
}

export default defineConfig({
  root: 'web',
  plugins: [preact(), styleFirst],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2024',
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'fetch', test: /preload-helper/, priority: 1 }, { name: 'first', test: first }] } } },
  },
})
