using System.Buffers;
using System.Runtime.CompilerServices;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The counters of one project, environment and UTC day, or of any union of days. Not thread-safe, not even for reading. Merging is
/// associative and commutative, and the empty rollup is its identity; this also holds for the serialised form, as long as no bound is
/// exceeded.
/// <para>
/// Past a bound the most frequent names are kept (see <c>NameTable</c>), and each count is an interval that contains the true number,
/// in whatever order the parts were merged. The other events count under <c>other</c>, the difference between the total, which is always
/// exact, and the kept names.
/// </para>
/// </summary>
public sealed class Rollup
{
    internal const Kept KeptOfDays = Kept.Installs | Kept.Durations | Kept.Hours;
    private const int Chunk = 256;

    private Tally _day = new(KeptOfDays);
    private long _estimatedBytes = -1;

    /// <summary>Creates an empty rollup for the events of a commit.</summary>
    public Rollup()
        : this(RollupScale.Delta)
    {
    }

    /// <summary>Creates an empty rollup.</summary>
    public Rollup(RollupScale scale)
        : this(RollupBounds.Of(scale))
    {
    }

    internal Rollup(RollupBounds bounds)
    {
        Installs = new InstallIndex(bounds);
        SubjectTable = new SubjectTable(Installs);
        Sessions = new DistinctCounter(DistinctCounter.FinePrecision, bounds.ExactSet);
        Context = new ContextTables(static _ => Kept.Installs | Kept.Durations, bounds.Values, Installs);
        Types = new ValueTable(SubjectTally.KeptOfSubjects, bounds.Types, Installs);
    }

    /// <summary>Events counted.</summary>
    public long Events => Day.Events;

    /// <summary>
    /// Installs that were first active on the day. Negative in a delta from which more first days move to an earlier day than come to it.
    /// </summary>
    public long NewInstalls { get; private set; }

    /// <summary>Whether a bound was exceeded, so that some names are missing and some counts are intervals.</summary>
    public bool IsTruncated => Types.IsTruncated || Context.IsTruncated || SubjectTable.IsTruncated;

    /// <summary>
    /// Bytes of memory that this rollup uses, accurate enough for a cache's budget. Walks the rollup the first time after a change.
    /// </summary>
    public long EstimatedBytes => _estimatedBytes >= 0 ? _estimatedBytes : _estimatedBytes =
        240 + Installs.EstimatedBytes + (_day.Details?.EstimatedBytes ?? 0) + Sessions.EstimatedBytes + Context.EstimatedBytes
        + Types.EstimatedBytes + SubjectTable.EstimatedBytes;

    /// <summary>The distinct installs, which the sets refer to.</summary>
    internal InstallIndex Installs { get; }

    /// <summary>All events.</summary>
    internal ref readonly Tally Day => ref _day;

    internal DistinctCounter Sessions { get; private set; }

    /// <summary>All events by version, os and so on.</summary>
    internal ContextTables Context { get; }

    /// <summary>All events by type.</summary>
    internal ValueTable Types { get; }

    internal SubjectTable SubjectTable { get; }

    internal IEnumerable<SubjectTally> Subjects => SubjectTable.All;

    /// <summary>Counts the events at the given indices of the batch. The caller groups events by UTC day.</summary>
    public void Add(EventBatch batch, ReadOnlySpan<int> indices)
    {
        for (; indices.Length > Chunk; indices = indices[Chunk..])
            AddChunk(batch, indices[..Chunk]);
        AddChunk(batch, indices);
    }

    /// <summary>
    /// Counts events <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive). The caller groups events by UTC day.
    /// </summary>
    [SkipLocalsInit]
    public void Add(EventBatch batch, int from, int to)
    {
        Span<int> indices = stackalloc int[Chunk];
        while (from < to)
        {
            var n = Math.Min(Chunk, to - from);
            for (var i = 0; i < n; i++)
                indices[i] = from + i;
            AddChunk(batch, indices[..n]);
            from += n;
        }
    }

    /// <summary>Adds installs that were first active on the day, or subtracts those whose first day moved to an earlier one.</summary>
    public void AddNewInstalls(long count) => NewInstalls += count;

    /// <summary>Adds the counters of <paramref name="other"/>, which is not changed and shares no state with this rollup.</summary>
    public void MergeFrom(Rollup other)
    {
        if (ReferenceEquals(this, other))
            throw new ArgumentException("A rollup can't be merged into itself.", nameof(other));
        NewInstalls += other.NewInstalls;
        Installs.Add(other.Installs);
        _day.MergeFrom(other._day, Installs);
        Sessions.MergeFrom(other.Sessions);
        Context.MergeFrom(other.Context);
        Types.MergeFrom(other.Types);
        SubjectTable.MergeFrom(other.SubjectTable);
        Installs.EndMapping();
        _estimatedBytes = -1;
    }

