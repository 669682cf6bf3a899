using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>The counters of a subject, with a breakdown by context and metadata.</summary>
internal sealed class SubjectTally(TallyName name, InstallIndex installs, Breakdown breakdown) : INamed
{
    public const Kept KeptOfSubjects = Kept.Installs | Kept.Durations | Kept.Hours;

    public TallyName Name => name;

    /// <summary>All events of the subject.</summary>
    public Tally All = new(KeptOfSubjects);

    /// <summary>By version, os and so on.</summary>
    public ContextTables Context { get; } = new(KeptOfValues, installs.Bounds.SubjectValues, installs, breakdown);

    /// <summary>By metadata key.</summary>
    public MetadataTables Metadata { get; } = new(installs, breakdown);

    /// <inheritdoc />
    public long Missed { get; set; }

    /// <summary>Whether a count isn't exact, or a value is missing.</summary>
    public bool IsTruncated => Missed > 0 || Context.IsTruncated || Metadata.IsTruncated;

    public long EstimatedBytes => 136 + (All.Details?.EstimatedBytes ?? 0) + Context.EstimatedBytes + Metadata.EstimatedBytes;

    string? INamed.Text => name.Text;

    string? INamed.Type => name.Type;

    ulong INamed.Hash => name.Hash;

    long INamed.Seen => All.Events;

    /// <summary>
    /// What a context table keeps: installs for version and actor, because these two are also filters; only numbers otherwise.
    /// </summary>
    public static Kept KeptOfValues(ContextDimension dimension) =>
        dimension is ContextDimension.Version or ContextDimension.Actor ? Kept.Installs : Kept.Numbers;

    /// <summary>Counts one event.</summary>
    public void Add(EventBatch batch, int index, in Sample sample)
    {
        All.Add(sample, installs);
        Context.Add(batch.Version[index], batch.Context[index], sample);
        Metadata.Add(batch, index, sample);
    }

    public void MergeFrom(SubjectTally other)
    {
        All.MergeFrom(other.All, installs);
        Context.MergeFrom(other.Context);
        Metadata.MergeFrom(other.Metadata);
    }

    /// <summary>Evicts what exceeds the bounds.</summary>
    public void Prune()
    {
        Context.Prune();
        Metadata.PruneAll();
    }

    /// <summary>Removes the values from what the breakdowns share, because the subject is evicted.</summary>
    public void Release()
    {
        foreach (var (table, _) in Tables())
            table.Release();
    }

    /// <summary>Returns all tables, each with a number that is different for each table of the rollup.</summary>
    public IEnumerable<(ValueTable Table, ulong Salt)> Tables()
    {
        for (var i = 0; i < ContextTables.Count; i++)
        {
            if (Context[(ContextDimension)i] is { } table)
                yield return (table, name.Hash + (ulong)i);
        }

        for (var i = 0; i < Metadata.Count; i++)
            yield return (Metadata.Keys[i], StableHash.Combine(name.Hash, Metadata.NameAt(i).Hash));
    }
}
