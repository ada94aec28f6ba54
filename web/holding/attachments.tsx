// What came with the message: to be saved, never to be opened here.
import type { Attachment } from '../api.ts'
import { sizeOf } from '../name-of.ts'
import { Icon } from '../parts/icon.tsx'

export const Attachments = ({ of, attachments }: { readonly of: string; readonly attachments: readonly Attachment[] }) =>
  attachments.length === 0 ? null : (
    <ul class="files" aria-label="Attachments">
      {attachments.map((file) => (
        <li key={file.n}>
          <Icon name="clip" />
          <bdi class="file-n">{file.name}</bdi>
          <span class="n">{sizeOf(file.size)}</span>
          <a class="btn-icon" href={`${of}/attachments/${file.n}`} download aria-label={`Save ${file.name}`}>
            <Icon name="download" />
          </a>
        </li>
      ))}
    </ul>
  )
