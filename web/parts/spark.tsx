// Thirty days of an address: delivered stands on the line, held hangs below it. One scale for all rows, so that rows compare.
import type { Plot } from '../api.ts'

const step = 3
const perRoot = 4.6
const [mostUp, mostDown] = [14, 11]

/** A bar for each day that has mail; its length grows with the root, so that one message is seen beside a hundred. */
const bars = (days: readonly number[], from: number, sign: 1 | -1, most: number) =>
  days.map((many, day) => (many > 0 ? `M${day * step + 1} ${from}v${(sign * Math.min(most, perRoot * Math.sqrt(many))).toFixed(1)}` : '')).join('')

const sum = (days: readonly number[]) => days.reduce((all, many) => all + many, 0)

export function Spark({ plot }: { readonly plot: Plot }) {
  const { delivered, held } = plot
  const width = delivered.length * step
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${width} 28`}
      width={width}
      height="28"
      role="img"
      aria-label={`${delivered.length} days: ${sum(delivered)} delivered, ${sum(held)} held`}
    >
      <path class="sp-line" d={`M0 16h${width}`} />
      <path class="sp-up" d={bars(delivered, 15, -1, mostUp)} />
      <path class="sp-down" d={bars(held, 17, 1, mostDown)} />
    </svg>
  )
}
