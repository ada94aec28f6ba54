// Where what is shown begins in HTML as mail has it.
import { expect, test } from 'vitest'
import { startOfHtmlBody } from '../../../src/mail/html-body.ts'

test.each([
  ['<html><head><title>a < b <body></title></head><body class="a>b">', 'Hello</body></html>'],
  ['<!DOCTYPE html>\r\n<!-- <body> --><HTML><BODY>', '<p>Hello'],
  ['<!--[if mso]><body><p><![endif]--><!--[if !mso]><!--><body><!--<![endif]-->'.slice(0, 59), '<!--<![endif]--><p>Hello'],
  ['<html><head><style>p > a { } </style><meta charset=utf-8></head>\r\n', '<p>Hello'],
  ['<script>if (a < b) "<body>"</script>', 'Hello'],
  ['<?xml version="1.0"?><html>\n', 'Hello'],
  ['', 'Hello <body>'],
  ['', '<bodyguard>'],
  ['', '<div><body>'],
  ['<html>', '<body class="never closed'],
  ['', '<style>p { } never closed'],
  ['<title>x</title>', '<script>never closed <body>'],
  ['', '<!-- never closed'],
  ['<!-->', 'Hello'],
  ['\u00ef\u00bb\u00bf<!DOCTYPE html><html><body>', 'Hello'],
  ['<html>\n', '\u00a0\u0040 of GBK'],
])('behind %j', (head, shown) => {
  expect(startOfHtmlBody(head + shown)).toBe(head.length)
})
