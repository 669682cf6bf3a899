using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

/// <summary>The first start of a server, as described in the README.</summary>
public partial class StartTests
{
    [Fact]
    public async Task The_first_start_prints_keys_and_commands_that_work()
    {
        using var folder = new TestFolder();
        await using var server = ServerProcess.Create(folder.Path);
        await server.StartAsync();
        // The server may be ready before the banner is printed completely.
        await server.FindInOutputAsync("(by=command)", ServerExtensions.Timeout);
        Assert.Single(WriteKeys().Matches(server.Output).Select(m => m.Value).Distinct());
        var readKey = Assert.Single(ReadKeys().Matches(server.Output).Select(m => m.Value).Distinct());
        Assert.Contains(server.Address.ToString().TrimEnd('/'), server.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Path, "data"), server.Output, StringComparison.Ordinal);
        var secret = Path.Combine(folder.Path, "data.secret");
        Assert.Contains(secret, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain((await File.ReadAllTextAsync(secret)).Trim(), server.Output, StringComparison.Ordinal);

        var curls = Curls(server.Output);
        Assert.NotEmpty(curls);
        var outputs = new List<string>();
        foreach (var curl in curls)
            outputs.Add(await ShellAsync(curl));
        Assert.Contains(outputs, output => output.Contains("\"accepted\":1", StringComparison.Ordinal));
        await server.EventuallyAsync("overview", readKey, a => a.GetProperty("events").GetInt64() == 1);

        // A second start uses the same keys and doesn't print them.
        server.KillHard();
        var before = server.Output.Length;
        await server.StartAsync();
        await server.FindInOutputAsync("by=command.*(READ_KEY)", ServerExtensions.Timeout);
        Assert.DoesNotMatch(ReadKeys(), server.Output[before..]);
        await server.EventuallyAsync("overview", readKey, a => a.GetProperty("events").GetInt64() == 1);
    }

    [Fact]
    public async Task The_demo_has_90_days_of_events_and_answers_its_questions()
    {
        using var folder = new TestFolder();
        await using var server = ServerProcess.Create(folder.Path, null, "--demo");
        await server.StartAsync();
        var demoKey = await server.FindInOutputAsync("(?s)project \"demo\".*?(tk_read_[0-9A-Za-z]{32})", ServerExtensions.Timeout);
        var events = (await server.StatsAsync("overview?days=30", demoKey)).GetProperty("events").GetInt64();
        Assert.True(events > 1_000, $"The demo has {events} events.");
        foreach (var by in (string[])["command", "version", "os", "actor"])
        {
            var top = await server.StatsAsync($"top?by={by}&days=30", demoKey);
            Assert.True(top.GetProperty("items").GetArrayLength() > 1, $"The demo has one {by} or none.");
        }

        var days = (await server.StatsAsync("series?interval=day&days=90", demoKey)).GetProperty("points").EnumerateArray();
        Assert.True(days.Count(d => d.GetProperty("events").GetInt64() > 0) >= 89, "The demo does not cover 90 days.");

        await server.FindInOutputAsync("(/v1/stats/failures)", ServerExtensions.Timeout);
        var curls = Curls(server.Output[server.Output.IndexOf("Ask it", StringComparison.Ordinal)..]);
        var answers = new List<JsonElement>();
        foreach (var curl in curls)
            answers.Add(JsonDocument.Parse(await ShellAsync(curl)).RootElement);
        Assert.Collection(
            answers,
            commands => Assert.Equal("build", Items(commands)[0].GetProperty("value").GetString()),
            flag =>
            {
                // Build servers use the deprecated flag more than people do, and the use decreases.
                Assert.Equal("in_use", flag.GetProperty("verdict").GetString());
                Assert.True(ShareOf(flag, "ci") > ShareOf(flag, "human"));
                Assert.True(flag.GetProperty("weeks")[0].GetProperty("share").GetDouble() > 0);
            },
            deploy => Assert.Equal("in_use", deploy.GetProperty("verdict").GetString()),
            builds =>
            {
                // Every second release makes builds slower.
                var medians = Items(builds).ToDictionary(
                    item => item.GetProperty("value").GetString()!, item => item.GetProperty("p50_ms").GetDouble());
                Assert.True(medians.Count > 2, $"The demo has {medians.Count} releases.");
                var slow = medians.Where(release => IsEven(release.Key)).Select(release => release.Value).Average();
                Assert.True(slow > 1.15 * medians.Where(release => !IsEven(release.Key)).Select(release => release.Value).Average());
            },
            releases =>
            {
                var half = releases.GetProperty("half_version").GetString();
                Assert.Contains(releases.GetProperty("releases").EnumerateArray(), r => r.GetProperty("version").GetString() == half);
            },
            failures => Assert.Contains(
                Items(failures),
                item => item.GetProperty("exit_code").GetString() == "32" && item.GetProperty("os").GetString() == "windows"));

        static JsonElement[] Items(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray()];
        static bool IsEven(string minor) => int.Parse(minor.Split('.')[1], CultureInfo.InvariantCulture) % 2 == 0;
        static double ShareOf(JsonElement answer, string actor)
        {
            var use = answer.GetProperty("actors").EnumerateArray().Single(one => one.GetProperty("actor").GetString() == actor);
            return use.GetProperty("installs").GetDouble() / use.GetProperty("active_installs").GetDouble();
        }
    }

