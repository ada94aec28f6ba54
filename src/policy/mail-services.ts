// Two kinds of domain that say little about who writes: services that send for companies and sign with a name of their own, and
// providers where anybody may have a mailbox. The domains are those of their DKIM signatures (d=), as their documentation names them.

import { organisationOf } from './organisation.ts'

const sendingServices: ReadonlySet<string> = new Set([
  'amazonses.com', 'sendgrid.net', 'sendgrid.info', 'mailgun.org', 'mailgun.net', 'mcsv.net', 'mcdlv.net', 'mailchimpapp.net', 'mandrillapp.com',
  'sparkpostmail.com', 'mtasv.net', 'mailjet.com', 'sendinblue.com', 'brevosend.com', 'mailin.fr', 'klaviyomail.com', 'hubspotemail.net',
  'hubspot.com', 'exacttarget.com', 'exct.net', 'salesforce.com', 'ccsend.com', 'constantcontact.com', 'createsend.com', 'cmail19.com', 'cmail20.com',
  'intercom-mail.com', 'zendesk.com', 'helpscout.net', 'mailersend.net', 'mlsend.com', 'cleverreach.com', 'rapidmail.de', 'emarsys.net',
  'sendpulse.com', 'acems1.com', 'emsd1.com', 'iterable.com', 'customeriomail.com', 'shopifyemail.com', 'smtp2go.com', 'elasticemail.com',
  'postmarkapp.com', 'pepipost.net', 'socketlabs.com',
])

/** Whoever signs `shop.example` there signs as `shop-example.20230601.gappssmtp.com`. */
const workspace = /^([a-z0-9-]+)\.\d{8}\.gappssmtp\.com$/

const mailboxProviders: ReadonlySet<string> = new Set([
  'gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com', 'yahoo.co.uk', 'yahoo.co.jp', 'yahoo.de',
  'yahoo.fr', 'ymail.com', 'aol.com', 'icloud.com', 'me.com', 'mac.com', 'gmx.de', 'gmx.net', 'gmx.com', 'gmx.at', 'gmx.ch', 'web.de', 't-online.de',
  'freenet.de', 'posteo.de', 'posteo.net', 'mailbox.org', 'proton.me', 'protonmail.com', 'pm.me', 'tutanota.com', 'tuta.com', 'tuta.io',
  'fastmail.com', 'fastmail.fm', 'zoho.com', 'hey.com', 'mail.ru', 'yandex.ru', 'yandex.com', 'qq.com', '163.com', '126.com', 'naver.com',
  'orange.fr', 'free.fr', 'laposte.net', 'libero.it', 'virgilio.it', 'comcast.net', 'btinternet.com', 'bluewin.ch', 'wp.pl', 'o2.pl', 'onet.pl',
  'seznam.cz',
])

/** A service that sends for the company of this From domain. */
export const isSendingService = (signer: string, fromDomain: string): boolean => {
  const tenant = workspace.exec(signer)?.[1]
  return tenant === undefined ? sendingServices.has(organisationOf(signer)) : tenant === fromDomain.replaceAll('.', '-')
}

/** Its domain is shared by people who have nothing to do with each other: there one mailbox is one sender. */
export const isMailboxProvider = (organisation: string): boolean => mailboxProviders.has(organisation)
