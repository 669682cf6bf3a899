using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Sharing;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Sharing;

/// <summary>Public pages and badges of projects. Both stores behave the same.</summary>
public abstract class SharingTests(AccountServer server)
{
    private static readonly string[] AllSections = ["overview", "commands", "versions", "platforms", "actors"];

    [Fact]
    public async Task A_project_is_public_only_while_it_is_shared_and_only_with_the_chosen_sections()
    {
        var (admin, project) = await FilledAsync();
        using var reader = server.NewPerson();
        var name = NewName();
        await (await reader.GetAsync($"/v1/shared/{name}")).IsProblemAsync(404, "not_found");
        Assert.Null(await NameAsync(admin, project));

        await ShareAsync(admin, project, name, "overview", "commands");
        var report = await reader.JsonAsync($"/v1/shared/{name}");
        Assert.Equal(["overview", "commands"], Sections(report));
        Assert.Equal(name, await NameAsync(admin, project));

        var renamed = NewName();
        await ShareAsync(admin, project, renamed, "versions");
        await (await reader.GetAsync($"/v1/shared/{name}")).IsProblemAsync(404, "not_found");
        report = await reader.JsonAsync($"/v1/shared/{renamed}");
        Assert.Equal(["versions"], Sections(report));

        await admin.DoAsync(HttpMethod.Delete, $"/v1/projects/{project}/share");
        await (await reader.GetAsync($"/v1/shared/{renamed}")).IsProblemAsync(404, "not_found");
        Assert.Null(await NameAsync(admin, project));
        var actions = (await admin.JsonAsync($"/v1/tenants/{await admin.TenantAsync()}/audit"))["entries"]!.AsArray();
        Assert.Equal(
            ["project.share_removed", "project.shared", "project.shared"],
            actions.Select(entry => (string)entry!["action"]!).Where(action => action.Contains("share", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_number_is_about_fewer_than_ten_installs_and_all_are_multiples_of_ten()
    {
        var (admin, project) = await FilledAsync();
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        using var reader = server.NewPerson();
        var report = await reader.JsonAsync($"/v1/shared/{name}");

        // 60 installs run build; 9 of them also run deploy, which isn't shown.
        Assert.InRange((long)report["installs"]!, 41, 60);
        Assert.Equal(["build"], Values(report, "commands"));
        Assert.Equal(["1.0"], Values(report, "versions"));
        Assert.Equal(["linux"], Values(report, "platforms"));
        Assert.Equal(["human"], Values(report, "actors"));
        Assert.Equal(69, (long)report["events"]!);
        Assert.Equal(0.87, (double)report["success_rate"]!);
        Assert.Equal(28, report["days"]!.AsArray().Count);
        Assert.All(InstallsIn(report), installs => Assert.True(installs >= 10 && installs % 10 == 0, $"{installs} installs"));
        Assert.Equal(server.Time.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd"), (string?)report["to"]);
    }

    [Fact]
    public async Task Few_installs_show_nothing()
    {
        var (admin, project, live) = await NewAsync();
        await SendAsync(live, 9, "build");
        server.Time.Advance(TimeSpan.FromDays(1));
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        using var reader = server.NewPerson();
        var report = await reader.JsonAsync($"/v1/shared/{name}");
        Assert.Empty(InstallsIn(report));
        Assert.Null(report["events"]);
        Assert.Null(report["success_rate"]);
        Assert.All(AllSections[1..], section => Assert.Empty(report[section]!.AsArray()));
        Assert.Contains("too few to show", await (await reader.GetAsync($"/badge/{name}/installs.svg")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Badges_are_images_that_may_be_cached_and_contain_nothing_else()
    {
        var (admin, project) = await FilledAsync();
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        using var reader = server.NewPerson();
        foreach (var badge in (string[])["installs", "commands", "success", "version"])
        {
            using var response = await reader.GetAsync($"/badge/{name}/{badge}.svg?color=f80&style=flat-square&label=%3Cb%3E%26%22x");
            Assert.Equal(200, (int)response.StatusCode);
            Assert.Equal("image/svg+xml", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal("public, max-age=300, stale-while-revalidate=600", response.Headers.GetValues("Cache-Control").Single());
            var svg = XDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.StartsWith("<b>&\"x: ", svg.Root!.Elements().First().Value, StringComparison.Ordinal);
            Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName is "b" or "script" or "style" or "foreignObject");
            Assert.Contains(svg.Descendants(), element => (string?)element.Attribute("fill") == "#f80");
        }

        var shield = await reader.JsonAsync($"/badge/{name}/version.json");
        Assert.Equal((1, "version", "blue"), ((int)shield["schemaVersion"]!, (string)shield["label"]!, (string)shield["color"]!));
        Assert.StartsWith("1.0 on ", (string?)shield["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/badge/{0}/installs.svg?color=javascript", 400)]
    [InlineData("/badge/{0}/installs.svg?style=round", 400)]
    [InlineData("/badge/{0}/installs.svg?colour=red", 400)]
    [InlineData("/badge/{0}/users.svg", 404)]
    [InlineData("/badge/no-such-page/installs.json", 404)]
    [InlineData("/badge/{0}/success.json", 404)]
    [InlineData("/v1/shared/NO-SUCH%2fpage", 404)]
    public async Task What_does_not_exist_is_refused(string path, int status)
    {
        var (admin, project, _) = await NewAsync();
        var name = NewName();
        await ShareAsync(admin, project, name, "commands");
        using var reader = server.NewPerson();
        using var response = await reader.GetAsync(path.Replace("{0}", name, StringComparison.Ordinal));
        Assert.Equal(status, (int)response.StatusCode);
        using var missing = await reader.GetAsync($"/badge/{name}/installs.svg");
        Assert.Equal((404, "image/svg+xml"), ((int)missing.StatusCode, missing.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task A_name_that_another_project_has_is_refused_and_so_is_a_body_with_faults()
    {
        var (admin, project, _) = await NewAsync();
        var (other, foreign, _) = await NewAsync();
        var name = NewName();
        await ShareAsync(admin, project, name, "commands");
        await (await PutAsync(other, foreign, name, "commands")).IsProblemAsync(409, "name_taken");
        Assert.Null(await NameAsync(other, foreign));
        await (await PutAsync(admin, project, "No", "commands")).IsProblemAsync(400, "invalid_parameter");
        await (await PutAsync(admin, project, name)).IsProblemAsync(400, "invalid_parameter");
        await (await PutAsync(admin, project, name, "commands", "secrets")).IsProblemAsync(400, "invalid_parameter");
        await (await PutAsync(other, project, NewName(), "commands")).IsProblemAsync(404, "not_found");
        Assert.Equal(name, await NameAsync(admin, project));
    }

    [Fact]
    public async Task A_report_is_computed_again_after_an_hour_and_the_former_one_is_returned_meanwhile()
    {
        var (admin, project, live) = await NewAsync();
        await SendAsync(live, 30, "build");
        server.Time.Advance(TimeSpan.FromDays(1));
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        using var reader = server.NewPerson();
        Assert.Equal(["build"], Values(await reader.JsonAsync($"/v1/shared/{name}"), "commands"));

        await SendAsync(live, 30, "test", server.Time.GetUtcNow().AddDays(-1));
        server.Time.Advance(Limits.PublicReportAge / 2);
        Assert.Equal(["build"], Values(await reader.JsonAsync($"/v1/shared/{name}"), "commands"));
        server.Time.Advance(Limits.PublicReportAge);
        Assert.Equal(["build"], Values(await reader.JsonAsync($"/v1/shared/{name}"), "commands"));
        List<string> values;
        do
            values = Values(await reader.JsonAsync($"/v1/shared/{name}"), "commands");
        while (values.Count == 1);
        Assert.Equal(["build", "test"], values.Order());
    }

    [Fact]
    public async Task Names_can_only_be_guessed_slowly_and_pages_in_memory_stay_readable()
    {
        var (admin, project, _) = await NewAsync();
        var name = NewName();
        await ShareAsync(admin, project, name, "commands");
        using var reader = server.NewPerson("198.51.100.77");
        await reader.JsonAsync($"/v1/shared/{name}");
        for (var i = 1; i < Limits.ShareLookUps; i++)
            Assert.Equal(404, (int)(await reader.GetAsync($"/v1/shared/guess-{i}")).StatusCode);
        await (await reader.GetAsync("/v1/shared/one-more")).IsProblemAsync(429, "rate_limited");
        await reader.JsonAsync($"/v1/shared/{name}");
        using var elsewhere = server.NewPerson("203.0.113.78");
        await (await elsewhere.GetAsync("/v1/shared/one-more")).IsProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task Strangers_can_not_fill_a_list_with_values_that_are_not_published()
    {
        var (admin, project, live) = await NewAsync();
        await SendAsync(live, 60, "build");
        for (var i = 0; i < 12; i++)
            await SendAsync(live, 100, $"fake{i}", version: $"999.{i}.0", os: $"os{i}", user: _ => "stranger");
        server.Time.Advance(TimeSpan.FromDays(1));
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        using var reader = server.NewPerson();
        var report = await reader.JsonAsync($"/v1/shared/{name}");
        Assert.Equal(["build"], Values(report, "commands"));
        Assert.Equal(["1.0"], Values(report, "versions"));
        Assert.Equal(["linux"], Values(report, "platforms"));
        Assert.Equal("1", (string?)(await reader.JsonAsync($"/badge/{name}/commands.json"))["message"]);
    }

    [Fact]
    public async Task The_order_of_a_list_depends_on_published_numbers_only_and_ten_values_are_listed()
    {
        var (admin, project, live) = await NewAsync();
        for (var i = 0; i < 12; i++)
            await SendAsync(live, 40 + i, $"command{(char)('a' + i)}", version: $"{i}.0.0");
        server.Time.Advance(TimeSpan.FromDays(1));
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        using var reader = server.NewPerson();
        var report = await reader.JsonAsync($"/v1/shared/{name}");
        var commands = Published(report, "commands");
        Assert.Equal(commands.OrderByDescending(item => item.Installs).ThenBy(item => item.Value, StringComparer.Ordinal), commands);
        Assert.Equal(10, commands.Count);
        var versions = Published(report, "versions").ConvertAll(item => double.Parse(item.Value, CultureInfo.InvariantCulture));
        Assert.Equal(versions.OrderDescending(), versions);
        Assert.Equal(10, versions.Count);
        Assert.Equal("10+", (string?)(await reader.JsonAsync($"/badge/{name}/commands.json"))["message"]);
    }

    [Theory]
    [InlineData("9.9.9\u0001\u000b")]
    [InlineData("\uffff")]
    [InlineData("\u202e1.0")]
    public async Task A_badge_is_an_image_whatever_a_version_is_called(string version)
    {
        var (admin, project, live) = await NewAsync();
        await SendAsync(live, 60, "build", version: version + new string('v', 100));
        server.Time.Advance(TimeSpan.FromDays(1));
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        using var reader = server.NewPerson();
        foreach (var label in (string[])["", "?label=a%01%0a%ef%bf%be"])
        {
            using var response = await reader.GetAsync($"/badge/{name}/version.svg{label}");
            var svg = XDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.InRange((int)svg.Root!.Attribute("width")!, 100, 1000);
        }
    }

    [Fact]
    public async Task A_report_that_is_computed_while_the_page_is_removed_is_not_kept()
    {
        var (admin, project) = await FilledAsync();
        var name = NewName();
        await ShareAsync(admin, project, name, AllSections);
        var services = server.Server.Services;
        var projects = DispatchProxy.Create<IProjectStore, HeldProjects>();
        var held = (HeldProjects)(object)projects;
        held.Inner = services.GetRequiredService<IProjectStore>();
        var reports = ActivatorUtilities.CreateInstance<PublicReports>(services, projects);

        var computed = reports.FindAsync(name, TestContext.Current.CancellationToken);
        await held.Called.Task;
        await admin.DoAsync(HttpMethod.Delete, $"/v1/projects/{project}/share");
        reports.Forget(project);
        held.Release.SetResult();
        await computed;
        Assert.Null(reports.FindCached(name));
        Assert.Null(await reports.FindAsync(name, TestContext.Current.CancellationToken));
    }

    private static string NewName() => $"p-{Guid.NewGuid():N}";

    private static async Task<string?> NameAsync(Person member, Guid project) =>
        (string?)(await member.JsonAsync($"/v1/projects/{project}/share"))["name"];

    private static async Task ShareAsync(Person admin, Guid project, string name, params string[] sections)
    {
        using var response = await PutAsync(admin, project, name, sections);
        Assert.Equal(name, (string?)(await response.JsonAsync(200))["name"]);
    }

    private static Task<HttpResponseMessage> PutAsync(Person admin, Guid project, string name, params string[] sections) =>
        admin.SendAsync(
            HttpMethod.Put,
            $"/v1/projects/{project}/share",
            new JsonObject { ["name"] = name, ["sections"] = new JsonArray([.. sections.Select(section => JsonValue.Create(section))]) });

    private static IEnumerable<string> Sections(JsonObject report) =>
        AllSections.Where(section => report[section == "overview" ? "days" : section] is not null);

    private static List<string> Values(JsonObject report, string section) =>
        [.. report[section]!.AsArray().Select(item => (string)item!["value"]!)];

    private static List<(string Value, long Installs)> Published(JsonObject report, string section) =>
        [.. report[section]!.AsArray().Select(item => ((string)item!["value"]!, (long)item["installs"]!))];

    private static IEnumerable<long> InstallsIn(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => member switch
        {
            { Key: "installs", Value: JsonValue value } => [(long)value],
            { Value: { } value } => InstallsIn(value),
            _ => [],
        }),
        JsonArray items => items.SelectMany(item => InstallsIn(item!)),
        _ => [],
    };

    /// <summary>A project whose tool 60 installs ran yesterday; nine of them ran deploy as well, which failed.</summary>
    private async Task<(Person Admin, Guid Project)> FilledAsync()
    {
        var (admin, project, live) = await NewAsync();
        await SendAsync(live, 60, "build");
        await SendAsync(live, 9, "deploy", success: false);
        server.Time.Advance(TimeSpan.FromDays(1));
        return (admin, project);
    }

    private async Task<(Person Admin, Guid Project, string Live)> NewAsync()
    {
        var admin = await server.NewPerson().JoinAsync();
        var tenant = await admin.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        var project = await admin.ProjectAsync(tenant);
        return (admin, project, (await admin.KeyAsync(project, "live")).Key);
    }

    private async Task SendAsync(
        string key,
        int installs,
        string command,
        DateTimeOffset? at = null,
        bool success = true,
        string version = "1.0.3",
        string os = "linux",
        Func<int, string>? user = null)
    {
        var time = (at ?? server.Time.GetUtcNow()).ToString("O");
        var events = new JsonArray([.. Enumerable.Range(0, installs).Select(i => new JsonObject
        {
            ["event_type"] = "command_executed", ["user_id"] = user?.Invoke(i) ?? $"install {i}", ["timestamp"] = time,
            ["success"] = success,
            ["metadata"] = new JsonObject { ["command"] = command },
        })]);
        var batch = new JsonObject
        {
            ["service_name"] = "my-cli", ["service_version"] = version, ["events"] = events,
            ["context"] = new JsonObject { ["os"] = os, ["actor"] = "human" },
        };
        using var response = await server.Server.Client.SendAsync(Request.Ingest(key, batch.ToJsonString()));
        Assert.Equal(installs, (int?)(await response.JsonAsync(200))["accepted"]);
    }
}

/// <summary>Projects that are looked up only once that is allowed.</summary>
public class HeldProjects : DispatchProxy
{
    internal IProjectStore Inner { get; set; } = null!;

    internal TaskCompletionSource Called { get; } = new();

    internal TaskCompletionSource Release { get; } = new();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name != nameof(IProjectStore.FindProjectAsync))
            return targetMethod.Invoke(Inner, args);
        Called.TrySetResult();
        return FindAsync((Guid)args![0]!, (CancellationToken)args[1]!);
    }

    private async Task<Project?> FindAsync(Guid project, CancellationToken cancellationToken)
    {
        await Release.Task;
        return await Inner.FindProjectAsync(project, cancellationToken);
    }
}

/// <summary>A server whose clock is moved by hand.</summary>
public sealed class SharingServer : AccountServer
{
    public override ManualTime Time { get; } = new(DateTimeOffset.UtcNow, periodicTimers: false);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgresSharingServer : PostgresAccountServer
{
    public override ManualTime Time { get; } = new(DateTimeOffset.UtcNow, periodicTimers: false);
}

/// <summary>On SQLite.</summary>
public sealed class SqliteSharingTests(SharingServer server) : SharingTests(server), IClassFixture<SharingServer>;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresSharingTests(PostgresSharingServer server)
    : SharingTests(server), IClassFixture<PostgresSharingServer>;
