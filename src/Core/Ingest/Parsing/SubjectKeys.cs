namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Under which metadata key an event's subject stands.</summary>
internal static class SubjectKeys
{
    /// <summary>The key of all types that have none of their own, and the fallback of those that have.</summary>
    public static ReadOnlySpan<byte> Name => "name"u8;

    /// <summary>The key for an event type.</summary>
    public static ReadOnlySpan<byte> Of(string type) => type switch
    {
        "command_executed" => "command"u8,
        "feature_used" => "feature"u8,
        "method_called" => "method"u8,
        "component_rendered" => "component"u8,
        _ => Name,
    };
}
