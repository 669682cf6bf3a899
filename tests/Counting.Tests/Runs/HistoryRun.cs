using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Erasures;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Retention;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Counting.Tests.Counter;
using TelemetryKit.Counting.Tests.Histories;
using TelemetryKit.Counting.Tests.Questions;

namespace TelemetryKit.Counting.Tests.Runs;

/// <summary>Runs a history on a server and in the oracle, with a project of its own, and compares each answer.</summary>
internal sealed class HistoryRun
{
    // The same in each run, and so are the hashes of installs, and with them every estimate.
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly CountingServer _server;
    private readonly TestProject _project;
    private Compactor _compactor;
    private readonly Ledger _ledger = new();
    private readonly List<(Operation Operation, Mismatch Mismatch)> _mismatches = [];
    private readonly List<JsonElement>? _answers;

    private HistoryRun(CountingServer server, TestProject project, List<JsonElement>? answers)
    {
        (_server, _project, _answers) = (server, project, answers);
        _compactor = NewCompactor();
    }

    /// <summary>The answers that were compared.</summary>
    public int Comparisons { get; private set; }

    /// <summary>The wrong figures, each with the operation that showed it.</summary>
    public IReadOnlyList<(Operation Operation, Mismatch Mismatch)> Mismatches => _mismatches;

    private DateOnly Today => DateOnly.FromDateTime(_server.Time.GetUtcNow().UtcDateTime);

    private IStore Store => _server.Main.Store;

    private Guid ProjectId => _project.Project.Ref.ProjectId;

    private Guid TenantId => _project.Project.Ref.TenantId;

    /// <summary>Runs all operations. Everything of the project is deleted afterwards.</summary>
    /// <param name="server">The server.</param>
    /// <param name="history">The history.</param>
    /// <param name="answers">Receives the answers, if they are needed.</param>
    public static async Task<HistoryRun> RunAsync(CountingServer server, History history, List<JsonElement>? answers = null)
    {
        if (history.Operations.Count > 0)
            server.MoveTo(history.Operations[0].At);
        var tenant = await server.Main.NewTenantAsync();
        var run = new HistoryRun(server, await server.Main.NewProjectAsync(tenant, Secret), answers);
        await run.SetPlanAsync(null);
        foreach (var operation in history.Operations)
        {
            server.MoveTo(operation.At);
            await run.ApplyAsync(operation);
        }

        await run.Store.Accounts.Projects.DeleteAsync(run.ProjectId, run.Line(AuditActions.ProjectDeleted), default);
        return run;
    }

