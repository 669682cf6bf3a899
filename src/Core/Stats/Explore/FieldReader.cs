using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>Reads the values of a field. An instance belongs to one count.</summary>
internal sealed class FieldReader(EventField source, IReadOnlyDictionary<string, string>? aliases)
{
    private readonly Dictionary<EventContext, string?> _ofContext = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _values = [];

    /// <summary>The parts of events that are read.</summary>
    public EventParts Parts => source.Kind switch
    {
        FieldKind.Subject => EventParts.Subject,
        FieldKind.Version => EventParts.Version,
        FieldKind.Context => EventParts.Context,
        FieldKind.Metadata => EventParts.Metadata,
        FieldKind.ErrorType => EventParts.Metadata | EventParts.Subject,
        _ => EventParts.None,
    };

    /// <summary>Returns the values of an event; empty if it has none. The list is reused by the next call.</summary>
    public List<string> Read(EventBatch batch, int index)
    {
        _values.Clear();
        if (source.Kind is FieldKind.Metadata or FieldKind.ErrorType)
            MetadataValues.Read(batch.Metadata(index).Span, source.Key!, _values);
        // A client that sends the name of no value is counted with the events that have none.
        _values.Remove(NoValue.Name);
        var single = source.Kind switch
        {
            FieldKind.Type => batch.Type[index],
            FieldKind.Subject => NameOf(batch.Subject[index]),
            FieldKind.Version => batch.Version[index],
            FieldKind.Success => batch.Success[index] switch { true => "true", false => "false", null => null },
            FieldKind.Context => OfContext(batch.Context[index]),
            FieldKind.ErrorType when _values.Count == 0 && batch.Type[index] == EventTypes.Error => NameOf(batch.Subject[index]),
            _ => null,
        };
        if (single is not (null or NoValue.Name))
            _values.Add(single);
        return _values;
    }

    private string? NameOf(string? subject) =>
        subject is not null && aliases is not null && aliases.TryGetValue(subject, out var name) ? name : subject;

    private string? OfContext(EventContext context) => source.Key switch
    {
        "os" => context.Os,
        "arch" => context.Arch,
        "runtime" => context.Runtime,
        "sdk" => context.Sdk,
        "actor" => context.Actor,
        _ => Other(context),
    };

    private string? Other(EventContext context)
    {
        if (_ofContext.TryGetValue(context, out var known))
            return known;
        // Equal contexts usually share one instance, so there are few; rare ones must not accumulate.
        if (_ofContext.Count >= 4_096)
            _ofContext.Clear();
        return _ofContext[context] = Parse(context.Json);
    }

    private string? Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty(source.Key!, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
            JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
    }
}
