namespace TelemetryKit;

/// <summary>The protocol's limits. The SDK enforces them, so that the server never has to reject an event because of its size.</summary>
internal static class Limits
{
    /// <summary>The maximum number of metadata keys of an event.</summary>
    public const int MetadataKeys = 64;

    /// <summary>The maximum length of a metadata key or an event type, in UTF-16 code units.</summary>
    public const int KeyLength = 64;

    /// <summary>
    /// The maximum length of a subject (command, feature, method, component), of a service's name or version and of a context value.
    /// </summary>
    public const int NameLength = 128;

    /// <summary>The maximum length of a string in metadata.</summary>
    public const int TextLength = 1_024;

    /// <summary>The maximum number of items of an array in metadata.</summary>
    public const int ArrayLength = 64;

    /// <summary>The maximum number of values in a batch's context. The server ignores further ones.</summary>
    public const int ContextValues = 32;

    /// <summary>The maximum size of an event as JSON, in bytes. A larger event is dropped and counted.</summary>
    public const int EventBytes = 32 * 1024;

    /// <summary>The maximum number of events in a batch, whatever the options say.</summary>
    public const int BatchEvents = 1_000;
}
