using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Grains.Tenants;

/// <summary>
/// The working state of a tenant's grain. It may be lost: everything that must not be is in the tables of the store. Other versions of a
/// process read it: members are added, never renamed.
/// </summary>
[GenerateSerializer]
[Alias("tenant-state")]
internal sealed class TenantState
{
    /// <summary>The last forecast, or <c>null</c> if there was none.</summary>
    [Id(0)]
    public UsageForecast? Forecast { get; set; }

    /// <summary>When the forecast was computed, or <c>null</c> if it never was.</summary>
    [Id(1)]
    public DateTimeOffset? ForecastAt { get; set; }

    /// <summary>When the state was last written, or <c>null</c> if it never was.</summary>
    [Id(2)]
    public DateTimeOffset? WrittenAt { get; set; }
}