    private Task ApplyAsync(Operation operation) => operation switch
    {
        Send send => SendAsync(send),
        Ask ask => AskAsync(ask),
        Compaction compaction => CompactAsync(compaction.Rounds),
        Purge => PurgeAsync(),
        SetRetention retention => SetRetentionAsync(retention.Days),
        SetAliases aliases => SetAliasesAsync(aliases.Aliases),
        SetQuota quota => SetPlanAsync(quota.EventsPerMonth),
        EraseInstall erase => EraseAsync(erase),
        ResetTest => ResetTestAsync(),
        Restart => RestartAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "It is not an operation."),
    };

    private async Task SendAsync(Send send)
    {
        var key = send.Batch.IsTest ? _project.TestKey : _project.LiveKey;
        using var request = Request.Ingest(key, send.Batch.ToJson());
        using var response = await ServerOf(send).Client.SendAsync(request);
        var expected = _ledger.Receive(send.Batch, _server.Time.GetUtcNow());
        var status = (int)response.StatusCode;
        // A batch of duplicates may be refused for the quota before they are recognised.
        if (status == 429 && expected.Accepted == 0 && _ledger.Quota is not null)
            return;
        if (status != 200 || expected.IsRefused)
        {
            Add(send, new("Response.status", "", expected.IsRefused ? "429" : "200", $"{status}"));
            return;
        }

        using var answer = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        var rejected = answer.RootElement.GetProperty("rejected").EnumerateArray().Select(item => item.GetProperty("code").GetString()!);
        CheckReceipt(send, "accepted", $"{expected.Accepted}", $"{answer.RootElement.Long("accepted")}");
        CheckReceipt(send, "duplicates", $"{expected.Duplicates}", $"{answer.RootElement.Long("duplicates")}");
        CheckReceipt(send, "rejected", string.Join(' ', expected.Rejected.Order()), string.Join(' ', rejected.Order()));
    }

    private void CheckReceipt(Operation operation, string figure, string expected, string actual)
    {
        if (expected != actual)
            Add(operation, new("Response." + figure, "", expected, actual));
    }

    private async Task AskAsync(Ask ask)
    {
        Comparisons++;
        var question = ask.Question;
        if (question.Statistic == Statistic.Export)
        {
            await ExportAsync(ask);
            return;
        }

        if (await GetAsync(ask, question.Path) is not { } text)
            return;
        using var answer = JsonDocument.Parse(text);
        _answers?.Add(answer.RootElement.Clone());
        var check = new AnswerCheck(_ledger.Counter(question.IsTest), _ledger.FirstKeptDay, Today);
        foreach (var mismatch in check.Check(question, answer.RootElement))
            Add(ask, mismatch);
        if (question.Statistic == Statistic.Events && answer.RootElement.GetProperty("next_cursor").GetString() is { } cursor)
            await CheckNextPageAsync(ask, check, cursor);
        if (question.Format is null || await GetAsync(ask, question.FormattedPath) is not { } rows)
            return;
        var comparison = new Comparison(question.Statistic.ToString(), Questions.Accuracy.Of(answer.RootElement));
        AnswerText.Check(comparison, question, answer.RootElement, rows);
        foreach (var mismatch in comparison.Mismatches)
            Add(ask, mismatch);
    }

    private async Task CheckNextPageAsync(Ask ask, AnswerCheck check, string cursor)
    {
        var path = ask.Question.Path;
        if (await GetAsync(ask, path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "cursor=" + cursor) is not { } text)
            return;
        using var answer = JsonDocument.Parse(text);
        foreach (var mismatch in check.Check(ask.Question, answer.RootElement, page: 1))
            Add(ask, mismatch);
    }

    /// <summary>Exports events, and once more from the middle.</summary>
    private async Task ExportAsync(Ask ask)
    {
        if (await GetAsync(ask, ask.Question.FormattedPath) is not { } text)
            return;
        var comparison = new Comparison(nameof(Statistic.Export), new(false, 0, 0));
        var check = new ExportCheck(comparison, ask.Question, _ledger.Counter(ask.Question.IsTest));
        var (from, to) = ask.Question.Range.On(Today);
        var cursors = check.Check(from, to, text);
        var middle = cursors.Count / 2;
        if (cursors.Count > 0 && await GetAsync(ask, ask.Question.FormattedPath + "&cursor=" + cursors[middle]) is { } rest)
            check.CheckResumed([.. cursors.Skip(middle + 1)], rest);
        foreach (var mismatch in comparison.Mismatches)
            Add(ask, mismatch);
    }

    /// <summary>Returns the response, or <c>null</c> if it isn't an answer, which is a mismatch.</summary>
    private async Task<string?> GetAsync(Ask ask, string path)
    {
        using var request = Request.Get(path, _project.ReadKey);
        using var response = await ServerOf(ask).Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode == 200)
            return text;
        Add(ask, new("Response.status", "", "200", $"{(int)response.StatusCode} {text}"));
        return null;
    }

    private async Task CompactAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
            await _compactor.RunOnceAsync(default);
    }

    private async Task RestartAsync()
    {
        await _server.RestartAsync();
        _compactor = NewCompactor();
    }

    private Compactor NewCompactor() => ActivatorUtilities.CreateInstance<Compactor>(_server.Main.Services);

    private async Task PurgeAsync()
    {
        var tenant = await Store.Accounts.Tenants.FindAsync(TenantId, default);
        var project = await Store.Accounts.Projects.FindAsync(ProjectId, default);
        if (RetentionRule.FirstKeptDay(tenant!, project!, _server.Time.GetUtcNow(), Today) is not { } first)
            return;
        await foreach (var part in Store.Retention.PurgeAsync(ProjectId, first, default))
            Assert.True(part.Events >= 0);
        _ledger.Purge(Today);
    }

    private async Task SetRetentionAsync(int? days)
    {
        await SetAsync(settings => settings with { KeptDays = days });
        _ledger.KeptDays = days;
    }

    private async Task SetAliasesAsync(IReadOnlyDictionary<string, string> aliases)
    {
        await SetAsync(settings => settings with { Aliases = aliases });
        _ledger.Aliases = aliases;
    }

    private async Task SetPlanAsync(long? quota)
    {
        var limits = new CustomLimits(EventsPerMonth: quota);
        await Store.Accounts.Tenants.SetPlanAsync(TenantId, PlanId.Enterprise, limits, Line(AuditActions.PlanChanged), default);
        _ledger.Quota = quota;
    }

    private async Task EraseAsync(EraseInstall erase)
    {
        // As a user of the tool erases, but not over HTTP, because ids of histories aren't derived from secrets.
        var wanted = new Erasure { Id = Guid.NewGuid(), ProjectId = ProjectId, AskedAt = _server.Time.GetUtcNow() };
        var asked = await Store.Accounts.Erasures.AddAsync(wanted, IdentityHasher.Install(Secret, erase.User), default);
        await ServerOf(erase).Services.GetRequiredService<ErasureJob>().RunAsync(default);
        var deleted = (await Store.Accounts.Erasures.FindAsync(asked.Id, default))!.Events!.Value;
        var expected = _ledger.Erase(erase.User).ToString(CultureInfo.InvariantCulture);
        CheckReceipt(erase, "deleted_events", expected, deleted.ToString(CultureInfo.InvariantCulture));
    }

    private async Task ResetTestAsync()
    {
        await Store.Accounts.Projects.ResetTestAsync(ProjectId, Line(AuditActions.TestReset), default);
        _ledger.ResetTest();
    }

    private async Task SetAsync(Func<ProjectSettings, ProjectSettings> change) => await Store.Accounts.Projects.UpdateAsync(
        ProjectId, project => project with { Settings = change(project.Settings) }, Line(AuditActions.ProjectChanged), default);

    private AuditLine Line(string action) => new(Actor.Operator, action, _server.Time.GetUtcNow());

    private TestServer ServerOf(Operation operation) => operation.OnReplica ? _server.Replica : _server.Main;

    private void Add(Operation operation, Mismatch mismatch) => _mismatches.Add((operation, mismatch));
}
