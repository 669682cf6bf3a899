using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>What is counted of a subject, and its breakdown by context and metadata while the rollup's budget of values reaches that far.</summary>
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

    /// <summary>By version, os and so on; <c>null</c> past the budget.</summary>
    public ContextTables? Context { get; private set; }

    /// <summary>By metadata key; <c>null</c> past the budget.</summary>
    public MetadataTables? Metadata { get; private set; }

    /// <summary>Values this takes of the rollup's budget.</summary>
    public int Charge => _charge >= 0 ? _charge : _charge = Context is null ? 0 : Context.Values + Metadata!.Charge;

    /// <summary>Whether some of its events count only under <c>other</c> in a table of its breakdown.</summary>
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

    public long EstimatedBytes => 120 + (All.Details?.EstimatedBytes ?? 0) + (Context?.EstimatedBytes ?? 0) + (Metadata?.EstimatedBytes ?? 0);

    string? INamed.Text => Name.Text;

    string? INamed.Type => Name.Type;

    ulong INamed.Hash => Name.Hash;

    /// <summary>Installs by version and by actor, because those two are also filters.</summary>
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

        // Where the other has no breakdown, this one is past the cut as well and about to lose its own.
        if (Context is null || other.Context is null)
            return;
        Context.MergeFrom(other.Context);
        Metadata!.MergeFrom(other.Metadata!);
        _charge = -1;
    }

    /// <summary>Enforces the bounds on metadata after an addition.</summary>
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
