using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats;

/// <summary>Finds the tallies of the events that a query's filters select. Rollups don't keep versions by actor.</summary>
internal sealed class Selection
{
    private readonly StatsQuery _query;
    private readonly TallyName _type;
    private readonly TallyName _subject;
    private readonly ContextDimension? _dimension;
    private readonly TallyName _value;

    public Selection(StatsQuery query)
    {
        if (query is { Version: not null, Actor: not null })
            throw new ArgumentException("Rollups don't keep versions by actor: scan the events.", nameof(query));
        _query = query;
        if (query.Type is not null)
        {
            _type = TallyName.Value(query.Type);
            _subject = TallyName.Subject(query.Type, query.Subject);
        }

        if ((query.Version ?? query.Actor) is not { } value)
            return;
        _dimension = query.Version is not null ? ContextDimension.Version : ContextDimension.Actor;
        _value = TallyName.Value(value);
    }

    /// <summary>Whether there is a filter by subject or type.</summary>
    public bool IsBySubject => _query.Subject is not null || _query.Type is not null;

    /// <summary>Adds disjoint tallies that together count all selected events.</summary>
    public void Find(Rollup rollup, Totals found)
    {
        if (!IsBySubject)
        {
            AddNarrowed(rollup.Day, rollup.Context, found);
            return;
        }

        if (_query.Subject is null && _dimension is null && rollup.Types.Find(_type) is { } type)
        {
            found.Add(type);
            return;
        }

        if (_query is { Subject: not null, Type: not null, Aliases: null })
        {
            if (rollup.SubjectTable.Find(_subject) is { } subject)
                AddNarrowed(subject.All, subject.Context, found);
            return;
        }

        foreach (var subject in rollup.Subjects)
        {
            if (Selects(subject))
                AddNarrowed(subject.All, subject.Context, found);
        }
    }

    /// <summary>Whether a subject passes the filters by subject and type.</summary>
    public bool Selects(SubjectTally subject) =>
        (_query.Type is null || subject.Name.Type == _query.Type)
        && (_query.Subject is null || _query.NameOf(subject.Name.Text) == _query.Subject);

    /// <summary>Returns the part of a tally that passes the filter by version or actor, or <c>null</c> if no event passes.</summary>
    public Tally? Narrow(in Tally all, ContextTables? context)
    {
        if (_dimension is not { } dimension)
            return all;
        return context is null ? null : Unvalued.Find(context[dimension], _value, all);
    }

    private void AddNarrowed(in Tally all, ContextTables? context, Totals found)
    {
        if (Narrow(all, context) is { Events: > 0 } tally)
            found.Add(tally);
    }
}
