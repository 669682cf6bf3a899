using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Background;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Retention;

namespace TelemetryKit.Api.Tests.Notices;

/// <summary>A downgrade from the operator's call to the day on which old data is gone, with a clock that is moved.</summary>
public class DowngradeTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task An_owner_is_notified_14_days_before_data_is_deleted()
    {
        // Not read from /metrics, because the exporter limits its streams and the servers of other tests in this process add some.
        var purged = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "telemetrykit.purge.events")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, events, _, _) => Interlocked.Add(ref purged, events));
        listener.Start();

        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "pro");
        var project = await owner.ProjectAsync(tenant);
        var (live, read) = ((await owner.KeyAsync(project, "live")).Key, (await owner.KeyAsync(project, "read")).Key);
        await SendAsync(live, 5);
        server.Time.Advance(TimeSpan.FromDays(40));
        await SendAsync(live, 3);

        await server.SetPlanAsync(tenant, "free");
        // The period of notice starts when the mail was sent, so the clock stands until then.
        await Eventually.TrueAsync(
            async () => (await server.Server.Store.Accounts.Tenants.FindAsync(tenant, default))!.DowngradeNoticeAt is not null,
            "the owner is notified");
        await DayAsync(1);
        var mail = await server.MailAsync("downgrade", owner.Email);
        Assert.Contains("30 days of data instead of 365 days", mail.Replace("=\r\n", "", StringComparison.Ordinal));
        Assert.Contains("text/html", mail);
        Assert.Equal(8, await EventsAsync(read));

        await DayAsync(12);
        Assert.Equal(8, await EventsAsync(read));
        await DayAsync(1);
        Assert.Equal(3, await EventsAsync(read));
        Assert.Equal(3, await FoundAsync(read));
        Assert.Single(server.MailsTo(owner.Email, "downgrade"));
        Assert.InRange(Interlocked.Read(ref purged), 5, long.MaxValue);
    }

    // The server's own round may run first. Then nothing remains to do.
    private async Task DayAsync(int days)
    {
        server.Time.Advance(TimeSpan.FromDays(days));
        await server.Server.Services.GetRequiredService<SharedJobs>().QueueNoticesAsync(default);
        await server.Server.Services.GetRequiredService<DailyPurge>().RunIfDueAsync(default);
        server.Time.Advance(TimeSpan.FromSeconds(2));
    }

    private async Task SendAsync(string key, int events)
    {
        using var response = await server.Server.Client.SendAsync(Request.Ingest(key, TestProject.Batch(events)));
        Assert.Equal(events, (int)(await response.JsonAsync(200))["accepted"]!);
    }

    private async Task<int> EventsAsync(string read)
    {
        using var response = await server.Server.Client.SendAsync(Request.Get("/v1/stats/overview?days=90", read));
        return (int)(await response.JsonAsync(200))["events"]!;
    }

    private async Task<int> FoundAsync(string read)
    {
        using var response = await server.Server.Client.SendAsync(Request.Get("/v1/stats/events?days=90", read));
        return ((JsonArray)(await response.JsonAsync(200))["items"]!).Count;
    }
}
