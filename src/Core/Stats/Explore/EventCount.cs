using System.Text;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>What to count of the events of each day: those that pass all filters, grouped by the values of at most three fields.</summary>
/// <param name="Filters">The filters.</param>
/// <param name="By">The fields to group by; with none, all events are one group.</param>
public sealed record EventCount(IReadOnlyList<FieldFilter> Filters, params IReadOnlyList<EventField> By)
{
    /// <summary>The maximum number of fields to group by.</summary>
    public const int MaxFields = 3;

    /// <summary>Renamed subjects: filters and groups have the current names.</summary>
    public IReadOnlyDictionary<string, string>? Aliases { get; init; }

    /// <summary>Whether all values of a list are one group, instead of a group for each value.</summary>
    public bool Combinations { get; init; }

    /// <summary>Whether events and failures are also counted by the hour.</summary>
    public bool Hours { get; init; }

    /// <summary>Identifies the count: two counts with the same key have the same result for the same events.</summary>
    public string Key
    {
        get
        {
            var key = new StringBuilder();
            key.Append(Combinations ? 'c' : '-').Append(Hours ? 'h' : '-');
            foreach (var group in By)
                Append(key, 'b', group.Name, "");
            var filters = Filters.OrderBy(f => f.Field.Name, StringComparer.Ordinal).ThenBy(f => f.Value, StringComparer.Ordinal)
                .ThenBy(f => f.Excludes);
            foreach (var filter in filters)
                Append(key, KindOf(filter), filter.Field.Name, filter.Value ?? "");
            if (Aliases is not null && By.Concat(Filters.Select(f => f.Field)).Any(used => used.IsRenamed))
            {
                foreach (var (former, current) in Aliases.OrderBy(alias => alias.Key, StringComparer.Ordinal))
                    Append(key, 'a', former, current);
            }

            return key.ToString();
        }
    }

    /// <summary>Returns all names under which the subject with a current name was sent.</summary>
    public IReadOnlyList<string> FormerNames(string subject) =>
        Aliases is null ? [subject] : [subject, .. Aliases.Where(alias => alias.Value == subject).Select(alias => alias.Key)];

    private static char KindOf(FieldFilter filter) =>
        filter.Excludes ? filter.Value is null ? 'N' : 'F' : filter.Value is null ? 'n' : 'f';

    // Lengths make the key unambiguous, whatever characters the names have.
    private static void Append(StringBuilder key, char kind, string name, string value) =>
        key.Append(kind).Append(name.Length).Append(':').Append(name).Append(value.Length).Append(':').Append(value);
}
