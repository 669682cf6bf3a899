namespace TelemetryKit;

/// <summary>The protocol's limits that the SDK keeps to, so that the server never has to refuse an event for its size.</summary>
internal static class Limits
{
    /// <summary>Metadata keys an event may carry.</summary>
    public const int MetadataKeys = 64;

    /// <summary>Characters of a metadata key or an event type.</summary>
    public const int KeyLength = 64;

    /// <summary>Characters of a subject (command, feature, method, component), a service's name or version, a context value.</summary>
    public const int NameLength = 128;

    /// <summary>Characters of a metadata text.</summary>
    public const int TextLength = 1_024;

    /// <summary>Items of a metadata array.</summary>
    public const int ArrayLength = 64;

    /// <summary>Values of a batch's context; the server leaves out what comes after.</summary>
    public const int ContextValues = 32;

    /// <summary>Bytes of one event as JSON; a larger one is dropped and counted.</summary>
    public const int EventBytes = 32 * 1024;

    /// <summary>Events one batch may carry, whatever the options say.</summary>
    public const int BatchEvents = 1_000;
}
