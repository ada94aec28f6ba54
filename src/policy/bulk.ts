// Mail that went to many: what quiet mode holds. RFC 2369 and RFC 2919 (List-*), RFC 3834 §3.1.8 (Precedence), Feedback-ID as large providers read it.

import { valueOf, type Field } from '../mail/header.ts'

export const isBulk = (fields: readonly Field[]): boolean => fields.some((field) => {
  if (field.name.startsWith('list-') || field.name === 'feedback-id') return true
  return field.name === 'precedence' && /^\s*(bulk|list|junk)\s*$/i.test(valueOf(field))
})
