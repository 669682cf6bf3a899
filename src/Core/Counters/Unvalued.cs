using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>Finds the events without a value in a dimension of the context.</summary>
internal static class Unvalued
{
    private static readonly TallyName Name = TallyName.Value(NoValue.Name);

    /// <summary>
    /// Returns the tally of a value. For <see cref="NoValue"/> it includes the events that were counted before events without a value had
    /// a row: the events of the parent that the table doesn't have. Their installs and durations are not known, and their failures are
    /// exact if the table has all of its values.
    /// </summary>
    /// <param name="table">The table of the dimension; <c>null</c> if no event was counted in it.</param>
    /// <param name="value">The value.</param>
    /// <param name="parent">All events of which the table has the values.</param>
    /// <param name="missed">The most events that the value can have in addition.</param>
    public static Tally? Find(ValueTable? table, in TallyName value, in Tally parent, out long missed)
    {
        if (value.Text == NoValue.Name)
            return Find(table, parent, out missed);
        missed = 0;
        return table?.Find(value, out missed);
    }

    /// <summary>Returns the tally of <see cref="NoValue"/>, or <c>null</c> if all events have a value.</summary>
    public static Tally? Find(ValueTable? table, in Tally parent, out long missed)
    {
        missed = 0;
        var counted = table?.Find(Name, out missed);
        var rest = parent.Events - (table?.Total ?? 0);
        return rest > 0 ? Rest(table, parent, rest, counted) : counted;
    }

    private static Tally Rest(ValueTable? table, in Tally parent, long events, in Tally? counted)
    {
        var rest = new Tally(Kept.Numbers)
        {
            Events = events,
            Failures = parent.Failures,
            WithOutcome = parent.WithOutcome,
            First = parent.First,
            Last = parent.Last,
        };
        foreach (ref readonly var known in table is null ? default : table.Values)
        {
            rest.Failures -= known.Tally.Failures;
            rest.WithOutcome -= known.Tally.WithOutcome;
        }

        rest.WithOutcome = Math.Clamp(rest.WithOutcome, 0, rest.Events);
        rest.Failures = Math.Clamp(rest.Failures, 0, rest.WithOutcome);
        if (counted is { } some)
            rest.AddNumbers(some);
        return rest;
    }
}
