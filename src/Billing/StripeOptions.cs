namespace TelemetryKit.Billing;

/// <summary>How Stripe is reached. Not a record: its text must not contain the secrets.</summary>
public sealed class StripeOptions
{
    /// <summary>The address of Stripe.</summary>
    public static Uri StripeAddress { get; } = new("https://api.stripe.com");

    /// <summary>The secret key of the account.</summary>
    public required string SecretKey { get; init; }

    /// <summary>
    /// The secrets with which webhooks are signed: one for each destination, and the former ones during a rotation. Webhooks are refused
    /// if there are none.
    /// </summary>
    public IReadOnlyList<string> WebhookSecrets { get; init; } = [];

    /// <summary>The address of the API.</summary>
    public Uri ApiBase { get; init; } = StripeAddress;

    /// <summary>Whether Checkout computes taxes, which has to be set up in the account. Tax ids are collected in any case.</summary>
    public bool AutomaticTax { get; init; }

    /// <summary>The time limit of one attempt of a call.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a failed call is repeated, with increasing delays.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The failed calls in a row after which no calls are made for <see cref="Pause"/>.</summary>
    public int FailuresUntilPause { get; init; } = 5;

    /// <summary>Creates what sends requests, in tests; <c>null</c> for connections to <see cref="ApiBase"/>.</summary>
    internal Func<HttpMessageHandler>? CreateHandler { get; init; }

    /// <summary>How long no calls are made after too many failures.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(30);
}
