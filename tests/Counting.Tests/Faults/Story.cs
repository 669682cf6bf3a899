using System.Text.Json;
using TelemetryKit.Counting.Tests.Histories;
using TelemetryKit.Counting.Tests.Questions;
using TelemetryKit.Counting.Tests.Runs;

namespace TelemetryKit.Counting.Tests.Faults;

/// <summary>Writes a history by hand and runs it.</summary>
internal sealed class Story(CountingServer server, string name, DateTimeOffset start)
{
    private readonly List<Operation> _operations = [];
    private int _batches;

    public DateTimeOffset Now { get; private set; } = start;

    /// <summary>Whether the following operations use the second replica.</summary>
    public bool OnReplica { get; set; }

    public Story Send(SentBatch batch) => Add(new Send(Now, batch with { Id = batch.Id ?? $"{name}-{_batches++}" }));

    public Story Send(params SentEvent[] events) => Send(Complete(events));

    /// <summary>Returns a batch whose version and context are complete.</summary>
    public static SentBatch Complete(IReadOnlyList<SentEvent> events) => new(events)
    {
        Version = "1.0", Sdk = "dotnet/1.0.0", Machine = new("linux", "x64", "dotnet 10", "human", Ci: false),
    };

    public Story Wait(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public Story WaitUntil(DateTimeOffset time)
    {
        Now = time;
        return this;
    }

    /// <summary>Runs the hourly background work: days and months that are due are folded.</summary>
    public Story Upkeep()
    {
        Wait(TimeSpan.FromMinutes(61));
        return Add(new Compaction(Now, 3));
    }

    public Story Erase(string user) => Add(new EraseInstall(Now, user));

    public Story Add(Operation operation)
    {
        _operations.Add(operation with { OnReplica = OnReplica });
        return this;
    }

    /// <summary>Asks questions, each about several ranges, as soon as a view is old enough to be refreshed.</summary>
    public Story Ask(IEnumerable<AskedRange> ranges, params Question[] questions)
    {
        Wait(TimeSpan.FromSeconds(2));
        foreach (var range in ranges)
        {
            foreach (var question in questions)
                Add(new Ask(Now, question with { Range = range }));
        }

        return this;
    }

    /// <summary>Asks every statistic without filters.</summary>
    public Story AskAll(params AskedRange[] ranges) => Ask(
        ranges, Questions.Overview, Questions.Users, Questions.Top("command"), Questions.Top("event"), Questions.Top("version"),
        Questions.Top("os"), Questions.Series("day"), Questions.Series("week"), Questions.Series("month"), Questions.Series("hour"));

    /// <summary>Runs the history. Each answer must be what the oracle counts. Returns the answers.</summary>
    public async Task<IReadOnlyList<JsonElement>> HoldsAsync()
    {
        List<JsonElement> answers = [];
        var run = await HistoryRun.RunAsync(server, new History(name, _operations), answers);
        Assert.True(
            run.Mismatches.Count == 0,
            $"{run.Mismatches.Count} wrong figures in {run.Comparisons} answers, of each the first:\n" + string.Join('\n', run.Mismatches
                .DistinctBy(wrong => wrong.Mismatch.Figure).Select(wrong => $"{wrong.Mismatch} ({wrong.Operation.Headline})")));
        return answers;
    }
}

/// <summary>The questions of stories, about the default range.</summary>
internal static class Questions
{
    public static Question Overview { get; } = new(Statistic.Overview, new AskedRange());

    public static Question Users { get; } = new(Statistic.Users, new AskedRange());

    public static Question Top(string by) => new(Statistic.Top, new AskedRange()) { By = by, Limit = 1_000 };

    public static Question Series(string interval) => new(Statistic.Series, new AskedRange()) { Interval = interval };

    /// <summary>Returns the question with a filter.</summary>
    public static Question Of(
        this Question question, string? subject = null, string? type = null, string? version = null, string? actor = null) =>
        question with { Filter = new(subject, type, version, actor) };
}
