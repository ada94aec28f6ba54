// What some server may take for the end of the data (RELIABILITY B01–B14, after hannob/smtpsmug and SEC Consult's SMTP-Smuggling-Tools).
export const smugglingSequences: readonly (readonly [number: string, octets: string])[] = [
  ['B01', '\n.\n'], ['B02', '\n.\r\n'], ['B03', '\r\n.\n'], ['B04', '\r.\r'], ['B05', '\r.\r\n'], ['B06', '\r\n.\r'], ['B07', '\r.\n'],
  ['B08', '\n.\r'], ['B09', '\r\n.\r\r\n'], ['B10', '\r\n\0.\r\n'], ['B11', '\r\n.\0\r\n'], ['B12', '\r\r\n.\r\r\n'], ['B13', '\n..\r\n'],
  ['B14', '\r\r\n.\r\n'],
]
