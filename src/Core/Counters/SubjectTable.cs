namespace TelemetryKit.Core.Counters;

/// <summary>
/// The subjects of a rollup, bounded in their number and by a budget for the values of all their breakdowns. The budget is spent on
/// subjects in the order of their hashes. The first subject that exceeds it, and all after it, keep their totals but have no breakdown.
/// The values that a subject charges to the budget never decrease as events are added, so this cut only moves down, and it is the same in
/// whatever order a union was merged.
/// </summary>
internal sealed class SubjectTable(RollupBounds bounds)
{
    private const int MaxPendingEvents = 256;

    private readonly NameTable<SubjectTally> _subjects = new(bounds.Subjects);
    private ulong _cut = ulong.MaxValue;
    private int _pendingEvents;

    /// <summary>The subjects, in order.</summary>
    public ReadOnlySpan<SubjectTally> All
    {
        get
        {
            EnforceBounds();
            return _subjects.Items;
        }
    }

    /// <summary>Subjects whose hash is not less than this have no breakdown; <see cref="ulong.MaxValue"/> if all have one.</summary>
    public ulong Cut
    {
        get
        {
            EnforceBounds();
            return _cut;
        }
    }

    public long EstimatedBytes => 48 + _subjects.EstimatedBytes;

    public SubjectTally? Find(in TallyName subject)
    {
        EnforceBounds();
        var at = _subjects.Search(subject);
        return at < 0 ? null : _subjects.Items[at];
    }

    /// <summary>
    /// Returns the subject, added if necessary, or <c>null</c> if it is past the bound. Call <see cref="EventsAdded"/> after counting.
    /// </summary>
    public SubjectTally? FindOrAdd(in TallyName name)
    {
        var at = _subjects.Search(name);
        if (at >= 0)
            return _subjects.Items[at];
        if (!_subjects.Keeps(~at))
            return null;
        var subject = new SubjectTally(name, name.Hash < _cut, bounds);
        _subjects.Insert(~at, subject);
        return subject;
    }

    public void MergeFrom(SubjectTable other, long events)
    {
        _cut = Math.Min(_cut, other.Cut);
        foreach (var subject in other.All)
            FindOrAdd(subject.Name)?.MergeFrom(subject, bounds);
        EventsAdded((int)Math.Min(events, MaxPendingEvents));
    }

    /// <summary>
    /// Notes that events were added. The bounds on breakdowns are enforced before the subjects are read, and often enough to bound the
    /// memory, but not each time, because a commit may add its events one by one. The result doesn't depend on when they are enforced.
    /// </summary>
    public void EventsAdded(int events)
    {
        _pendingEvents += events;
        if (_pendingEvents >= MaxPendingEvents)
            EnforceBounds();
    }

    /// <summary>Loads stored subjects. The caller ensures their order and the bound on their number.</summary>
    public void Load(ulong cut, ReadOnlySpan<SubjectTally> subjects)
    {
        _cut = cut;
        _subjects.Reserve(subjects.Length);
        foreach (var subject in subjects)
            _subjects.Insert(_subjects.Count, subject);
    }

    /// <summary>Enforces the bounds on breakdowns if events were added since the last time.</summary>
    private void EnforceBounds()
    {
        if (_pendingEvents == 0)
            return;
        _pendingEvents = 0;
        var spent = 0;
        foreach (var subject in _subjects.Items)
        {
            if (subject.Name.Hash < _cut)
            {
                subject.Enforce();
                spent += subject.Charge;
                if (spent <= bounds.Breakdown)
                    continue;
                _cut = subject.Name.Hash;
            }

            subject.DropBreakdown();
        }

        // If the table is full and all its subjects are before the cut, no subject can be past it. Then the cut is reset: whether there
        // was one depends on the order of merging.
        if (_subjects.Count == bounds.Subjects && _subjects.Items[^1].Name.Hash < _cut)
            _cut = ulong.MaxValue;
    }
}
