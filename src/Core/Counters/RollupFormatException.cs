namespace TelemetryKit.Core.Counters;

/// <summary>Bytes that should hold a <see cref="Rollup"/> don't, or come from a newer version of this software.</summary>
public sealed class RollupFormatException : Exception
{
    /// <summary>Says what is wrong with them.</summary>
    public RollupFormatException(string message)
        : base(message)
    {
    }
}
