namespace TelemetryKit.Billing.Setup;

/// <summary>What <see cref="StripeSetup"/> found or did. Not a record: its text must not contain the secrets.</summary>
public sealed class StripeSetupResult
{
    /// <summary>What was found or done, in order.</summary>
    public required IReadOnlyList<StripeSetupStep> Steps { get; init; }

    /// <summary>
    /// The signing secrets of destinations that were created. Stripe doesn't show them again through its API, only on the pages of the
    /// account. They belong to the secrets of webhooks in the settings.
    /// </summary>
    public required IReadOnlyList<string> NewWebhookSecrets { get; init; }

    /// <summary>Whether the account is as it should be.</summary>
    public bool IsComplete => Steps.All(
        step => step.Outcome is not (StripeSetupOutcome.Missing or StripeSetupOutcome.Different or StripeSetupOutcome.Conflict));
}

/// <summary>An object in the account.</summary>
/// <param name="Kind">What it is, such as <c>price</c>.</param>
/// <param name="Name">Its name, such as <c>tk_pro_month</c>.</param>
/// <param name="Outcome">What was found or done.</param>
/// <param name="Detail">What differs or was changed, or <c>null</c>.</param>
public sealed record StripeSetupStep(string Kind, string Name, StripeSetupOutcome Outcome, string? Detail = null);

/// <summary>What <see cref="StripeSetup"/> found or did.</summary>
public enum StripeSetupOutcome
{
    /// <summary>It is as it should be.</summary>
    Unchanged,

    /// <summary>It was created.</summary>
    Created,

    /// <summary>It was changed.</summary>
    Updated,

    /// <summary>It was deleted, because another one replaced it.</summary>
    Deleted,

    /// <summary>It doesn't exist. Only of a check.</summary>
    Missing,

    /// <summary>It isn't as it should be. Only of a check.</summary>
    Different,

    /// <summary>It isn't as it should be and can't be changed through the API. The operator has to.</summary>
    Conflict,
}