    [Fact]
    public async Task A_start_on_a_port_that_is_in_use_exits_with_2_and_leaves_no_files()
    {
        using var folder = new TestFolder();
        await using var server = ServerProcess.Create(folder.Path);
        using var other = new TcpListener(IPAddress.Loopback, server.Address.Port);
        other.Start();
        server.Launch();
        Assert.Equal(2, await server.WaitForExitAsync(ServerExtensions.Timeout));
        Assert.Contains("address already in use", server.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("https://127.0.0.1:0", "certificate")]
    [InlineData("http://192.0.2.1:5999", "address")]
    public async Task A_start_on_an_address_that_can_not_be_used_exits_with_2_and_names_it(string url, string reason)
    {
        using var folder = new TestFolder();
        var noCertificate = new Dictionary<string, string?> { ["HOME"] = folder.Path };
        await using var server = ServerProcess.Create(folder.Path, noCertificate, "--urls", url);
        server.Launch();
        Assert.Equal(2, await server.WaitForExitAsync(ServerExtensions.Timeout));
        Assert.Contains(url, server.Output, StringComparison.Ordinal);
        Assert.Contains(reason, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_exits_with_one_sentence()
    {
        using var folder = new TestFolder();
        await using var server = ServerProcess.Create(folder.Path);
        await server.StartAsync();
        await using var other = ServerProcess.Create(folder.Path);
        other.Launch();
        Assert.Equal(1, await other.WaitForExitAsync(ServerExtensions.Timeout));
        Assert.Contains("TelemetryKit did not start: ", other.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("crit", other.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_with_invalid_settings_exits_with_2_and_reports_every_fault()
    {
        using var folder = new TestFolder();
        await using var server = ServerProcess.Create(folder.Path, new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_POSTGRES"] = "Hots=localhost",
            ["TELEMETRYKIT_BOOTSTRAP_KEY"] = "tk_live_short",
            ["TELEMETRYKIT_BOOTSTRAP_READ_KEY"] = "tk_live_" + new string('a', 32),
        });
        server.Launch();
        Assert.Equal(2, await server.WaitForExitAsync(ServerExtensions.Timeout));
        foreach (var setting in (string[])["TELEMETRYKIT_POSTGRES", "TELEMETRYKIT_BOOTSTRAP_KEY", "TELEMETRYKIT_BOOTSTRAP_READ_KEY"])
            Assert.Contains(setting, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("tk_live_short", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    /// <summary>Returns the curl commands of the banner, each with its continuation lines.</summary>
    private static List<string> Curls(string output)
    {
        var curls = new List<string>();
        var lines = output.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].TrimStart().StartsWith("curl ", StringComparison.Ordinal))
                continue;
            var command = lines[i].TrimStart();
            while (command.EndsWith('\\'))
                command = command[..^1] + lines[++i];
            curls.Add(command);
        }

        return curls;
    }

    private static async Task<string> ShellAsync(string command)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, $"{command}\nexited with {shell.ExitCode}: {await shell.StandardError.ReadToEndAsync()}");
        return output;
    }

    [GeneratedRegex("tk_live_[0-9A-Za-z]{32}")]
    private static partial Regex WriteKeys();

    [GeneratedRegex("tk_read_[0-9A-Za-z]{32}")]
    private static partial Regex ReadKeys();
}
