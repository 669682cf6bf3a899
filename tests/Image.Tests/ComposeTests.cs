using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.Image.Tests;

/// <summary>The Compose file.</summary>
public class ComposeTests
{
    private static readonly NodeFolder Node = new(Path.Combine(BuildOutput.Root, "tests", "Image.Tests"));

    [Fact]
    public async Task The_compose_file_is_valid_and_each_container_is_confined()
    {
        var services = (await ReadAsync()).GetProperty("services").EnumerateObject().ToList();
        Assert.Equal(["server", "postgres", "caddy"], services.Select(service => service.Name));
        foreach (var service in services)
        {
            Assert.True(service.Value.GetProperty("read_only").GetBoolean(), service.Name);
            Assert.Equal(["ALL"], Texts(service.Value, "cap_drop"));
            Assert.Equal(["no-new-privileges:true"], Texts(service.Value, "security_opt"));
        }
    }

    [Fact]
    public async Task Each_variable_of_the_compose_file_is_in_the_example()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(BuildOutput.Root, "docker-compose.yml"));
        var example = await File.ReadAllTextAsync(Path.Combine(BuildOutput.Root, ".env.example"));
        var used = Regex.Matches(text, @"\$\{([A-Z_]+)").Select(match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains(name + "=", example, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_address_of_caddy_is_a_trusted_proxy()
    {
        var services = (await ReadAsync()).GetProperty("services");
        Assert.Equal(
            services.GetProperty("caddy").GetProperty("networks").GetProperty("internal").GetProperty("ipv4_address").GetString(),
            services.GetProperty("server").GetProperty("environment").GetProperty("TELEMETRYKIT_TRUSTED_PROXIES").GetString());
    }

    private static IEnumerable<string> Texts(JsonElement service, string name) =>
        service.GetProperty(name).EnumerateArray().Select(value => value.GetString()!);

    private static async Task<JsonElement> ReadAsync()
    {
        Assert.SkipUnless(NodeFolder.MissingReason is null, NodeFolder.MissingReason ?? "");
        await Node.InstallAsync();
        var check = await Node.RunAsync("node", ["check.mjs", Path.Combine(BuildOutput.Root, "docker-compose.yml")]);
        Assert.True(check.ExitCode == 0, check.ToString());
        return JsonDocument.Parse(check.Output).RootElement;
    }
}
