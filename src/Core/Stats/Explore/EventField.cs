using System.Diagnostics.CodeAnalysis;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>A property of an event that can be filtered for, or by whose values events can be grouped.</summary>
public sealed record EventField
{
    /// <summary>The value under which events without a value are reported, and with which they can be selected.</summary>
    public const string NoValue = Events.NoValue.Name;

    /// <summary>The prefix of metadata keys.</summary>
    public const string MetadataPrefix = "meta.";

    /// <summary>The names of the fields except subjects of one type and metadata keys.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "type", "subject", "version", "os", "os_version", "arch", "runtime", "sdk", "actor", "agent", "ci_name", "shell", "terminal",
        "exit_code", "error_type", "success",
    ];

    private EventField(string name, FieldKind kind) => (Name, Kind) = (name, kind);

    /// <summary>The name in the query string, such as <c>os_version</c> or <c>meta.flags</c>.</summary>
    public string Name { get; }

    /// <summary>Where the value is.</summary>
    internal FieldKind Kind { get; }

    /// <summary>The name in the context, or the metadata key; <c>null</c> for other kinds.</summary>
    internal string? Key { get; private init; }

    /// <summary>The only event type that has the field, or <c>null</c> if events of each type can have it.</summary>
    internal string? OfType { get; private init; }

    /// <summary>Whether aliases change the values.</summary>
    internal bool IsRenamed => Kind is FieldKind.Subject or FieldKind.ErrorType;

    /// <summary>
    /// Parses one of <see cref="Names"/>, <c>event</c> (the type), <c>command|feature|method|component</c> (the subjects of a type) or
    /// <c>meta.KEY</c>.
    /// </summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out EventField? field)
    {
        field = name switch
        {
            "type" or "event" => new(name, FieldKind.Type),
            "subject" => new(name, FieldKind.Subject),
            "command" => new(name, FieldKind.Subject) { OfType = "command_executed" },
            "feature" => new(name, FieldKind.Subject) { OfType = "feature_used" },
            "method" => new(name, FieldKind.Subject) { OfType = "method_called" },
            "component" => new(name, FieldKind.Subject) { OfType = "component_rendered" },
            "version" => new(name, FieldKind.Version),
            "success" => new(name, FieldKind.Success),
            "error_type" => new(name, FieldKind.ErrorType) { Key = name },
            "exit_code" => new(name, FieldKind.Metadata) { Key = name },
            "os" or "os_version" or "arch" or "runtime" or "sdk" or "actor" or "agent" or "ci_name" or "shell" or "terminal" =>
                new(name, FieldKind.Context) { Key = name },
            _ when name?.StartsWith(MetadataPrefix, StringComparison.Ordinal) == true && IsKey(name.AsSpan(MetadataPrefix.Length)) =>
                new(name, FieldKind.Metadata) { Key = name[MetadataPrefix.Length..] },
            _ => null,
        };
        return field is not null;
    }

    /// <summary>Returns the field of a name that is known to be valid.</summary>
    /// <exception cref="ArgumentException">The name isn't that of a field.</exception>
    public static EventField Of(string name) =>
        TryParse(name, out var field) ? field : throw new ArgumentException($"{name} is not a field.", nameof(name));

    private static bool IsKey(ReadOnlySpan<char> key) => CodePoints.IsBetween(key, 1, Limits.MetadataKeyLength);
}

/// <summary>Where the value of a field is.</summary>
internal enum FieldKind
{
    /// <summary>The event type.</summary>
    Type,

    /// <summary>The subject, under its current name.</summary>
    Subject,

    /// <summary>The tool's version.</summary>
    Version,

    /// <summary>Whether the event succeeded.</summary>
    Success,

    /// <summary>A value of the context.</summary>
    Context,

    /// <summary>The values of a metadata key.</summary>
    Metadata,

    /// <summary>The metadata value <c>error_type</c>, or the subject of an event of type <c>error</c> under its current name.</summary>
    ErrorType,
}
