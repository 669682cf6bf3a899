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

    /// <summary>Adds disjoint tallies that together count all selected events that the rollup's summaries have.</summary>
    public void Find(Rollup rollup, Totals found)
    {
        if (!IsBySubject)
        {
            AddNarrowed(rollup.Day, rollup.Context, 0, found);
            return;
        }

        if (_query.Subject is null && _dimension is null)
        {
            found.Add(rollup.Types.Find(_type, out var ofType), ofType);
            return;
        }

        if (_query is { Subject: not null, Type: not null, Aliases: null })
        {
            if (rollup.SubjectTable.Find(_subject, out var ofSubject) is { } known)
                AddNarrowed(known.All, known.Context, ofSubject, found);
            else
                found.Add(null, ofSubject);
            return;
        }

        var subjects = Subjects(rollup, out var unlisted);
        found.Add(null, unlisted);
        foreach (var (subject, missed) in subjects)
            AddNarrowed(subject.All, subject.Context, missed, found);
    }

    /// <summary>
    /// Returns the subjects that pass the filters by subject and type, each with the most events that it has in addition.
    /// </summary>
    /// <param name="rollup">The rollup.</param>
    /// <param name="unlisted">The most events of other subjects that pass the filters.</param>
    public List<(SubjectTally Subject, long Missed)> Subjects(Rollup rollup, out long unlisted)
    {
        var selected = new List<(SubjectTally, long)>();
        unlisted = 0;
        for (var number = 0; number < SubjectTable.Count; number++)
        {
            if (rollup.SubjectTable.Summary(number) is { } summary && (_query.Type is null || SubjectTable.NumberOf(_query.Type) == number))
                unlisted += AddSubjects(summary, selected);
        }

        return selected;
    }

    /// <summary>Returns the part of a tally that passes the filter by version or actor, or <c>null</c> if no event passes.</summary>
    /// <param name="all">The tally.</param>
    /// <param name="context">Its events by context.</param>
    /// <param name="missed">The most events that pass in addition.</param>
    public Tally? Narrow(in Tally all, ContextTables context, out long missed)
    {
        missed = 0;
        return _dimension is { } dimension ? Unvalued.Find(context[dimension], _value, all, out missed) : all;
    }

    private bool Selects(SubjectTally subject) =>
        (_query.Type is null || subject.Name.Type == _query.Type)
        && (_query.Subject is null || _query.NameOf(subject.Name.Text) == _query.Subject);

    /// <summary>Adds the selected subjects. Returns the most events of other subjects that pass the filters.</summary>
    private long AddSubjects(SubjectSummary summary, List<(SubjectTally, long)> selected)
    {
        // If any subject may be selected of which nothing is known, all events that aren't counted for a subject may be, and these include
        // what the known ones have in addition.
        var areNamesKnown = _query.Subject is not null && summary.Type is not null;
        var before = selected.Count;
        foreach (var subject in summary.Items)
        {
            if (Selects(subject))
                selected.Add((subject, areNamesKnown ? subject.Missed : 0));
        }

        if (!areNamesKnown)
            return summary.Other;
        return summary.Floor == 0 ? 0 : summary.Floor * (_query.SubjectNames()!.Count - (selected.Count - before));
    }

    private void AddNarrowed(in Tally all, ContextTables context, long missed, Totals found)
    {
        var tally = Narrow(all, context, out var inTable);
        found.Add(tally is { Events: > 0 } ? tally : null, missed + inTable);
    }
}
