namespace TelemetryKit.Core.Privacy;

/// <summary>What kind of text is scrubbed.</summary>
public enum ScrubScope : byte
{
    /// <summary>Any text: every pattern applies.</summary>
    Text = 0,

    /// <summary>
    /// A version, or a context value that holds one: four numbers such as 1.2.3.4 are a version there and not an IPv4 address.
    /// </summary>
    Version = 1,
}
