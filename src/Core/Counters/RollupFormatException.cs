namespace TelemetryKit.Core.Counters;

/// <summary>Thrown if bytes are not a valid <see cref="Rollup"/>, or were written by a newer version of this software.</summary>
public sealed class RollupFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the data.</param>
    public RollupFormatException(string message)
        : base(message)
    {
    }
}
