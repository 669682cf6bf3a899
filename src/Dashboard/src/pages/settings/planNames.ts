const names: Record<string, string> = {
  self_hosted: 'Your own server',
  free: 'Free',
  pro: 'Pro',
  business: 'Business',
  enterprise: 'Enterprise',
}

/** The name of a plan for people. */
export const planName = (plan: string) => names[plan] ?? plan
