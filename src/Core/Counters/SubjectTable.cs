namespace TelemetryKit.Core.Counters;

/// <summary>
/// The subjects of a rollup, within the bound on their number and within the budget for the values of all their breakdowns. The budget is spent on subjects in
/// the order of their hashes; the first with which it is exceeded, and all after it, keep their own figures and have no breakdown. What a subject takes of the
/// budget never shrinks as events are added, so that place only moves down, and is the same however a union was put together.
/// </summary>
internal sealed class SubjectTable(RollupBounds bounds)
{
    private const int EventsUnsettled = 256;

    private readonly NameTable<SubjectTally> _subjects = new(bounds.Subjects);
    private ulong _cut = ulong.MaxValue;
    private int _unsettled;

    /// <summary>The subjects, in order.</summary>
    public ReadOnlySpan<SubjectTally> All
    {
        get
        {
            Settle();
            return _subjects.Items;
        }
    }

    /// <summary>Subjects whose hash isn't less than this have no breakdown.</summary>
    public ulong Cut
    {
        get
        {
            Settle();
            return _cut;
        }
    }

    public long EstimatedBytes => 48 + _subjects.EstimatedBytes;

    public SubjectTally? Find(in TallyName subject)
    {
        Settle();
        var at = _subjects.Search(subject);
        return at < 0 ? null : _subjects.Items[at];
    }

    /// <summary>The subject to count events of; <c>null</c> where it is past the bound. Say <see cref="Added"/> afterwards.</summary>
    public SubjectTally? Claim(in TallyName name)
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
            Claim(subject.Name)?.MergeFrom(subject, bounds);
        Added((int)Math.Min(events, EventsUnsettled));
    }

    /// <summary>
    /// Notes that events were added. The bounds on breakdowns are enforced before anybody looks, and often enough to bound the memory; not each time, for a commit
    /// may bring its events one by one. When they are enforced makes no difference to what comes of it.
    /// </summary>
    public void Added(int events)
    {
        _unsettled += events;
        if (_unsettled >= EventsUnsettled)
            Settle();
    }

    /// <summary>Takes what was read: subjects in order, not more than the bound.</summary>
    public void Load(ulong cut, ReadOnlySpan<SubjectTally> subjects)
    {
        _cut = cut;
        _subjects.Reserve(subjects.Length);
        foreach (var subject in subjects)
            _subjects.Insert(_subjects.Count, subject);
    }

    /// <summary>Spends the budget of values anew, where there has been an addition.</summary>
    private void Settle()
    {
        if (_unsettled == 0)
            return;
        _unsettled = 0;
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

        // When all subjects that there is room for come before the cut, no other can: it says nothing any more, and whether there was one depends on the order.
        if (_subjects.Count == bounds.Subjects && _subjects.Items[^1].Name.Hash < _cut)
            _cut = ulong.MaxValue;
    }
}
