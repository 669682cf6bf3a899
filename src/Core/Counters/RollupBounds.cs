namespace TelemetryKit.Core.Counters;

/// <summary>
/// The cardinality bounds of a rollup. Only tests use other bounds than <see cref="Default"/>, which they would need millions of names to
/// reach. The bounds are part of the stored format: different bounds keep different names, so a change needs a new
/// <see cref="RollupFormat.Version"/>.
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
