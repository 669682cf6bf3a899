using TelemetryKit.Core;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using Microsoft.Extensions.Configuration;
using TelemetryKit.Api.Admin;
using TelemetryKit.Api.Settings;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>The operator's commands, beside the running server.</summary>
public class AdminCommandTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task Plans_are_set_while_the_server_runs()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var (exit, output, _) = await RunAsync("set-plan", tenant.ToString(), "enterprise", "--events-per-month", "7", "--members", "3");
        Assert.Equal(0, exit);
        Assert.Contains("enterprise", output);
        Assert.Equal(7, (int)(await owner.JsonAsync($"/v1/tenants/{tenant}"))["events_per_month"]!);
        Assert.Contains(
            (await owner.JsonAsync($"/v1/tenants/{tenant}/audit"))["entries"]!.AsArray(),
            e => (string?)e!["detail"] == "to enterprise events_per_month=7 members=3" && e["account_id"] is null);
        Assert.Contains($"{tenant}  enterprise", (await RunAsync("list-tenants")).Output);

        Assert.Contains($"{tenant}  free", (await RunAsync("lift-plan", tenant.ToString())).Output);
        Assert.Equal(10_000, (int)(await owner.JsonAsync($"/v1/tenants/{tenant}"))["events_per_month"]!);
    }

    [Theory]
    [InlineData("set-plan 5d1c0a6e-0000-7000-8000-000000000000 pro", 1, "There is no such tenant.")]
    [InlineData("set-plan 5d1c0a6e-0000-7000-8000-000000000000 pro --members 5", 1, "Custom limits need the plan enterprise")]
    [InlineData("lift-plan 5d1c0a6e-0000-7000-8000-000000000000", 1, "There is no such tenant.")]
    [InlineData("remove-second-factor nobody@example.org", 1, "There is no account of that address.")]
    [InlineData("set-plan 5d1c0a6e-0000-7000-8000-000000000000 gold", 2, "gold")]
    [InlineData("set-plan x pro", 2, "x")]
    [InlineData("replace-lost-secret", 2, "--confirm")]
    [InlineData("replace-lost-secret --confirm", 1, "in use")]
    [InlineData("list-tenants --all", 2, "--all")]
    [InlineData("report-overage-again --days 35", 2, "--days")]
    [InlineData("migrate", 1, "in use")]
    [InlineData("migrate --wait 3601", 2, "--wait must be from 0 to 3600.")]
    [InlineData("dance", 2, "dance")]
    [InlineData("", 2, "command")]
    public async Task What_can_not_be_done_is_said(string command, int code, string why)
    {
        var (exit, _, errors) = await RunAsync(command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(code, exit);
        Assert.Contains(why, errors);
    }

    [Fact]
    public async Task Hours_that_Stripe_has_not_accepted_are_reported_again()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (tenant, project) = (await owner.TenantAsync(), await owner.ProjectAsync(await owner.TenantAsync()));
        // The command has its own clock.
        var (now, batch) = (TimeProvider.System.GetUtcNow(), new EventBatch(1));
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var hour = new OverageHour(tenant, "cus_none", new(now.UtcDateTime.Date.AddHours(now.Hour), TimeSpan.Zero), 1);
        batch.Add(Guid.NewGuid(), 0, "used", null, 0, 0, null, null, float.NaN, EventContext.None);
        await using (var commit = await server.Server.Store.Commits.BeginAsync(default))
        {
            await commit.ReserveAsync([], [new(tenant, QuotaMonth.Of(now).FirstDay, 1, null)], [], now, default);
            await commit.WriteAndCommitAsync(
                [new(project, DataEnvironment.Live, [batch], new UsageDay(tenant, day), new(hour.Hour, 0))], [], default);
        }

        await server.Accounts.Billing.SetReportedAsync(hour, default);
        Assert.Contains("1 hours", (await RunAsync("report-overage-again", "--days", "2")).Output);
        Assert.Contains("0 hours", (await RunAsync("report-overage-again")).Output);
    }

    [Fact]
    public async Task Help_shows_the_command_as_it_has_to_be_typed() =>
        Assert.Contains(" admin set-plan <tenant>", (await RunAsync("set-plan", "--help")).Output);

    [Fact]
    public async Task Who_lost_the_second_factor_and_all_codes_gets_back_in()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var id = (Guid)(await owner.JsonAsync("/v1/me"))["id"]!;
        await server.Accounts.SecondFactors.BeginAsync(id, "lost", default);
        await server.Accounts.SecondFactors.ConfirmAsync(id, 1, [], null, null, server.Time.GetUtcNow(), default);
        Assert.Equal(0, (await RunAsync("remove-second-factor", owner.Email)).Exit);
        Assert.Equal(401, (int)(await owner.GetAsync("/v1/me")).StatusCode);
        // The command has its own clock.
        server.Time.Advance(TimeSpan.FromHours(1));
        Assert.Contains("second factor", await server.MailAsync("security-notice", owner.Email));
        Assert.False((bool)(await owner.SignInAsync())["second_factor_required"]!);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] args)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("TELEMETRYKIT_DATA", server.Server.Folder), new("TELEMETRYKIT_SECRET", TestSecret.Text)]).Build();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var command = new ServerCommand(AdminCommands.Create(() => configuration));
        var exit = await command.RunAsync([AdminCommands.CommandName, .. args], _ => throw new InvalidOperationException(), output, errors);
        return (exit, output.ToString(), errors.ToString());
    }
}
