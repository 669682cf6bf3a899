namespace TelemetryKit.Core;

/// <summary>
/// The environment that an event counts in, which the key determines. Test data is counted separately and can be reset.
/// </summary>
public enum DataEnvironment : byte
{
    /// <summary>Real use. Counts against the plan's quota.</summary>
    Live = 0,

    /// <summary>The author's own test runs.</summary>
    Test = 1,
}
