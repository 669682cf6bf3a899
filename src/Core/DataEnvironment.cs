namespace TelemetryKit.Core;

/// <summary>Where an event counts: a property of the key it came with. Test data is counted apart and can be reset.</summary>
public enum DataEnvironment : byte
{
    /// <summary>Real use. Counts against the plan's quota.</summary>
    Live = 0,

    /// <summary>The author's own trials.</summary>
    Test = 1,
}
