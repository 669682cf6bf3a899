using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>Selects the events of which a field has a value, among others if it is a list.</summary>
/// <param name="Field">The field.</param>
/// <param name="Value">The value, or <c>null</c> to select the events without one.</param>
public sealed record FieldFilter(EventField Field, string? Value)
{
    /// <summary>Whether the events that the filter would select are excluded, and all others are selected.</summary>
    public bool Excludes { get; init; }

    /// <summary>Creates the filter for a value as it is reported (<see cref="EventField.NoValue"/> if there is none).</summary>
    public static FieldFilter Of(EventField field, string reported)
    {
        ArgumentNullException.ThrowIfNull(field);
        if (reported == EventField.NoValue)
            return new(field, null);
        var ignoresCase = field.Kind == FieldKind.Context && ContextNames.IgnoreCase(field.Key);
        return new(field, ignoresCase ? ContextNames.Normalised(reported) : reported);
    }
}
