import { words } from '../../format/words'

const ofSignIn = words({
  github: 'GitHub didn’t confirm who you are. Try again.',
  github_no_email: 'GitHub has no verified primary address for you.',
  github_already_linked: 'Your account is linked to another GitHub account. Sign in with your password.',
  github_link_removed: 'The link to GitHub was removed from your account. Sign in with your password, and link it again.',
  sign_up_closed: 'This server has an owner. Everyone else needs an invitation.',
})

const ofLink = words({
  github: 'GitHub didn’t confirm who you are. The account isn’t linked.',
  github_other_address: 'Your GitHub account has another address than this account. It isn’t linked.',
  github_already_linked: 'The account is linked to another GitHub account.',
})

/** Why a sign-in through GitHub failed. The code is in the address, so any other text may be that of a stranger, and isn't shown. */
export function signInFault(code: string): string | undefined {
  return ofSignIn[code] ?? ofSignIn['github']
}

/** Why linking an account to GitHub failed. As in `signInFault`, an unknown code has the general text. */
export function linkFault(code: string): string | undefined {
  return ofLink[code] ?? ofLink['github']
}
