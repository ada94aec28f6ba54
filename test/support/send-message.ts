// A sender's server with one message: real SMTP, the bytes as given, the reply as it came.
import SMTPConnection from 'nodemailer/lib/smtp-connection'

export type Letter = { readonly port: number; readonly to: string; readonly message: string | Buffer; readonly from?: string }

/** Resolves to the reply to the final dot; rejects with the refusal of any command. */
export function sendMessage({ port, to, message, from = 'sender@shop.example' }: Letter): Promise<string> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port, name: 'mail.shop.example', ignoreTLS: true })
  return new Promise<string>((resolve, reject) => {
    connection.once('error', reject)
    connection.connect(() => {
      connection.send({ from, to: [to] }, message, (error, info) => {
        if (error) reject(error)
        else resolve(info?.response ?? '')
        connection.quit()
      })
    })
  })
}
