// Light, dark, or as the system.
import { choose, look, type Look } from '../look.ts'

const looks: readonly (readonly [Look, string])[] = [
  ['', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export const Appearance = () => (
  <section class="set" id="look" aria-labelledby="lo-h">
    <h2 id="lo-h">Appearance</h2>
    <div class="chips" role="group" aria-label="Theme">
      {looks.map(([theme, words]) => (
        <button class="chip" type="button" aria-pressed={look.value === theme} onClick={() => choose(theme)}>
          {words}
        </button>
      ))}
    </div>
  </section>
)
