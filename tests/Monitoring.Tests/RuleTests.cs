using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.Monitoring.Tests;

/// <summary>The rules in <c>deploy/prometheus</c>, loaded into a real Prometheus that scrapes real servers.</summary>
public sealed class RuleTests
{
    private static readonly Dictionary<string, string> Billing = new()
    {
        ["TELEMETRYKIT_HOSTED"] = "true",
        ["TELEMETRYKIT_PUBLIC_URL"] = "https://telemetry.example.org",
        ["TELEMETRYKIT_STRIPE_SECRET_KEY"] = "sk_test_fake",
        ["TELEMETRYKIT_STRIPE_WEBHOOK_SECRET"] = "whsec_of_the_fake",
        // A port on which nothing listens.
        ["TELEMETRYKIT_STRIPE_API_BASE"] = "http://127.0.0.1:9/",
    };

    [Theory]
    [InlineData("check", "rules", "rules.yaml")]
    [InlineData("test", "rules", "rules.test.yaml")]
    public async Task Promtool_accepts_the_rules_and_their_examples(params string[] arguments)
    {
        arguments[^1] = Rules.File(arguments[^1]);
        var result = await ToolResult.OfAsync(new ProcessStartInfo("promtool", arguments));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public void Each_alert_has_an_example_and_a_section_in_the_operators_guide()
    {
        var examples = File.ReadAllText(Rules.File("rules.test.yaml"));
        var guide = File.ReadAllText(Path.Combine(BuildOutput.Root, "docs", "OPERATIONS.md"));
        var rules = File.ReadAllText(Rules.File("rules.yaml"));
        Assert.NotEmpty(Rules.Alerts());
        foreach (var alert in Rules.Alerts())
        {
            Assert.Contains($"alertname: {alert}\n", examples, StringComparison.Ordinal);
            Assert.Contains($"\n### {alert}\n", guide, StringComparison.Ordinal);
            Assert.Contains($"#{alert.ToLowerInvariant()}\n", rules, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Alerts_fire_when_their_cause_is_there_and_their_metrics_exist()
    {
        await using var store = await TestStore.OwnPostgresAsync();
        // A port on which nothing listens.
        store.Environment["TELEMETRYKIT_SMTP"] = "smtp://127.0.0.1:9?starttls=false";
        store.Environment["TELEMETRYKIT_MAIL_FROM"] = "kit@example.org";
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await using var replica = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        await replica.StartAsync();
        // Metrics of billing are those of a server that bills.
        await using var billed = TestStore.Sqlite();
        foreach (var (name, value) in Billing)
            billed.Environment[name] = value;
        await using var biller = ServerProcess.Create(billed.Folder, billed.Environment);
        await biller.StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync(server.Address, replica.Address, biller.Address);
        Assert.Equal(200, (await Batch.Create(new Random(1), 10).SendAsync(server.Http, server.Address)).Status);
        Assert.Empty(await prometheus.FiringAsync());

        // A mail server that can't be reached.
        using var signUp = await server.Http.PostAsync(
            "/v1/auth/sign-up",
            new StringContent("""{"email":"ada@example.org","name":"Ada"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.True(signUp.IsSuccessStatusCode, await signUp.Content.ReadAsStringAsync());
        await prometheus.FiresAsync("TelemetryKitMailFails");

        // Tenants that send more than their quota.
        await SpendQuotaAsync(store, server, prometheus);

        // A killed replica.
        replica.KillHard();
        await prometheus.FiresAsync("TelemetryKitDown");
        await replica.StartAsync();
        await prometheus.EndsAsync("TelemetryKitDown");

        // A stopped database, under load. The load ends when the database is back.
        using (var senders = Senders.Start(new Random(2), server.Address))
        {
            await store.Server.StopAsync();
            await prometheus.FiresAsync("TelemetryKitStoreFails");
            await prometheus.FiresAsync("TelemetryKitIngestFails");
            await store.Server.StartAsync();
            await senders.AbandonAsync();
        }

        await prometheus.EndsAsync("TelemetryKitStoreFails");
        await prometheus.EndsAsync("TelemetryKitIngestFails");

        var known = await prometheus.NamesAsync();
        var named = Directory.GetFiles(Path.Combine(BuildOutput.Root, "deploy"), "*", SearchOption.AllDirectories)
            .Where(file => file.Contains("prometheus", StringComparison.Ordinal) || file.Contains("grafana", StringComparison.Ordinal))
            .SelectMany(file => Rules.Metrics(File.ReadAllText(file)).Select(name => (Name: name, File: Path.GetFileName(file))))
            .Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, metric => !known.Contains(metric.Name));
    }

    private static async Task SpendQuotaAsync(TestStore store, ServerProcess server, PrometheusServer prometheus)
    {
        var list = await store.AdminAsync("list-tenants");
        Assert.True(list.ExitCode == 0, list.ToString());
        var tenant = Regex.Match(list.Output, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").Value;
        string[] limits = ["--events-per-month", "100", "--kept-days", "30", "--members", "5", "--projects", "5"];
        var set = await store.AdminAsync(["set-plan", tenant, "enterprise", .. limits]);
        Assert.True(set.ExitCode == 0, set.ToString());
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            for (var seed = 10; !stop.IsCancellationRequested; seed++)
            {
                await Batch.Create(new Random(seed), 500).SendAsync(server.Http, server.Address);
                await Task.Delay(100);
            }
        });
        await prometheus.FiresAsync("TelemetryKitQuotaSpent");
        await stop.CancelAsync();
        await sending;
        limits[1] = (1_000_000_000).ToString(CultureInfo.InvariantCulture);
        set = await store.AdminAsync(["set-plan", tenant, "enterprise", .. limits]);
        Assert.True(set.ExitCode == 0, set.ToString());
    }
}
