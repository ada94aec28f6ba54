// Several things of which some are chosen, each with its name in the API.

export type Checkable<T> = readonly [name: T, words: string]
type Props<T> = { readonly legend: string; readonly name: string; readonly choices: readonly Checkable<T>[]; readonly on: readonly T[] }

export const Checks = <T extends string>({ legend, name, choices, on }: Props<T>) => (
  <fieldset class="checks">
    <legend class="field-l">{legend}</legend>
    {choices.map(([value, words]) => (
      <label class="check">
        <input type="checkbox" name={name} value={value} defaultChecked={on.includes(value)} />
        <span>
          {words} <b class="scope">{value}</b>
        </span>
      </label>
    ))}
  </fieldset>
)

export const chosenOf = <T extends string>(choices: readonly Checkable<T>[], checked: readonly string[]): T[] =>
  choices.map(([name]) => name).filter((name) => checked.includes(name))
