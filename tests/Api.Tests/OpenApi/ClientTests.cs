using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Billing;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>
/// Tools for OpenAPI documents: a linter reports nothing, and the types that are generated from the document compile. The document is that
/// of a server that bills, which has all routes.
/// </summary>
public sealed class ClientTests(BilledServer server) : IClassFixture<BilledServer>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(NodeWorkspace.MissingReason is null, NodeWorkspace.MissingReason ?? "");
        await NodeWorkspace.PrepareAsync(await server.Server.Client.GetStringAsync("/openapi/v1.json"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_linter_reports_nothing()
    {
        var lint = await NodeWorkspace.RunToolAsync(
            "@redocly/cli/bin/cli.js", "lint", "obj/openapi.json", "--format=json", "--max-problems=1000");
        Assert.True(lint.Output.StartsWith('{'), lint.ToString());
        var report = JsonNode.Parse(lint.Output)!;
        var problems = report["problems"]!.AsArray().Select(Line).ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.Equal(0, (int)report["totals"]!["ignored"]!);
        Assert.True(lint.ExitCode == 0, lint.ToString());
    }

    [Fact]
    public async Task A_client_compiles_against_the_generated_types()
    {
        var generate = await NodeWorkspace.RunToolAsync("openapi-typescript/bin/cli.js", "obj/openapi.json", "--output", "obj/api.d.ts");
        Assert.True(generate.ExitCode == 0, generate.ToString());
        var compile = await NodeWorkspace.RunToolAsync("typescript/bin/tsc", "--pretty", "false");
        Assert.True(compile.ExitCode == 0, compile.Output);
    }

    [Fact]
    public async Task The_dashboard_has_the_types_of_the_document()
    {
        var generate = await NodeWorkspace.RunToolAsync(
            "openapi-typescript/bin/cli.js", "obj/openapi.json", "--output", "obj/dashboard.d.ts");
        Assert.True(generate.ExitCode == 0, generate.ToString());
        var generated = await File.ReadAllTextAsync(Path.Combine(BuildOutput.Root, "tests", "OpenApi", "obj", "dashboard.d.ts"));
        var committed = await File.ReadAllTextAsync(Path.Combine(BuildOutput.Root, "src", "Dashboard", "src", "api", "schema.d.ts"));
        Assert.True(
            generated == committed, "The types are stale. This test has written the document: run \"npm run types\" in src/Dashboard.");
    }

    private static string Line(JsonNode? problem) => $"{problem!["ruleId"]} at {problem["location"]![0]!["pointer"]}: {problem["message"]}";
}
