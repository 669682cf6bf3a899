using System.Buffers;
using System.Text.RegularExpressions;
using TelemetryKit.Api.Demo;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Tests.Demo;

public sealed class DemoTests
{
    private static readonly DateTimeOffset Hour = new(2026, 11, 18, 14, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_demo_has_ninety_days_of_events_and_a_restart_adds_no_duplicates()
    {
        var folder = Directory.CreateTempSubdirectory("telemetrykit-demo-").FullName;
        var (events, keys) = (new List<int>(), new List<string[]>());
        for (var start = 0; start < 3; start++)
        {
            await using var server = await TestServer.StartAsync(new TestServerOptions { Folder = folder, Args = ["--demo"] });
            await Eventually.TrueAsync(
                () => server.Console.ToString().Contains("Ask it", StringComparison.Ordinal), "the demo is filled", 300);
            // The keys are the same at each start, so replicas that start at the same time don't invalidate each other's keys.
            var printed = Regex.Matches(server.Console.ToString().Split("\"demo\"")[1], "tk_(live|read)_[0-9A-Za-z]{32}");
            keys.Add([.. printed.Select(m => m.Value).Distinct()]);
            var (live, key) = (keys[^1][0], keys[^1][1]);
            await (await server.Client.SendAsync(Request.Ingest(live, """{"events":[]}"""))).JsonAsync(200);
            var top = await (await server.Client.SendAsync(Request.Get("/v1/stats/top?by=command&days=91", key))).JsonAsync(200);
            Assert.Equal("build", (string?)top["items"]![0]!["value"]);
            Assert.Equal(DemoTool.Commands.Count, top["items"]!.AsArray().Count);
            var overview = await (await server.Client.SendAsync(Request.Get("/v1/stats/overview?days=91", key))).JsonAsync(200);
            events.Add((int)overview["events"]!);
            Assert.InRange((int)overview["installs"]!, 500, 900);
            Assert.InRange((double)overview["success_rate"]!, 0.8, 0.95);
            if (start == 1)
                await RevokeAllAsync(server);
        }

        // An hour may have ended between the starts.
        Assert.InRange(events[0], 90_000, 180_000);
        Assert.All(events.Skip(1), again => Assert.InRange(again, events[0], events[0] + 300));
        Assert.Equal(keys[0], keys[1]);
        // A revoked key is replaced by another one.
        Assert.Empty(keys[1].Intersect(keys[2]));
        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<DemoSession> SessionsOf(DateTimeOffset hour) =>
        DemoHour.Sessions(hour, DemoInstall.On(DateOnly.FromDateTime(hour.UtcDateTime)));

    private static async Task RevokeAllAsync(TestServer server)
    {
        var (store, now) = (server.Store, TimeProvider.System.GetUtcNow());
        var project = await store.Projects.EnsureProjectAsync(await store.Projects.EnsureDefaultTenantAsync(default), "demo", default);
        var line = new AuditLine(Actor.Operator, AuditActions.KeyRevoked, now);
        foreach (var key in await store.Keys.ListAsync(project.Ref.ProjectId, now, default))
            await store.Keys.RevokeAsync(project.Ref.ProjectId, key.Id, line, default);
    }

    [Fact]
    public void An_hour_always_has_the_same_sessions()
    {
        static string[] Bodies() => SessionsOf(Hour)
            .Select(session => System.Text.Encoding.UTF8.GetString(DemoBatch.Write(session).ToArray()))
            .ToArray();
        Assert.NotEmpty(Bodies());
        Assert.Equal(Bodies(), Bodies());
        Assert.Equal(Bodies().Length, Bodies().Distinct().Count());
    }

    [Fact]
    public void Sessions_stay_within_their_hour()
    {
        var sessions = SessionsOf(Hour);
        Assert.All(sessions.SelectMany(s => s.Events), e => Assert.InRange(e.Time, Hour, Hour.AddHours(1)));
    }

    [Fact]
    public void A_working_day_has_more_sessions_than_a_sunday()
    {
        var sunday = Hour.AddDays(4);
        Assert.Equal(DayOfWeek.Sunday, sunday.DayOfWeek);
        Assert.True(Count(Hour) > 2 * Count(sunday), $"{Count(Hour)} sessions compared to {Count(sunday)} on Sunday");

        int Count(DateTimeOffset day) => Enumerable.Range(-3, 7).Sum(h => SessionsOf(day.AddHours(h)).Count());
    }

    [Fact]
    public void Users_update_to_new_versions_over_time()
    {
        var day = new DateOnly(2026, 11, 18);
        Assert.Equal(DemoTool.ReleaseOn(day, 0), DemoTool.ReleaseOn(day.AddDays(3), 3));
        Assert.NotEqual(DemoTool.ReleaseOn(day, 0), DemoTool.ReleaseOn(day, 30));
    }

    [Fact]
    public void Random_values_follow_their_distributions()
    {
        var random = DeterministicRandom.Of("test");
        var counts = Enumerable.Range(0, 20_000).Select(_ => (double)random.Count(2.5)).ToArray();
        Assert.InRange(counts.Average(), 2.4, 2.6);
        Assert.InRange(Enumerable.Range(0, 20_000).Select(_ => random.Exponential(10)).Average(), 9.6, 10.4);
        var durations = Enumerable.Range(0, 20_001).Select(_ => random.LogNormal(100, 0.7)).Order().ToArray();
        Assert.InRange(durations[10_000], 97, 103);
        Assert.InRange(Enumerable.Range(0, 20_000).Count(_ => random.Pick([1, 2, 3], n => n) == 3), 9_600, 10_400);
        Assert.Equal(8, DeterministicRandom.Id("a").Version);
        Assert.Equal(DeterministicRandom.Id("a"), DeterministicRandom.Id("a"));
        Assert.NotEqual(DeterministicRandom.Id("a"), DeterministicRandom.Id("b"));
    }
}
