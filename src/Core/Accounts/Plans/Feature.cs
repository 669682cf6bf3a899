namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>A feature that not every plan includes.</summary>
[Flags]
public enum Feature
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Releases, retention, failures, combinations of flags, and deprecation.</summary>
    AdvancedAnalytics = 1 << 0,

    /// <summary>Events as files, and statistics as CSV and NDJSON.</summary>
    Export = 1 << 1,

    /// <summary>Members besides the owner.</summary>
    Teams = 1 << 2,

    /// <summary>Personal tokens for the management API.</summary>
    ApiTokens = 1 << 3,

    /// <summary>Limits that the operator sets for one tenant.</summary>
    CustomLimits = 1 << 4,
}
