namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>A feature that not every plan includes.</summary>
[Flags]
public enum Feature
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Funnels, retention, cohorts and similar statistics.</summary>
    AdvancedAnalytics = 1 << 0,

    /// <summary>Statistics and events as CSV and JSON.</summary>
    Export = 1 << 1,

    /// <summary>Members besides the owner.</summary>
    Teams = 1 << 2,

    /// <summary>Personal tokens for the management API.</summary>
    ApiTokens = 1 << 3,

    /// <summary>Requests to addresses of the tenant.</summary>
    Webhooks = 1 << 4,

    /// <summary>Limits that the operator sets for one tenant.</summary>
    CustomLimits = 1 << 5,
}
