using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The subjects of a rollup: a summary for each event type of the protocol, and one for all other types, so that the subjects of one type
/// never displace those of another. A bound on the values of all breakdowns together limits the memory, because the others multiply.
/// </summary>
internal sealed class SubjectTable(InstallIndex installs)
{
    /// <summary>The number of summaries.</summary>
    public const int Count = 8;

    private static readonly string[] Types =
        ["command_executed", "feature_used", "method_called", "component_rendered", "error", "metric", "log"];

    private readonly SubjectSummary?[] _summaries = new SubjectSummary?[Count];
    private readonly Breakdown _breakdown = new();

    /// <summary>The summaries that have events.</summary>
    public IEnumerable<SubjectSummary> Summaries => _summaries.OfType<SubjectSummary>();

    /// <summary>The subjects of all types.</summary>
    public IEnumerable<SubjectTally> All
    {
        get
        {
            foreach (var summary in _summaries)
            {
                for (var i = 0; i < summary?.Count; i++)
                    yield return summary.Items[i];
            }
        }
    }

    /// <summary>Whether a count isn't exact, or a subject or value is missing.</summary>
    public bool IsTruncated => Summaries.Any(s => s.Floor > 0) || All.Any(s => s.IsTruncated);

    /// <summary>See <see cref="Breakdown.Floor"/>.</summary>
    public long BreakdownFloor => _breakdown.Floor;

    public long EstimatedBytes => 96 + Summaries.Sum(s => s.EstimatedBytes);

    /// <summary>Returns the number of the summary that contains the subjects of an event type.</summary>
    public static int NumberOf(string type) => type switch
    {
        "command_executed" => 0,
        "feature_used" => 1,
        "method_called" => 2,
        "component_rendered" => 3,
        "error" => 4,
        "metric" => 5,
        "log" => 6,
        _ => Count - 1,
    };

    /// <summary>Returns the event type of a summary, or <c>null</c> for all other types.</summary>
    public static string? TypeOf(int number) => number < Types.Length ? Types[number] : null;

    /// <summary>Returns a summary, or <c>null</c> if it has no events.</summary>
    public SubjectSummary? Summary(int number) => _summaries[number];

    /// <summary>Returns a summary, created if necessary.</summary>
    public SubjectSummary Of(int number) =>
        _summaries[number] ??= new SubjectSummary(TypeOf(number), installs, _breakdown);

    public SubjectTally? Find(in TallyName subject, out long missed)
    {
        missed = 0;
        if (_summaries[NumberOf(subject.Type!)] is not { } summary)
            return null;
        var at = summary.Search(subject);
        missed = at < 0 ? summary.Floor : summary.Items[at].Missed;
        return at < 0 ? null : summary.Items[at];
    }

    public void MergeFrom(SubjectTable other)
    {
        for (var i = 0; i < Count; i++)
        {
            if (other._summaries[i] is { } summary)
                Of(i).MergeFrom(summary);
        }

        _breakdown.Floor += other._breakdown.Floor;
        PruneIfLarge();
    }

    /// <summary>Loads the stored floor of the breakdowns.</summary>
    public void LoadBreakdownFloor(long floor) => _breakdown.Floor = floor;

    /// <summary>Evicts values if there are more than twice as many as the bound.</summary>
    public void PruneIfLarge()
    {
        if (_breakdown.Values > 2L * installs.Bounds.Breakdown)
            PruneBreakdowns();
    }

    /// <summary>Evicts what exceeds the bounds.</summary>
    public void Prune()
    {
        foreach (var summary in Summaries)
            summary.PruneAll();
        if (_breakdown.Values > installs.Bounds.Breakdown)
            PruneBreakdowns();
    }

    private void PruneBreakdowns()
    {
        var ranks = new List<Rank>(_breakdown.Values);
        foreach (var (table, salt) in All.SelectMany(s => s.Tables()))
            table.AddRanks(salt, ranks);
        var cut = Cut.After(CollectionsMarshal.AsSpan(ranks), installs.Bounds.Breakdown);
        foreach (var (table, salt) in All.SelectMany(s => s.Tables()))
            table.KeepOnly(salt, cut);
        foreach (var subject in All)
            subject.Context.RemoveEmpty();
        _breakdown.Floor = Math.Max(_breakdown.Floor, cut.LargestEvicted);
    }
}
