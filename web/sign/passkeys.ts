// Passkeys by the browser's own means (WebAuthn Level 3: options and answers as JSON).

const noPasskeys = 'This browser has no passkeys here. Use a password.'

export const canPasskeys = () =>
  typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential && window.isSecureContext

/** The browser names its errors for programs; a person who closes the window of the passkey has done nothing wrong. */
function told(error: unknown): Error {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'AbortError') return new Error('No passkey was used. Try again, or use a password.', { cause: error })
  if (name === 'InvalidStateError') return new Error('This device has a passkey for this account already.', { cause: error })
  return new Error('The passkey did not work.', { cause: error })
}

export async function makePasskey(question: PublicKeyCredentialCreationOptionsJSON): Promise<Record<string, unknown>> {
  if (!canPasskeys()) throw new Error(noPasskeys)
  try {
    const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) })
    return { ...(made as PublicKeyCredential).toJSON() }
  } catch (error) {
    throw told(error)
  }
}

/** With a signal it waits in the list that the browser offers under the e-mail field; without, it asks at once. */
export async function usePasskey(question: PublicKeyCredentialRequestOptionsJSON, waiting?: AbortSignal): Promise<unknown> {
  if (!canPasskeys()) throw new Error(noPasskeys)
  try {
    const found = await navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question),
      ...(waiting && { mediation: 'conditional' as const, signal: waiting }),
    })
    return (found as PublicKeyCredential).toJSON()
  } catch (error) {
    throw told(error)
  }
}
