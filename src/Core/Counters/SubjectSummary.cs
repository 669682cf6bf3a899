namespace TelemetryKit.Core.Counters;

/// <summary>The subjects of one event type, or of all types that the protocol doesn't define.</summary>
/// <param name="type">The type; <c>null</c> for all others.</param>
/// <param name="installs">The installs of the rollup.</param>
/// <param name="breakdown">What the breakdowns of all subjects share.</param>
internal sealed class SubjectSummary(string? type, InstallIndex installs, Breakdown breakdown)
    : NameTable<SubjectTally>(installs.Bounds.Subjects)
{
    public string? Type => type;

    /// <summary>Events, of subjects that are kept or not.</summary>
    public long Total { get; set; }

    /// <summary>Events that aren't counted for a subject.</summary>
    public long Other
    {
        get
        {
            var other = Total;
            foreach (var subject in Items)
                other -= subject.All.Events;
            return other;
        }
    }

    /// <summary>Returns the subject, added if necessary.</summary>
    public SubjectTally FindOrAdd(in TallyName name)
    {
        var at = Search(name);
        if (at >= 0)
            return Items[at];
        PruneBeforeAppend();
        var subject = new SubjectTally(name, installs, breakdown) { Missed = Floor };
        Append(subject);
        return subject;
    }

    /// <summary>Appends a stored subject. The caller ensures that there is no other of the name.</summary>
    public SubjectTally Load(in TallyName name)
    {
        var subject = new SubjectTally(name, installs, breakdown);
        Append(subject);
        return subject;
    }

    public void MergeFrom(SubjectSummary other)
    {
        Total += other.Total;
        var (own, others) = (Floor, other.Floor);
        AddMissed(others);
        foreach (var subject in other.Items)
        {
            var at = Search(subject.Name);
            var missed = at < 0 ? own + subject.Missed : subject.Missed - others;
            if (at < 0)
                at = Append(new SubjectTally(subject.Name, installs, breakdown));
            Items[at].MergeFrom(subject);
            Items[at].Missed += missed;
        }

        AddFloor(others);
        PruneIfLarge();
    }

    /// <summary>Evicts what exceeds the bounds.</summary>
    public void PruneAll()
    {
        Prune();
        foreach (var subject in Items)
            subject.Prune();
    }

    protected override void Evicted(SubjectTally item) => item.Release();
}
