namespace TelemetryKit.Core.Counters;

/// <summary>
/// The cardinality bounds of a rollup; other than <see cref="Default"/> only in tests, which would need millions of names to meet them. They are part of the
/// stored format: what was kept under one bound isn't what would have been under another, so a change needs a new <see cref="RollupFormat.Version"/>.
/// </summary>
/// <param name="Subjects">See <see cref="Limits.SubjectsPerDay"/>.</param>
/// <param name="Values">See <see cref="Limits.ValuesPerDimension"/>.</param>
/// <param name="MetadataKeys">See <see cref="Limits.MetadataKeysPerSubject"/>.</param>
/// <param name="MetadataValues">See <see cref="Limits.MetadataValuesPerSubject"/>.</param>
/// <param name="Breakdown">See <see cref="Limits.ValuesPerRollup"/>.</param>
/// <param name="ExactSet">See <see cref="Limits.ExactSetSize"/>.</param>
internal sealed record RollupBounds(int Subjects, int Values, int MetadataKeys, int MetadataValues, int Breakdown, int ExactSet)
{
    public static readonly RollupBounds Default = new(
        Limits.SubjectsPerDay,
        Limits.ValuesPerDimension,
        Limits.MetadataKeysPerSubject,
        Limits.MetadataValuesPerSubject,
        Limits.ValuesPerRollup,
        Limits.ExactSetSize);
}
