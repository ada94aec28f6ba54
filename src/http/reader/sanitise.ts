// HTML of a stranger, made harmless before it is put into a frame that would hold it anyway (RELIABILITY M01–M05, M09, M12).
import type { Attachment } from 'mailparser'
import sanitizeHtml from 'sanitize-html'

const mostInlinedBytes = 10 * 1024 * 1024
const mostStyle = 2_000
const deepest = 200
const imageType = /^image\/(png|jpeg|gif|webp)$/i
const inlineImage = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/i

const tags = [
  'a', 'abbr', 'address', 'article', 'aside', 'b', 'bdi', 'bdo', 'big', 'blockquote', 'br', 'caption', 'center', 'cite', 'code', 'col',
    'colgroup',
  'dd', 'del', 'dfn', 'div', 'dl', 'dt', 'em', 'figcaption', 'figure', 'font', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header',
    'hr', 'i',
  'img', 'ins', 'kbd', 'li', 'main', 'mark', 'ol', 'p', 'pre', 'q', 's', 'samp', 'section', 'small', 'span', 'strike', 'strong', 'sub',
    'sup',
  'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'time', 'tr', 'tt', 'u', 'ul', 'var', 'wbr',
]
const cell = ['align', 'valign', 'bgcolor', 'width', 'height', 'colspan', 'rowspan', 'nowrap']

// What holds no text for people: it goes with everything inside. Foreign content (svg, math) is where mutation XSS lives.
const gone = [
  'applet', 'audio', 'base', 'canvas', 'embed', 'frame', 'frameset', 'iframe', 'link', 'map', 'math', 'meta', 'noembed', 'noframes',
    'noscript',
  'object', 'option', 'plaintext', 'script', 'select', 'style', 'svg', 'template', 'textarea', 'title', 'video', 'xmp',
]

// Appearance only: nothing that takes a thing out of its place, hides others or names an address.
const styleProperties = new RegExp(`^(?:${[
  'background', 'background-color', 'border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width|radius))?', 'border-collapse',
    'border-spacing', 'color',
  'direction', 'display', 'font(?:-(?:family|size|style|weight|variant))?', 'height', 'letter-spacing', 'line-height',
    'list-style(?:-type)?',
  'margin(?:-(?:top|right|bottom|left))?', '(?:max|min)-(?:width|height)', 'padding(?:-(?:top|right|bottom|left))?', 'table-layout',
  'text-(?:align|decoration|indent|transform)', 'vertical-align', 'white-space', 'width', 'word-break', 'word-spacing',
].join('|')})$`)
/** Colours, lengths, names and rgb(); no backslash, no @, no / (so no URL), no function but the colour ones. */
const styleValue = /^(?:[\w\s#.,%'"!+-]|\b(?:rgba?|hsla?)\([\d\s.,%]{1,60}\)){1,300}$/i

const cleanStyle = (text: string): string => text.slice(0, mostStyle).split(';').flatMap((declaration) => {
  const colon = declaration.indexOf(':')
  const name = declaration.slice(0, Math.max(colon, 0)).trim().toLowerCase()
  const value = declaration.slice(colon + 1).trim()
  return styleProperties.test(name) && styleValue.test(value) ? [`${name}:${value}`] : []
}).join(';')

type Clean = { readonly html: string; readonly remote: number }

/** `remoteImages`: its reader asked for them. Over https alone: nothing of it goes in the clear, and no device at home is reached. */
export const sanitise = (html: string, attachments: readonly Attachment[], remoteImages = false): Clean => {
  const images = new InlineImages(attachments)
  let remote = 0
  const clean = sanitizeHtml(html, {
    allowedTags: tags,
    nonTextTags: gone,
    allowedAttributes: {
      '*': ['style', 'dir', 'align', 'bgcolor'], a: ['href', 'target', 'rel', 'title', 'data-host'], img: ['src', 'alt', 'width', 'height'],
      table: [...cell, 'border', 'cellpadding', 'cellspacing'], tr: cell, td: cell, th: cell, col: cell, font: ['color', 'size', 'face'],
      ol: ['start', 'type'], ul: ['type'], span: ['class', 'title'],
    },
    allowedClasses: { span: ['bb-remote'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: remoteImages ? ['data', 'https'] : ['data'] },
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nestingLimit: deepest,
    parseStyleAttributes: false,
    transformTags: {
      a: (tagName, attributes) => ({ tagName, attribs: link(attributes) }),
      img: (tagName, attributes) => {
        const { src = '' } = attributes
        const inline = images.find(src)
        if (inline !== undefined) return { tagName, attribs: styled({ ...attributes, src: inline }) }
        const url = URL.parse(src.startsWith('//') ? `https:${src}` : src)
        if (!url || !/^https?:$/.test(url.protocol)) return { tagName: 'span', attribs: {}, text: attributes['alt'] ?? '' }
        remote++
        if (remoteImages) {
          url.protocol = 'https:'
          return { tagName, attribs: styled({ ...attributes, src: url.href }) }
        }
        return { tagName: 'span', attribs: { class: 'bb-remote', title: url.href.slice(0, 500) },
          text: attributes['alt'] || `image not loaded: ${url.hostname}` }
      },
      '*': (tagName, attributes) => {
        if (attributes['background'] !== undefined || /url\(|@import/i.test(attributes['style'] ?? '')) remote++
        return { tagName, attribs: styled(attributes) }
      },
    },
  })
  return { html: clean, remote }
}

const styled = (attributes: sanitizeHtml.Attributes): sanitizeHtml.Attributes => {
  const { style, class: name, ...bare } = attributes
  // The one class is ours: what stands for an image that is not loaded.
  const rest = name === 'bb-remote' ? { ...bare, class: name } : bare
  const clean = style === undefined ? '' : cleanStyle(style)
  return clean === '' ? rest : { ...rest, style: clean }
}

/** Opens outside of the frame, says nothing about us, and shows where it leads. */
const link = (attributes: sanitizeHtml.Attributes): sanitizeHtml.Attributes => {
  const target = URL.parse(attributes['href'] ?? '')
  const { style } = styled(attributes)
  const kept: sanitizeHtml.Attributes = style === undefined ? {} : { style }
  if (!target || !/^(https?|mailto):$/.test(target.protocol)) return kept
  const shown = target.protocol === 'mailto:' ? target.pathname : target.hostname
  return { ...kept, href: target.href, target: '_blank', rel: 'noopener noreferrer nofollow', title: target.href.slice(0, 500),
    'data-host': shown.slice(0, 100) }
}

/** `cid:` and `data:` images, four plain types, up to 10 MB in all: the same image a thousand times must not grow without end. */
class InlineImages {
  readonly #byCid: ReadonlyMap<string, Attachment>
  #left = mostInlinedBytes

  constructor(attachments: readonly Attachment[]) {
    this.#byCid = new Map(attachments.flatMap((one) => one.cid && imageType.test(one.contentType ?? '') ? [[one.cid, one] as const] : []))
  }

  find(src: string): string | undefined {
    const text = src.trim()
    if (inlineImage.test(text)) return this.#take(text.length) ? text : undefined
    const image = /^cid:/i.test(text) ? this.#byCid.get(cidOf(text)) : undefined
    if (!image || !this.#take(image.content.length * 4 / 3)) return undefined
    return `data:${image.contentType.toLowerCase()};base64,${image.content.toString('base64')}`
  }

  #take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }
}

const cidOf = (src: string): string => {
  try {
    return decodeURIComponent(src.slice(4))
  } catch {
    return src.slice(4)
  }
}
