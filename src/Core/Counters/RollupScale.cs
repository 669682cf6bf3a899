namespace TelemetryKit.Core.Counters;

/// <summary>The period of a rollup, which determines how many names it keeps.</summary>
public enum RollupScale
{
    /// <summary>The events of one commit: few enough that no names are evicted.</summary>
    Delta,

    /// <summary>A day.</summary>
    Day,

    /// <summary>A month.</summary>
    Month,
}
