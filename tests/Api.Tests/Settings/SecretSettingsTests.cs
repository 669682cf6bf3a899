using Microsoft.Extensions.Configuration;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Api.Tests.Settings;

/// <summary>The settings of the server's secret, and starts with a wrong one.</summary>
public sealed class SecretSettingsTests : IDisposable
{
    private const string Postgres = "Host=db;Database=kit";
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-secret-settings-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_self_hosted_server_on_sqlite_has_its_secret_in_a_file_beside_the_data()
    {
        var (settings, faults) = Read();
        Assert.Empty(faults);
        Assert.Equal(Data + ".secret", Assert.IsType<SecretFile>(settings.Storage.Secrets).File);
    }

    [Theory]
    [InlineData("TELEMETRYKIT_POSTGRES", Postgres)]
    [InlineData("TELEMETRYKIT_HOSTED", "true")]
    public void A_secret_is_required_where_copies_of_the_database_are_likely(string setting, string value)
    {
        (string, string)[] settings = [(setting, value), ("TELEMETRYKIT_PUBLIC_URL", "https://telemetry.example.org")];
        var fault = Assert.Single(Read(settings).Faults);
        Assert.StartsWith($"{setting} requires TELEMETRYKIT_SECRET", fault, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", fault, StringComparison.Ordinal);
        Assert.Empty(Read([.. settings, ("TELEMETRYKIT_SECRET", ServerSecret.Generate())]).Faults);
    }

    [Fact]
    public void A_file_and_a_variable_with_the_same_text_are_the_same_secret()
    {
        var (text, file) = (ServerSecret.Generate(), Path.Combine(_folder, "secret"));
        File.WriteAllText(file, $"{text}\r\n");
        var (one, other) = (Read(("TELEMETRYKIT_SECRET", text)).Settings, Read(("TELEMETRYKIT_SECRET_FILE", file)).Settings);
        Assert.Equal(one.Secrets!.Current.Id.ToArray(), other.Secrets!.Current.Id.ToArray());
        var rotating = Read(("TELEMETRYKIT_SECRET", ServerSecret.Generate()), ("TELEMETRYKIT_SECRET_PREVIOUS_FILE", file)).Settings;
        Assert.True(rotating.Secrets!.Knows(one.Secrets.Current.Id));
        Assert.False(rotating.Secrets.Current.Id.SequenceEqual(one.Secrets.Current.Id));
    }

    [Theory]
    [InlineData("too short", "TELEMETRYKIT_SECRET is not at least 43 random characters")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "TELEMETRYKIT_SECRET is not at least 43 random characters")]
    public void A_secret_that_can_be_guessed_is_refused_and_not_repeated(string secret, string start)
    {
        var fault = Assert.Single(Read(("TELEMETRYKIT_SECRET", secret), ("TELEMETRYKIT_POSTGRES", Postgres)).Faults);
        Assert.StartsWith(start, fault, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Contradicting_settings_are_refused()
    {
        var missing = Path.Combine(_folder, "missing");
        Assert.StartsWith(
            "TELEMETRYKIT_SECRET_FILE names a file that can't be read",
            Assert.Single(Read(("TELEMETRYKIT_SECRET_FILE", missing)).Faults),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "TELEMETRYKIT_SECRET_PREVIOUS requires TELEMETRYKIT_SECRET",
            Assert.Single(Read(("TELEMETRYKIT_SECRET_PREVIOUS", ServerSecret.Generate())).Faults),
            StringComparison.Ordinal);
        File.WriteAllText(missing, ServerSecret.Generate());
        Assert.StartsWith(
            "TELEMETRYKIT_SECRET and TELEMETRYKIT_SECRET_FILE are both set",
            Assert.Single(Read(("TELEMETRYKIT_SECRET", ServerSecret.Generate()), ("TELEMETRYKIT_SECRET_FILE", missing)).Faults),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_with_another_secret_ends_with_2()
    {
        await using (await TestServer.StartAsync(new TestServerOptions { Folder = Data }))
        {
        }

        string[] args = ["--urls", "http://127.0.0.1:0", "--TELEMETRYKIT_DATA", Data];
        Assert.Equal(2, await Program.Main([.. args, "--TELEMETRYKIT_SECRET", ServerSecret.Generate()]));
        // The file next to the data, which doesn't exist, is not created.
        Assert.Equal(2, await Program.Main(args));
        Assert.Equal([Data], Directory.GetFileSystemEntries(_folder));
        await using var again = await TestServer.StartAsync(new TestServerOptions { Folder = Data });
    }

    private (ServerSettings Settings, IReadOnlyList<string> Faults) Read(params (string Name, string Value)[] settings)
    {
        var values = settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))
            .Append(KeyValuePair.Create("TELEMETRYKIT_DATA", (string?)Data));
        var (read, faults) = ServerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), new CommandLine());
        return (read, faults.Sentences);
    }
}
