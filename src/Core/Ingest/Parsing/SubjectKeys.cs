namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>The metadata keys that contain the subject of an event.</summary>
internal static class SubjectKeys
{
    /// <summary>The key for all types without a specific key, and the fallback for the others.</summary>
    public static ReadOnlySpan<byte> Name => "name"u8;

    /// <summary>Returns the key for an event type.</summary>
    public static ReadOnlySpan<byte> Of(string type) => type switch
    {
        "command_executed" => "command"u8,
        "feature_used" => "feature"u8,
        "method_called" => "method"u8,
        "component_rendered" => "component"u8,
        _ => Name,
    };
}
