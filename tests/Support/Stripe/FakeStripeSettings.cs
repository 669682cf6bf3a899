namespace TelemetryKit.Support.Stripe;

/// <summary>How the account of <see cref="FakeStripe"/> is set up.</summary>
public sealed class FakeStripeSettings
{
    /// <summary>When a failed charge is repeated, after the first attempt.</summary>
    public IReadOnlyList<TimeSpan> RetryAfter { get; set; } = [TimeSpan.FromDays(3), TimeSpan.FromDays(7), TimeSpan.FromDays(14)];

    /// <summary>When a subscription is given up, after the first failed charge.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(21);

    /// <summary>What happens then.</summary>
    public FakeGiveUp GiveUp { get; set; } = FakeGiveUp.Cancel;

    /// <summary>How long an invoice of a period that ended is a draft.</summary>
    public TimeSpan DraftTime { get; set; } = TimeSpan.FromHours(1);
}
