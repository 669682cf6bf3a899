namespace TelemetryKit.Core.Counters;

/// <summary>
/// Counts distinct installs over several rollups by the rule of one, as if all had been merged, and notes the error of an answer. So an
/// answer doesn't change when days are folded into a month, and one set has one number in all answers of a range.
/// </summary>
/// <param name="installs">The installs.</param>
internal sealed class InstallUnion(RangeInstalls installs)
{
    /// <summary>The standard error of the counts that were estimates, divided by the count; 0 if all were exact.</summary>
    public double RelativeError { get; private set; }

    /// <summary>Returns the number of distinct installs in sets of the rollups.</summary>
    public long Count(IReadOnlyList<InstallSet> sets)
    {
        var count = installs.Count(sets, out var precision);
        NoteEstimate(precision);
        return count;
    }

    /// <summary>Returns the number of distinct sessions.</summary>
    public long CountSessions()
    {
        var sessions = installs.Sessions();
        NoteEstimate(sessions.IsExact ? 0 : sessions.Precision);
        return sessions.Count;
    }

    private void NoteEstimate(int precision)
    {
        if (precision > 0)
            RelativeError = Math.Max(RelativeError, HyperLogLog.StandardError(precision));
    }
}
