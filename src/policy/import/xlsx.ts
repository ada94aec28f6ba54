// The first sheet of an XLSX workbook (ECMA-376 part 1, §18.3 and §18.4) as lines of text cells. saxes knows no entities but XML's own five, so
// that a document cannot grow while it is read.
import { SaxesParser } from 'saxes'
import { NotThisFormat } from './row.ts'
import type { TableLine } from './table.ts'

const mostColumns = 500
const mostRows = 300_000

export const sheetLines = (sheet: string, sharedStrings: string | undefined): readonly TableLine[] => {
  const shared = sharedStrings === undefined ? [] : stringsOf(sharedStrings)
  const lines: { line: number; cells: string[] }[] = []
  let [column, type, text, reads] = [0, '', '', false]
  eachTag(sheet, {
    open: (name, attributes) => {
      if (name === 'row') {
        if (lines.length >= mostRows) throw new NotThisFormat(`A sheet may have ${mostRows} rows.`)
        const number = Number(attributes['r'])
        lines.push({ line: Number.isSafeInteger(number) && number > 0 ? number : lines.length + 1, cells: [] })
        column = -1
      } else if (name === 'c') {
        column = columnOf(attributes['r']) ?? column + 1
        type = attributes['t'] ?? ''
        text = ''
      } else if (name === 'v' || name === 't') reads = true
    },
    text: (part) => {
      if (reads) text += part
    },
    close: (name) => {
      if (name === 'v' || name === 't') reads = false
      else if (name === 'c' && column < mostColumns) {
        const cells = lines.at(-1)?.cells
        if (!cells) return
        while (cells.length < column) cells.push('')
        cells[column] = type === 's' ? shared[Number(text)] ?? '' : text
      }
    },
  })
  return lines
}

/** `BC17` is column 54, counted from 0. */
const columnOf = (reference: string | undefined): number | undefined => {
  const letters = /^([A-Z]{1,3})\d*$/.exec(reference ?? '')?.[1]
  return letters === undefined ? undefined : [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

const stringsOf = (xml: string): readonly string[] => {
  const strings: string[] = []
  /** `rPh` says how the text is spoken. */
  let [text, reads, pronounced] = ['', false, false]
  eachTag(xml, {
    open: (name) => {
      if (name === 'si') text = ''
      if (name === 'rPh') pronounced = true
      reads = name === 't' && !pronounced
    },
    text: (part) => {
      if (reads) text += part
    },
    close: (name) => {
      if (name === 't') reads = false
      if (name === 'rPh') pronounced = false
      if (name === 'si') strings.push(text)
    },
  })
  return strings
}

type Handlers = {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void
  readonly text: (part: string) => void
  readonly close: (name: string) => void
}

const eachTag = (xml: string, handlers: Handlers): void => {
  const parser = new SaxesParser({ xmlns: false })
  const local = (name: string): string => name.slice(name.indexOf(':') + 1)
  parser.on('opentag', (tag) => handlers.open(local(tag.name), tag.attributes as Readonly<Record<string, string>>))
  parser.on('closetag', (tag) => handlers.close(local(tag.name)))
  parser.on('text', handlers.text)
  parser.on('cdata', handlers.text)
  parser.on('error', (error) => {
    throw new NotThisFormat(`This workbook cannot be read: ${error.message.slice(0, 200)}`)
  })
  parser.write(xml).close()
}
