// Single keys can be switched off (WCAG 2.1.4).
import { keyboardOpen } from '../keyboard-open.ts'
import { keysOn, switchKeys } from '../keys.ts'

export const Keyboard = () => (
  <section class="set" id="keys" aria-labelledby="ke-h">
    <h2 id="ke-h">Keyboard</h2>
    <ul class="lines">
      <li class="ln">
        <label class="check ln-m">
          <input type="checkbox" checked={keysOn.value} onChange={(event) => switchKeys(event.currentTarget.checked)} />
          <span>
            <b>Single keys</b>
            <span class="hint">b burns, z undoes, j and k move. Off inside fields</span>
          </span>
        </label>
        <span class="ln-a">
          <button
            class="btn"
            type="button"
            onClick={() => {
              keyboardOpen.value = true
            }}
          >
            All keys
          </button>
        </span>
      </li>
    </ul>
  </section>
)
