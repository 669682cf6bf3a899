using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>Selects the events of which a field has a value, among others if it is a list.</summary>
/// <param name="Field">The field.</param>
/// <param name="Value">The value, or <c>null</c> to select the events without one.</param>
public sealed record FieldFilter(EventField Field, string? Value)
{
    private readonly VersionPattern? _versions = Field.Kind == FieldKind.Version ? VersionPattern.TryParse(Value) : null;

    /// <summary>Whether the events that the filter would select are excluded, and all others are selected.</summary>
    public bool Excludes { get; init; }

    /// <summary>Whether a group of versions is selected, such as <c>1.4.x</c>, in addition to a version with that text.</summary>
    internal bool IsGroup => _versions is not null;

    /// <summary>Creates the filter for a value as it is reported (<see cref="EventField.NoValue"/> if there is none).</summary>
    public static FieldFilter Of(EventField field, string reported)
    {
        ArgumentNullException.ThrowIfNull(field);
        if (reported == EventField.NoValue)
            return new(field, null);
        var ignoresCase = field.Kind == FieldKind.Context && ContextNames.IgnoreCase(field.Key);
        return new(field, ignoresCase ? ContextNames.Normalised(reported) : reported);
    }

    /// <summary>Returns whether an event with these values is selected.</summary>
    internal bool Selects(List<string> values) => Has(values) != Excludes;

    /// <summary>
    /// Returns the query for events restricted by the filter, if a store can evaluate it. Others must be evaluated for each event.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="namesOf">Returns all names under which a subject was sent.</param>
    internal EventQuery Narrow(EventQuery query, Func<string, IReadOnlyList<string>> namesOf) => (Field.Name, Value) switch
    {
        _ when Excludes || IsGroup => query,
        (_, null) => query,
        ("type", var type) => query with { Type = type },
        ("subject", var subject) => query with { Subjects = namesOf(subject) },
        ("version", var version) => query with { Version = version },
        ("actor", var actor) => query with { Actor = actor },
        _ => query,
    };

    private bool Has(List<string> values)
    {
        if (Value is null)
            return values.Count == 0;
        return values.Contains(Value) || (_versions is not null && values.Exists(_versions.Has));
    }
}
