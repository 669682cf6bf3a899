namespace TelemetryKit.Core.Privacy;

/// <summary>The kind of text that is scrubbed.</summary>
public enum ScrubScope : byte
{
    /// <summary>Any text: every pattern applies.</summary>
    Text = 0,

    /// <summary>
    /// A version, or a context value that contains one: four numbers such as 1.2.3.4 are a version and not an IPv4 address.
    /// </summary>
    Version = 1,
}