    /// <summary>
    /// Serialises the rollup, after evicting the names that exceed its bounds. The same content always gives the same bytes.
    /// </summary>
    public byte[] Serialize()
    {
        Types.Prune();
        Context.Prune();
        SubjectTable.Prune();
        _estimatedBytes = -1;
        return RollupWriter.Serialize(this);
    }

    /// <summary>Writes the result of <see cref="Serialize"/>.</summary>
    public void Write(IBufferWriter<byte> output) => output.Write(Serialize());

    /// <summary>Reads a rollup that <see cref="Serialize"/> wrote.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="scale">The period of the rollup that it becomes if others are merged into it.</param>
    /// <exception cref="RollupFormatException">The data is corrupt or of a newer version.</exception>
    public static Rollup Read(ReadOnlySpan<byte> data, RollupScale scale = RollupScale.Day) => Read(data, RollupBounds.Of(scale));

    /// <summary>Merges a day's serialised rollup and its deltas into one.</summary>
    /// <exception cref="RollupFormatException">A part is corrupt or of a newer version.</exception>
    public static byte[] Fold(IReadOnlyList<ReadOnlyMemory<byte>> parts) => Fold(parts, RollupBounds.Day);

    /// <summary>Merges the serialised days of a month into one rollup.</summary>
    /// <exception cref="RollupFormatException">A part is corrupt or of a newer version.</exception>
    public static byte[] FoldMonth(IReadOnlyList<ReadOnlyMemory<byte>> parts) => Fold(parts, RollupBounds.Month);

    internal static Rollup Read(ReadOnlySpan<byte> data, RollupBounds bounds) => RollupReader.Read(data, bounds);

    internal static byte[] Fold(IReadOnlyList<ReadOnlyMemory<byte>> parts, RollupBounds bounds)
    {
        var sum = new Rollup(bounds);
        foreach (var part in parts)
            sum.MergeFrom(Read(part.Span, bounds));
        return sum.Serialize();
    }

    /// <summary>
    /// The smallest kept tally that includes all events of the type: the type's, or the day's if the type isn't kept, or if events were
    /// counted before it was.
    /// </summary>
    internal Tally ParentOf(in TallyName type) => Types.Find(type, out var missed) is { } tally && missed == 0 ? tally : _day;

    /// <summary>Loads stored counters.</summary>
    internal void Load(in Tally day, DistinctCounter sessions, long newInstalls)
    {
        _day = day;
        Sessions = sessions;
        NewInstalls = newInstalls;
    }

    [SkipLocalsInit]
    private void AddChunk(EventBatch batch, ReadOnlySpan<int> indices)
    {
        Span<Sample> samples = stackalloc Sample[Chunk];
        string? latestType = null;
        ulong typeHash = 0;
        SubjectSummary? subjects = null;
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            var type = batch.Type[index];
            if (!ReferenceEquals(type, latestType))
            {
                latestType = type;
                typeHash = NameHash.Of(type);
                subjects = SubjectTable.Of(SubjectTable.NumberOf(type));
            }

            ref var sample = ref samples[i];
            sample = new Sample(batch, index, Installs);
            Types.Add(type, sample);
            // As in the dimensions of the context, the name of no value isn't a value.
            var subject = batch.Subject[index] is NoValue.Name ? null : batch.Subject[index];
            var name = TallyName.Subject(type, typeHash, subject, subject is null ? 0 : NameHash.Of(subject));
            subjects!.Total++;
            subjects.FindOrAdd(name).Add(batch, index, sample);
            if (batch.Session[index] != 0)
                Sessions.Add(DistinctCounter.Element(batch.Session[index]));
        }

        // The tables of the whole day. Consecutive events usually come from one machine: they are counted together and then added to each
        // value of its context.
        for (int start = 0, end; start < indices.Length; start = end)
        {
            var version = batch.Version[indices[start]];
            var context = batch.Context[indices[start]];
            end = start + 1;
            while (end < indices.Length && ReferenceEquals(batch.Context[indices[end]], context) && batch.Version[indices[end]] == version)
                end++;
            AddRun(version, context, samples[start..end]);
        }

        SubjectTable.PruneIfLarge();
        _estimatedBytes = -1;
    }

    private void AddRun(string? version, EventContext context, ReadOnlySpan<Sample> samples)
    {
        if (samples.Length == 1)
        {
            _day.Add(samples[0], Installs);
            Context.Add(version, context, samples[0]);
            return;
        }

        var run = new Tally(KeptOfDays);
        foreach (ref readonly var sample in samples)
            run.Add(sample, Installs);
        _day.MergeFrom(run, Installs);
        Context.Add(version, context, run);
    }
}
