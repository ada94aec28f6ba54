// A line that says whether one thing is well: a mark with a word, what it is about, and what was found.
import type { ComponentChildren } from 'preact'
import { Icon } from '../parts/icon.tsx'

export type Grade = 'ok' | 'warn' | 'bad'
const grades: Readonly<Record<Grade, readonly [icon: string, words: string]>> = {
  ok: ['check', 'Good'],
  warn: ['warn', 'Look at this'],
  bad: ['close', 'Wrong'],
}

type CheckProps = { readonly grade: Grade; readonly name: string; readonly children: ComponentChildren }

export const Check = ({ grade, name, children }: CheckProps) => (
  <li class="chk">
    <span class={`chk-i ${grade}`}>
      <Icon name={grades[grade][0]} />
      <span class="vh">{grades[grade][1]}: </span>
    </span>
    <b>{name}</b>
    <span class="chk-s">{children}</span>
  </li>
)
