// Delivered, held and replied per day, drawn by uPlot in the colours of the page. Delivered stands on the line, held hangs below it.
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Day } from '../api.ts'

const height = 220

/** The tokens as they are now: a canvas knows no custom properties. */
function ink(of: HTMLElement) {
  const probe = document.createElement('span')
  of.append(probe)
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = { up: colour('ink-2'), down: colour('ink-3'), line: colour('rule-2'), grid: colour('rule'), text: colour('ink-3') }
  probe.remove()
  return colours
}

const most = (days: readonly number[]) => Math.max(0, ...days)
const whole = (value: number) => (Number.isInteger(value) ? Math.abs(value).toLocaleString('en') : '')
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]
const halfDay = 43_200

function draw(into: HTMLElement, days: readonly Day[]) {
  const colours = ink(into)
  const axis = {
    stroke: colours.text,
    font: `12px ${getComputedStyle(into).fontFamily}`,
    ticks: { show: false },
    border: { show: false },
  }
  const bars = (fill: string): uPlot.Series => ({
    fill,
    width: 0,
    paths: uPlot.paths.bars!({ size: [0.72, 24], gap: 1 }),
    points: { show: false },
  })
  // What was replied stands on what was delivered: a taller bar behind it.
  const stacked = days.map((day) => day.delivered + day.replied)
  const held = days.map((day) => day.held)
  const options: uPlot.Options = {
    width: into.clientWidth,
    height,
    padding: [8, 0, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: true, range: (_, from, to) => [from - halfDay, to + halfDay] },
      y: { range: [-most(held) * 1.1, Math.max(1, most(stacked)) * 1.08] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 24, values: (_, at) => at.map((second) => short.format(second * 1000)), space: 72 },
      { ...axis, grid: { stroke: colours.grid, width: 1, dash: [2, 4] }, size: 40, values: (_, at) => at.map(whole), incrs: steps },
    ],
    series: [{}, bars(colours.line), bars(colours.up), bars(colours.down)],
  }
  const at = days.map((day) => Date.parse(`${day.day}T00:00:00Z`) / 1000)
  return new uPlot(options, [at, stacked, days.map((day) => day.delivered), held.map((many) => -many)], into)
}

const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

export function DayPlot({ days, words }: { readonly days: readonly Day[]; readonly words: string }) {
  const self = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const into = self.current
    if (!into) return
    let plot = draw(into, days)
    const again = () => {
      plot.destroy()
      plot = draw(into, days)
    }
    const size = new ResizeObserver(() => plot.setSize({ width: into.clientWidth, height }))
    size.observe(into)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', again)
    return () => {
      size.disconnect()
      scheme.removeEventListener('change', again)
      plot.destroy()
    }
  }, [days])
  return <div class="u" role="img" aria-label={words} ref={self} />
}
