using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>
/// Collects the installs of a group: in a hash set, which takes each in constant time, and past <see cref="ExactSize"/> in registers.
/// </summary>
internal sealed class InstallBuilder
{
    /// <summary>Distinct installs up to which a number is exact.</summary>
    public const int ExactSize = 65_536;

    // Most groups have one install, which needs no set.
    private ulong _only;
    private HashSet<ulong>? _set;
    private DistinctCounter? _registers;

    /// <summary>Creates a counter for a union.</summary>
    public static DistinctCounter NewCounter() => new(DistinctCounter.FinePrecision, ExactSize);

    /// <summary>Adds an install by its hash; 0 isn't one.</summary>
    public void Add(long install)
    {
        if (install == 0)
            return;
        var element = DistinctCounter.Element(install);
        if (_registers is not null)
            _registers.Add(element);
        else if (_set is not null)
            AddToSet(element);
        else if (_only == 0)
            _only = element;
        else if (_only != element)
            _set = [_only, element];
    }

    /// <summary>Returns the counter, or <c>null</c> if there are no installs.</summary>
    public DistinctCounter? Build()
    {
        if (_registers is not null)
            return _registers;
        if (_only == 0)
            return null;
        ulong[] elements = _set is null ? [_only] : [.. _set];
        Array.Sort(elements);
        return DistinctCounter.FromElements(DistinctCounter.FinePrecision, ExactSize, elements);
    }

    private void AddToSet(ulong element)
    {
        if (!_set!.Add(element) || _set.Count <= ExactSize)
            return;
        _set.Remove(element);
        _registers = Build();
        _registers!.Add(element);
        _set = null;
    }
}
