using System.Diagnostics.CodeAnalysis;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>The dimension of a top list.</summary>
public sealed record Dimension
{
    private Dimension(EventField field) => Field = field;

    /// <summary>The name in the query string, such as <c>command</c>, <c>os</c> or <c>meta.target</c>.</summary>
    public string Name => Field.Name;

    /// <summary>The event type whose subjects are counted; <c>null</c> for other dimensions.</summary>
    internal string? SubjectsOf { get; private init; }

    /// <summary>The part of the context that is counted; <c>null</c> for other dimensions.</summary>
    internal ContextDimension? Context { get; private init; }

    /// <summary>The metadata key whose values are counted; <c>null</c> for other dimensions.</summary>
    internal string? MetadataKey => Field.Kind == FieldKind.Metadata ? Field.Key : null;

    /// <summary>Whether the event types themselves are counted.</summary>
    internal bool IsOfTypes => Field.Kind == FieldKind.Type;

    /// <summary>The field of events.</summary>
    public EventField Field { get; }

    /// <summary>Whether rollups keep the values with all figures. They keep only the events of metadata values.</summary>
    internal bool IsKeptInRollups => Field.Kind == FieldKind.Type || SubjectsOf is not null || Context is not null;

    /// <summary>Parses the name of an <see cref="EventField"/>.</summary>
    public static bool TryParse(string? by, [NotNullWhen(true)] out Dimension? dimension)
    {
        dimension = EventField.TryParse(by, out var field)
            ? new Dimension(field) { SubjectsOf = field.OfType, Context = ContextOf(by) }
            : null;
        return dimension is not null;
    }

    private static ContextDimension? ContextOf(string? by) => by switch
    {
        "version" => ContextDimension.Version,
        "os" => ContextDimension.Os,
        "arch" => ContextDimension.Arch,
        "runtime" => ContextDimension.Runtime,
        "actor" => ContextDimension.Actor,
        "sdk" => ContextDimension.Sdk,
        _ => null,
    };
}
