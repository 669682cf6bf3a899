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
    public static Tally? Find(ValueTable table, in TallyName value, in Tally parent) =>
        value.Text == NoValue.Name ? Find(table, parent) : table.Find(value);

    /// <summary>Returns the tally of <see cref="NoValue"/>, or <c>null</c> if all events have a value.</summary>
    public static Tally? Find(ValueTable table, in Tally parent)
    {
        var counted = table.Find(Name);
        if (parent.Events <= table.Total)
            return counted;
        var rest = new Tally(Kept.Numbers)
        {
            Events = parent.Events - table.Total,
            Failures = parent.Failures,
            WithOutcome = parent.WithOutcome,
            First = parent.First,
            Last = parent.Last,
        };
        foreach (ref readonly var known in table.Values)
        {
            rest.Failures -= known.Tally.Failures;
            rest.WithOutcome -= known.Tally.WithOutcome;
        }

        rest.WithOutcome = Math.Clamp(rest.WithOutcome, 0, rest.Events);
        rest.Failures = Math.Clamp(rest.Failures, 0, rest.WithOutcome);
        if (counted is { } some)
            rest.MergeFrom(some, RollupBounds.Default);
        return rest;
    }
}
