namespace TelemetryKit.Core.Billing;

/// <summary>How often a subscription is paid. The quota is monthly in both cases.</summary>
public enum BillingInterval
{
    /// <summary>Each month.</summary>
    Month = 1,

    /// <summary>Each year.</summary>
    Year = 2,
}
