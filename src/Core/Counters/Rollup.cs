using System.Buffers;
using System.Runtime.CompilerServices;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The counters of one project, environment and UTC day, or of any union of days. Not thread-safe, not even for reading. Merging is
/// associative and commutative, and the empty rollup is its identity; this also holds for the serialised form and beyond the cardinality
/// bounds.
/// <para>
/// Names are bounded by stable hash, never by count or arrival (see <c>NameTable</c>): the count of a kept name includes each of its
/// events; the other events count under <c>other</c>, the difference between the total and the kept names. Beyond a budget for all values
/// together, subjects have no breakdown (see <c>SubjectTable</c>).
/// </para>
/// </summary>
public sealed class Rollup
{
    internal const Kept KeptOfDays = Kept.FineInstalls | Kept.Durations | Kept.Hours;
    private const Kept KeptOfRuns = Kept.Installs | Kept.Durations | Kept.Hours;
    private const int Chunk = 256;

    private readonly RollupBounds _bounds;
    private Tally _day = new(KeptOfDays);
    private long _estimatedBytes = -1;

    /// <summary>Creates an empty rollup.</summary>
    public Rollup()
        : this(RollupBounds.Default)
    {
    }

    internal Rollup(RollupBounds bounds)
    {
        _bounds = bounds;
        SubjectTable = new SubjectTable(bounds);
        Sessions = new DistinctCounter(DistinctCounter.FinePrecision, bounds.ExactSet);
        Context = new ContextTables(static _ => Kept.Installs | Kept.Durations, bounds);
        Types = new ValueTable(SubjectTally.KeptOfSubjects, bounds);
    }

    /// <summary>Events counted.</summary>
    public long Events => Day.Events;

    /// <summary>
    /// Installs that were first active on the day. Negative in a delta from which more first days move to an earlier day than come to it.
    /// </summary>
    public long NewInstalls { get; private set; }

    /// <summary>Whether a cardinality bound was exceeded, so that some events count only under <c>other</c>.</summary>
    public bool IsTruncated
    {
        get
        {
            var missing = Types.Other != 0 || SubjectTable.Cut != ulong.MaxValue;
            foreach (var table in Context.All)
                missing |= table.Other != 0;
            var inSubjects = 0L;
            foreach (var subject in Subjects)
            {
                inSubjects += subject.All.Events;
                missing |= subject.IsTruncated;
            }

            return missing || inSubjects != Events;
        }
    }

    /// <summary>
    /// Bytes of memory that this rollup uses, accurate enough for a cache's budget. Walks the rollup the first time after a change.
    /// </summary>
    public long EstimatedBytes => _estimatedBytes >= 0 ? _estimatedBytes : _estimatedBytes =
        240 + (_day.Details?.EstimatedBytes ?? 0) + Sessions.EstimatedBytes + Context.EstimatedBytes
        + Types.EstimatedBytes + SubjectTable.EstimatedBytes;

    /// <summary>All events.</summary>
    internal ref readonly Tally Day => ref _day;

    internal DistinctCounter Sessions { get; private set; }

    /// <summary>All events by version, os and so on.</summary>
    internal ContextTables Context { get; }

    /// <summary>All events by type.</summary>
    internal ValueTable Types { get; }

    internal SubjectTable SubjectTable { get; }

    internal ReadOnlySpan<SubjectTally> Subjects => SubjectTable.All;

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
        _day.MergeFrom(other._day, _bounds);
        Sessions.MergeFrom(other.Sessions);
        Context.MergeFrom(other.Context);
        Types.MergeFrom(other.Types);
        SubjectTable.MergeFrom(other.SubjectTable, other.Events);
        _estimatedBytes = -1;
    }

    /// <summary>Serialises the rollup. The same content always gives the same bytes.</summary>
    public byte[] Serialize() => RollupWriter.Serialize(this);

    /// <summary>Writes the result of <see cref="Serialize"/>.</summary>
    public void Write(IBufferWriter<byte> output) => output.Write(Serialize());

    /// <summary>Reads a rollup that <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="RollupFormatException">The data is corrupt or of a newer version.</exception>
    public static Rollup Read(ReadOnlySpan<byte> data) => Read(data, RollupBounds.Default);

    /// <summary>Merges serialised rollups (a day's rollup and its deltas, or the days of a month) into one.</summary>
    /// <exception cref="RollupFormatException">A part is corrupt or of a newer version.</exception>
    public static byte[] Fold(IReadOnlyList<ReadOnlyMemory<byte>> parts) => Fold(parts, RollupBounds.Default);

    internal static Rollup Read(ReadOnlySpan<byte> data, RollupBounds bounds) => RollupReader.Read(data, bounds);

    internal static byte[] Fold(IReadOnlyList<ReadOnlyMemory<byte>> parts, RollupBounds bounds)
    {
        var sum = new Rollup(bounds);
        foreach (var part in parts)
            sum.MergeFrom(Read(part.Span, bounds));
        return sum.Serialize();
    }

    /// <summary>The smallest kept tally that includes all events of the type: the type's, or the day's if the type isn't kept.</summary>
    internal Tally ParentOf(in TallyName type) => Types.Find(type) ?? _day;

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
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            var type = batch.Type[index];
            if (!ReferenceEquals(type, latestType))
            {
                latestType = type;
                typeHash = StableHash.Of(type);
            }

            ref var sample = ref samples[i];
            sample = new Sample(batch, index);
            Types.Add(type, sample);
            var subject = batch.Subject[index];
            var name = TallyName.Subject(type, typeHash, subject, subject is null ? 0 : StableHash.Of(subject));
            SubjectTable.FindOrAdd(name)?.Add(batch, index, sample, _bounds);
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

        SubjectTable.EventsAdded(indices.Length);
        _estimatedBytes = -1;
    }

    private void AddRun(string? version, EventContext context, ReadOnlySpan<Sample> samples)
    {
        if (samples.Length == 1)
        {
            _day.Add(samples[0], _bounds);
            Context.Add(version, context, samples[0]);
            return;
        }

        var run = new Tally(KeptOfRuns);
        foreach (ref readonly var sample in samples)
            run.Add(sample, RollupBounds.Default);
        _day.MergeFrom(run, _bounds);
        Context.Add(version, context, run);
    }
}
