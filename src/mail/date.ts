// Date and time of the header: RFC 5322 §3.3, always UTC.

/** `Sun, 22 Nov 2026 07:52:00 +0000` */
export const formatDate = (at: Date): string => at.toUTCString().replace('GMT', '+0000')
