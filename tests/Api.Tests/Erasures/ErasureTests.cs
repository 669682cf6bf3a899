using System.Buffers.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Erasures;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Erasures;

/// <summary>Users of a tool erase what it sent, with the secret of their install. Both stores behave the same.</summary>
public abstract class ErasureTests(AccountServer server)
{
    [Fact]
    public async Task A_user_erases_what_was_sent_in_both_environments_and_gets_a_signed_receipt()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret), events: 2);
        await world.SendAsync(ErasureWorld.UserId(secret), key: world.Test);
        await world.SendAsync("somebody else");

        var waiting = await world.EraseAsync(secret);
        Assert.Equal("waiting", (string?)waiting["state"]);
        Assert.Equal(world.Project.ToString(), (string?)waiting["project"]);
        Assert.Null(waiting["done_at"]);
        Assert.Null(waiting["events_erased"]);
        Assert.True(await world.IsGenuineAsync(waiting));

        await world.RunJobAsync();
        var done = await world.ReceiptAsync(waiting);
        Assert.Equal("done", (string?)done["state"]);
        Assert.Equal(3, (int?)done["events_erased"]);
        Assert.Equal((string?)waiting["asked_at"], (string?)done["asked_at"]);
        Assert.True((DateTimeOffset)done["done_at"]! >= (DateTimeOffset)done["asked_at"]!);
        Assert.True(await world.IsGenuineAsync(done));
        Assert.Equal(1, await world.EventsAsync());
        Assert.Equal(1, await world.InstallsAsync());
        Assert.Equal(0, await world.EventsAsync("test"));
    }

    [Fact]
    public async Task Events_that_arrive_later_are_those_of_a_new_install()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        var first = await world.EraseAsync(secret);
        await world.RunJobAsync();
        await world.SendAsync(ErasureWorld.UserId(secret));
        Assert.Equal(1, await world.InstallsAsync());

        var second = await world.EraseAsync(secret);
        Assert.NotEqual((string?)first["id"], (string?)second["id"]);
        await world.RunJobAsync();
        Assert.Equal(1, (int?)(await world.ReceiptAsync(second))["events_erased"]);
        Assert.Equal(0, await world.EventsAsync());
    }

    [Fact]
    public async Task A_foreign_secret_and_another_service_name_erase_nothing()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        List<JsonObject> receipts =
        [
            await world.EraseAsync(ErasureWorld.NewSecret()),
            await world.EraseAsync(secret, "my-cli2"),
            await world.EraseAsync(secret, "My-cli"),
            await world.EraseAsync(secret, "my-cli:"),
        ];
        var elsewhere = await ErasureWorld.BuildAsync(server);
        receipts.Add(await elsewhere.EraseAsync(secret));
        await world.RunJobAsync();
        foreach (var receipt in receipts)
            Assert.Equal(0, (int?)(await world.ReceiptAsync(receipt))["events_erased"]);
        Assert.Equal(1, await world.EventsAsync());
    }

    [Fact]
    public async Task The_same_secret_gets_the_same_receipt_while_one_waits()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        var first = await world.EraseAsync(secret);
        server.Time.Advance(TimeSpan.FromSeconds(5));
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => world.EraseAsync(secret, key: i % 2 == 0 ? world.Test : null)));
        Assert.All(others, other => Assert.Equal(
            ((string?)first["id"], (string?)first["asked_at"]), ((string?)other["id"], (string?)other["asked_at"])));
    }

    [Theory]
    [InlineData("events_erased", 2)]
    [InlineData("asked_at", "2026-01-01T00:00:00Z")]
    [InlineData("state", "waiting")]
    [InlineData("project", "00000000-0000-0000-0000-000000000001")]
    [InlineData("id", "00000000-0000-0000-0000-000000000001")]
    [InlineData("done_at", null)]
    [InlineData("key_id", "another")]
    public async Task A_changed_receipt_is_not_genuine(string member, object? value)
    {
        var world = await ErasureWorld.BuildAsync(server);
        var receipt = await world.EraseAsync(ErasureWorld.NewSecret());
        await world.RunJobAsync();
        var done = await world.ReceiptAsync(receipt);
        Assert.True(await world.IsGenuineAsync(done));
        done[member] = value is null ? null : JsonValue.Create(value);
        Assert.False(await world.IsGenuineAsync(done));
    }

    [Fact]
    public async Task Receipts_of_a_replaced_key_can_still_be_verified()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        var before = await world.EraseAsync(secret);
        await server.Accounts.ReceiptKeys.ReplaceAsync(ReceiptKeys.Create(server.Time.GetUtcNow()), default);
        Assert.Single(await server.Accounts.ReceiptKeys.ListAsync(default), key => key.PrivateKey is not null);

        server.Time.Advance(TimeSpan.FromMinutes(2));
        var after = await world.ReceiptAsync(before);
        Assert.NotEqual((string?)before["key_id"], (string?)after["key_id"]);
        Assert.True(await world.IsGenuineAsync(before));
        Assert.True(await world.IsGenuineAsync(after));
    }

    [Fact]
    public async Task Processes_that_need_the_first_key_at_once_get_the_same()
    {
        var keys = server.Accounts.ReceiptKeys;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => keys.EnsureAsync(ReceiptKeys.Create(server.Time.GetUtcNow()), default)));
        Assert.Single(await keys.ListAsync(default), key => key.RetiredAt is null);
    }

    [Fact]
    public async Task An_erasure_is_a_line_of_the_audit_log_that_names_nobody()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        var hash = (string)(await world.Admin.JsonAsync(HttpMethod.Post, "/v1/installs/find", 200, new JsonObject
        {
            ["project"] = world.Project.ToString(), ["user_id"] = ErasureWorld.UserId(secret),
        }))["user"]!;
        await world.EraseAsync(secret);
        // What erases nothing isn't listed, otherwise strangers could fill the log.
        await world.EraseAsync(ErasureWorld.NewSecret());
        await world.RunJobAsync();

        var log = await world.Admin.JsonAsync($"/v1/tenants/{world.Tenant}/audit");
        var line = Assert.Single(log["entries"]!.AsArray(), line => (string?)line!["action"] == "install.erased_by_user")!;
        Assert.Equal(world.Project.ToString(), (string?)line["target"]);
        Assert.Null(line["email"]);
        foreach (var text in (string[])[hash, ErasureWorld.UserId(secret), Base64Url.EncodeToString(secret)])
            Assert.DoesNotContain(text, log.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spent_quota_and_a_suspended_project_still_erase()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        // The plan allows fewer projects than there are, so the newest are suspended.
        for (var i = 0; i < 12; i++)
            await world.Admin.ProjectAsync(world.Tenant);
        await server.SetPlanAsync(world.Tenant, "free");
        var projects = (await world.Admin.JsonAsync($"/v1/tenants/{world.Tenant}/projects"))["projects"]!.AsArray();
        Assert.Contains(projects, project => project!["suspended"] is not null || project["is_suspended"] is not null);
        var receipt = await world.EraseAsync(secret);
        await world.RunJobAsync();
        Assert.Equal(1, (int?)(await world.ReceiptAsync(receipt))["events_erased"]);
    }

    [Theory]
    [InlineData("secret", """{"service_name":"a"}""")]
    [InlineData("secret", """{"secret":"AAAA","service_name":"a"}""")]
    [InlineData("secret", """{"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","service_name":"a"}""")]
    [InlineData("secret", """{"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A","service_name":"a"}""")]
    [InlineData("secret", """{"secret":"+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","service_name":"a"}""")]
    [InlineData("service_name", """{"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("service_name", """{"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","service_name":""}""")]
    [InlineData("service_name", """{"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","service_name":"a\u0000"}""")]
    public async Task An_invalid_body_is_refused(string member, string body)
    {
        var world = await ErasureWorld.BuildAsync(server);
        using var response = await world.TryEraseAsync(JsonNode.Parse(body)!);
        var problem = await response.IsProblemAsync(400, "invalid_parameter");
        Assert.Equal(member, (string?)Assert.Single(problem["errors"]!.AsArray())!["parameter"]);
    }

    [Fact]
    public async Task Other_keys_erase_nothing()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var (_, read) = await world.Admin.KeyAsync(world.Project, "read");
        await (await world.TryEraseAsync(ErasureWorld.NewSecret(), key: read)).IsProblemAsync(403, "wrong_key");
        await (await world.TryEraseAsync(ErasureWorld.NewSecret(), key: "tk_live_" + new string('z', 32)))
            .IsProblemAsync(401, "invalid_key");
        using var nobody = server.NewPerson();
        await (await nobody.PostAsync("/v1/erase", ErasureWorld.Body(ErasureWorld.NewSecret()))).IsProblemAsync(401, "invalid_key");
    }

    [Fact]
    public async Task A_flood_of_one_source_is_refused_and_others_still_erase_send_and_read()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var elsewhere = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        var refused = 0;
        for (var i = 0; i < 60; i++)
        {
            using var response = await world.TryEraseAsync(ErasureWorld.NewSecret(), source: "203.0.113.7");
            if ((int)response.StatusCode == 429)
                refused++;
            else
                Assert.Equal(202, (int)response.StatusCode);
        }

        Assert.Equal(50, refused);
        using var late = await world.TryEraseAsync(ErasureWorld.NewSecret(), source: "203.0.113.7");
        await late.IsProblemAsync(429, "rate_limited");

        // Another user of the same tool, its events and its author, and another project.
        using var other = await world.TryEraseAsync(secret, source: "198.51.100.1");
        var receipt = await other.JsonAsync(202);
        var there = await elsewhere.EraseAsync(ErasureWorld.NewSecret());
        await world.SendAsync("somebody else");
        await world.RunJobAsync();
        Assert.Equal(1, (int?)(await world.ReceiptAsync(receipt))["events_erased"]);
        Assert.Equal("done", (string?)(await world.ReceiptAsync(there))["state"]);
        Assert.Equal(1, await world.EventsAsync());

        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(202, (int)(await world.TryEraseAsync(ErasureWorld.NewSecret(), source: "203.0.113.7")).StatusCode);
    }

    [Fact]
    public async Task A_key_has_a_bound_whatever_the_sources_but_not_for_installs_with_data()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        var refused = 0;
        for (var i = 0; i < Core.Limits.ErasuresPerKey + 5; i++)
        {
            using var response = await world.TryEraseAsync(ErasureWorld.NewSecret(), source: $"198.{i / 250}.{i % 250}.9");
            refused += (int)response.StatusCode == 429 ? 1 : 0;
        }

        Assert.Equal(5, refused);
        Assert.Equal(202, (int)(await world.TryEraseAsync(ErasureWorld.NewSecret(), key: world.Test)).StatusCode);
        var receipt = await (await world.TryEraseAsync(secret, source: "192.0.2.77")).JsonAsync(202);
        await world.RunJobAsync();
        Assert.Equal(1, (int?)(await world.ReceiptAsync(receipt))["events_erased"]);
    }

    [Fact]
    public async Task Projects_take_turns()
    {
        var flooded = await ErasureWorld.BuildAsync(server);
        var secrets = Enumerable.Range(0, 5).Select(_ => ErasureWorld.NewSecret()).ToList();
        foreach (var secret in secrets)
        {
            await flooded.SendAsync(ErasureWorld.UserId(secret));
            await flooded.EraseAsync(secret);
        }

        var other = await ErasureWorld.BuildAsync(server);
        var own = ErasureWorld.NewSecret();
        await other.SendAsync(ErasureWorld.UserId(own));
        var receipt = await other.EraseAsync(own);
        var next = await server.Accounts.Erasures.ListNextAsync(Guid.Empty, 10_000, default);
        Assert.Single(next, waiting => waiting.ProjectId == flooded.Project);
        Assert.Equal((string?)receipt["id"], Assert.Single(next, waiting => waiting.ProjectId == other.Project).Id.ToString());
    }

    [Fact]
    public async Task An_erasure_runs_by_itself_within_minutes()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        var receipt = await world.EraseAsync(secret);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await world.RunLeasedJobAsync();
        Assert.Equal("done", (string?)(await world.ReceiptAsync(receipt))["state"]);
    }

    [Fact]
    public async Task The_erasures_of_a_deleted_project_are_deleted_with_it()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var receipt = await world.EraseAsync(ErasureWorld.NewSecret());
        await world.Admin.JsonAsync(HttpMethod.Delete, $"/v1/projects/{world.Project}");
        using var user = server.NewPerson();
        await (await user.GetAsync($"/v1/erasures/{(string?)receipt["id"]}")).IsProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task Receipts_are_forgotten_after_400_days()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var now = server.Time.GetUtcNow();
        var old = new Erasure { Id = Guid.NewGuid(), ProjectId = world.Project, AskedAt = now.AddDays(-401) };
        await server.Accounts.Erasures.AddAsync(old, 42, default);
        await server.Accounts.Erasures.CompleteUnknownAsync(now.AddDays(-401), default);
        var waiting = await world.EraseAsync(ErasureWorld.NewSecret());
        await world.RunJobAsync();
        Assert.Null(await server.Accounts.Erasures.FindAsync(old.Id, default));
        Assert.Equal("done", (string?)(await world.ReceiptAsync(waiting))["state"]);
    }

    [Fact]
    public async Task Readers_of_receipts_are_bounded_by_source()
    {
        using var reader = server.NewPerson("203.0.113.99");
        for (var i = 0; i < Core.Limits.Receipts; i++)
            await (await reader.GetAsync($"/v1/erasures/{Guid.NewGuid()}")).IsProblemAsync(404, "not_found");
        await (await reader.GetAsync($"/v1/erasures/{Guid.NewGuid()}")).IsProblemAsync(429, "rate_limited");
    }

    [Fact]
    public async Task Pages_of_any_origin_may_erase()
    {
        var world = await ErasureWorld.BuildAsync(server);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/erase");
        preflight.Headers.Add("Origin", "https://tool.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var allowed = await server.Server.Client.SendAsync(preflight);
        Assert.Equal("*", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var page = server.NewPerson();
        page.Bearer = world.Live;
        using var response = await page.SendAsync(HttpMethod.Post, "/v1/erase", ErasureWorld.Body(ErasureWorld.NewSecret()), request =>
        {
            request.Headers.Add("Origin", "https://tool.example");
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
        });
        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Logs_contain_neither_the_secret_nor_the_id()
    {
        var world = await ErasureWorld.BuildAsync(server);
        var secret = ErasureWorld.NewSecret();
        await world.SendAsync(ErasureWorld.UserId(secret));
        await world.EraseAsync(secret);
        await world.RunJobAsync();
        foreach (var text in (string[])[ErasureWorld.UserId(secret), Base64Url.EncodeToString(secret)])
            Assert.All(server.Server.Logs.Lines, line => Assert.DoesNotContain(text, line, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Writes debug logs, and runs no background work, so that each test runs the job itself.</summary>
public sealed class ErasureServer : AccountServer
{
    public override ManualTime Time { get; } = new(DateTimeOffset.UtcNow, periodicTimers: false);

    protected override string LogLevel => "Debug";
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgresErasureServer : PostgresAccountServer
{
    public override ManualTime Time { get; } = new(DateTimeOffset.UtcNow, periodicTimers: false);

    protected override string LogLevel => "Debug";
}

/// <summary>On SQLite.</summary>
public sealed class SqliteErasureTests(ErasureServer server) : ErasureTests(server), IClassFixture<ErasureServer>;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresErasureTests(PostgresErasureServer server)
    : ErasureTests(server), IClassFixture<PostgresErasureServer>;
