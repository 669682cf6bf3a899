namespace TelemetryKit.Core.Counters;

/// <summary>
/// The bounds of a rollup. In memory a table may have twice as many names. Only tests use other bounds than those of a
/// <see cref="RollupScale"/>, which they would need millions of names to reach. A stored rollup doesn't depend on them.
/// </summary>
/// <param name="Subjects">Subjects of an event type of the protocol, and of all other types together.</param>
/// <param name="Types">Event types.</param>
/// <param name="Values">Values of a dimension of all events.</param>
/// <param name="SubjectValues">Values of a dimension of a subject.</param>
/// <param name="MetadataKeys">See <see cref="Limits.MetadataKeysPerSubject"/>.</param>
/// <param name="Breakdown">Values of all dimensions of all subjects.</param>
/// <param name="ExactInstalls">See <see cref="Limits.ExactInstalls"/>; at most 65,536.</param>
/// <param name="ExactSet">See <see cref="Limits.ExactSetSize"/>.</param>
internal sealed record RollupBounds(
    int Subjects, int Types, int Values, int SubjectValues, int MetadataKeys, int Breakdown, int ExactInstalls, int ExactSet)
{
    public static readonly RollupBounds Day = new(
        Limits.SubjectsPerDay,
        Limits.EventTypes,
        Limits.ValuesPerDay,
        Limits.SubjectValuesPerDay,
        Limits.MetadataKeysPerSubject,
        Limits.BreakdownPerDay,
        Limits.ExactInstalls,
        Limits.ExactSetSize);

    public static readonly RollupBounds Month = Day with
    {
        Subjects = Limits.SubjectsPerMonth,
        Values = Limits.ValuesPerMonth,
        SubjectValues = Limits.SubjectValuesPerMonth,
        Breakdown = Limits.BreakdownPerMonth,
    };

    // A commit has no more names than events, so the largest bounds evict none. An event can have many metadata keys and values, though.
    public static readonly RollupBounds Delta = Day with
    {
        Subjects = Limits.EventsPerCommit,
        Types = Limits.EventsPerCommit,
        Values = Limits.EventsPerCommit,
        SubjectValues = Limits.EventsPerCommit,
    };

    public static RollupBounds Of(RollupScale scale) => scale switch
    {
        RollupScale.Delta => Delta,
        RollupScale.Day => Day,
        RollupScale.Month => Month,
        _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale is unknown."),
    };
}
