using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>The counters of a subject, with a breakdown by context and metadata if the rollup's budget of values allows it.</summary>
internal sealed class SubjectTally : INamed
{
    public const Kept KeptOfSubjects = Kept.Installs | Kept.Durations | Kept.Hours;

    private int _charge = -1;

    public SubjectTally(in TallyName name, bool brokenDown, RollupBounds bounds)
    {
        Name = name;
        if (!brokenDown)
            return;
        Context = new ContextTables(KeptOfValues, bounds);
        Metadata = new MetadataTables(bounds);
    }

    public TallyName Name { get; }

    /// <summary>All events of the subject.</summary>
    public Tally All = new(KeptOfSubjects);

    /// <summary>By version, os and so on; <c>null</c> if the budget is exceeded.</summary>
    public ContextTables? Context { get; private set; }

    /// <summary>By metadata key; <c>null</c> if the budget is exceeded.</summary>
    public MetadataTables? Metadata { get; private set; }

    /// <summary>The number of values that count against the rollup's budget.</summary>
    public int Charge => _charge >= 0 ? _charge : _charge = Context is null ? 0 : Context.Values + Metadata!.Charge;

    /// <summary>Whether a table of the breakdown counts some events only under <c>other</c>.</summary>
    public bool IsTruncated
    {
        get
        {
            if (Context is null)
                return true;
            var missing = Metadata!.IsCut;
            foreach (var table in Context.All)
                missing |= table.Other != 0;
            foreach (var table in Metadata.Keys)
                missing |= table.Other != 0;
            return missing;
        }
    }

    public long EstimatedBytes =>
        120 + (All.Details?.EstimatedBytes ?? 0) + (Context?.EstimatedBytes ?? 0) + (Metadata?.EstimatedBytes ?? 0);

    string? INamed.Text => Name.Text;

    string? INamed.Type => Name.Type;

    ulong INamed.Hash => Name.Hash;

    /// <summary>
    /// What a context table keeps: installs for version and actor, because these two are also filters; only numbers otherwise.
    /// </summary>
    public static Kept KeptOfValues(ContextDimension dimension) =>
        dimension is ContextDimension.Version or ContextDimension.Actor ? Kept.Installs : Kept.Numbers;

    /// <summary>Counts one event.</summary>
    public void Add(EventBatch batch, int index, in Sample sample, RollupBounds bounds)
    {
        All.Add(sample, bounds);
        if (Context is null)
            return;
        Context.Add(batch.Version[index], batch.Context[index], sample);
        Metadata!.Add(batch, index, sample);
        _charge = -1;
    }

    public void MergeFrom(SubjectTally other, RollupBounds bounds)
    {
        All.MergeFrom(other.All, bounds);

        // If the other has no breakdown, this subject is past the cut as well and will lose its own.
        if (Context is null || other.Context is null)
            return;
        Context.MergeFrom(other.Context);
        Metadata!.MergeFrom(other.Metadata!);
        _charge = -1;
    }

    /// <summary>Enforces the bounds on metadata after events were added.</summary>
    public void Enforce()
    {
        if (_charge < 0)
            Metadata?.Enforce();
    }

    public void DropBreakdown()
    {
        Context = null;
        Metadata = null;
        _charge = -1;
    }
}
