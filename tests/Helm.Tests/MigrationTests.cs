using System.Text.Json.Nodes;
using TelemetryKit.Helm.Tests.Tools;
using TelemetryKit.Support;

namespace TelemetryKit.Helm.Tests;

/// <summary>The Job of the chart with real processes: its arguments and variables are those of the manifests.</summary>
public sealed class MigrationTests(RenderedChart chart) : IDisposable
{
    private const string Unreachable = "Host=127.0.0.1;Port=1;Username=a;Database=a";

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-helm-").FullName;

    [Fact]
    public async Task The_job_migrates_an_empty_database_and_a_server_with_the_variables_of_the_deployment_starts_on_it()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        foreach (var run in (string[])["first", "second"])
        {
            var result = await RunJobAsync("inline-secrets", database);
            Assert.True(result.ExitCode == 0, $"{run}: {result}");
            Assert.Contains("The database has the schema of this version", result.Output, StringComparison.Ordinal);
        }

        var variables = VariablesOf("inline-secrets", Assert.Single(chart.Manifests("inline-secrets", "Deployment")), database);
        // ServerProcess chooses a free port.
        variables.Remove("ASPNETCORE_URLS");
        await using var server = ServerProcess.Create(_folder, variables);
        await server.StartAsync();
        using var metrics = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        metrics.Headers.Authorization = new("Bearer", "an-example-token");
        using var response = await server.Http.SendAsync(metrics);
        Assert.True(response.IsSuccessStatusCode, response.ToString());
    }

    [Fact]
    public async Task The_variables_of_a_hosted_service_are_valid()
    {
        // The database doesn't exist, which is checked after the settings.
        var result = await RunJobAsync("hosted", Unreachable, "0");
        Assert.Contains("couldn't be reached for 0 seconds", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("usage-telemetrykit-api")]
    [InlineData("usage-telemetrykit-silo")]
    public async Task The_variables_of_a_cluster_are_valid(string deployment)
    {
        var variables = VariablesOf("monitoring-silos", chart.Manifest("monitoring-silos", "Deployment", deployment), Unreachable);
        // Only members have these, but a client accepts them too.
        (variables["POD_IP"], variables["POD_NAME"]) = ("10.0.0.5", deployment + "-0");
        // The command reads the settings as a server does, and the database doesn't exist.
        var result = await RunAsync(["admin", "migrate", "--wait", "0"], variables);
        Assert.Contains("couldn't be reached for 0 seconds", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_of_a_Kubernetes_service_would_stop_the_server_so_pods_have_none()
    {
        var result = await RunJobAsync(
            "hosted", Unreachable, "0", ("TELEMETRYKIT_PORT", "tcp://10.0.0.1:80"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("TELEMETRYKIT_PORT is not a setting", result.Error, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<ToolResult> RunJobAsync(
        string valueSet, string database, string? wait = null, params IEnumerable<(string Name, string Value)> more)
    {
        var job = Assert.Single(chart.Manifests(valueSet, "Job"));
        var arguments = job["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!).ToList();
        Assert.Equal(["admin", "migrate", "--wait", "60"], arguments);
        arguments[^1] = wait ?? arguments[^1];
        var variables = VariablesOf(valueSet, job, database);
        foreach (var (name, value) in more)
            variables[name] = value;
        return RunAsync(arguments, variables);
    }

    private Task<ToolResult> RunAsync(IEnumerable<string> arguments, Dictionary<string, string?> variables) =>
        ToolResult.OfAsync(ServerProcess.StartOf(BuildOutput.Of("Api"), _folder, variables, arguments));

    // As Kubernetes sets them, except for the database.
    private Dictionary<string, string?> VariablesOf(string valueSet, JsonNode owner, string database)
    {
        var container = owner["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Dictionary<string, string?> variables = [];
        foreach (var source in container["envFrom"]!.AsArray())
        {
            var secret = chart.Manifest(valueSet, "Secret", (string)source!["secretRef"]!["name"]!);
            foreach (var (name, value) in secret["stringData"]!.AsObject())
                variables[name] = (string?)value;
        }

        foreach (var variable in container["env"]!.AsArray())
            variables[(string)variable!["name"]!] = (string?)variable["value"];
        variables["TELEMETRYKIT_POSTGRES"] = database;
        variables["TELEMETRYKIT_DATA"] = Path.Combine(_folder, "data");
        return variables;
    }
}
